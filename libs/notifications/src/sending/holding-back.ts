import type { Delivery } from '../domain/delivery-decider.js';
import { canWait, crowdMilliseconds, mostAtOnce } from '../domain/digest.js';
import { nextTime, quietUntil } from '../domain/quiet-hours.js';
import type { Target } from '../domain/target-decider.js';

export interface HeldBack {
  readonly until: number;
  readonly reason: 'quiet-hours' | 'digest';
}

/**
 * Whether a notice is kept for later although it could be sent: for the day's digest, for the end of quiet hours, or
 * because the target recently got too many. Failures never are. What was kept for a digest once is not kept for the
 * next one.
 * @param sent when the target recently got notices, milliseconds since the epoch
 */
export function heldBack(
  delivery: Delivery,
  { quiet, digestAt }: Pick<Target, 'quiet' | 'digestAt'>,
  { now, sent, zone }: { readonly now: number; readonly sent: readonly number[]; readonly zone: string },
): HeldBack | undefined {
  const isDigest = delivery.digestOf !== null;
  if (delivery.notice.severity === 'failure' || delivery.state !== 'pending') return undefined;
  if (digestAt !== null && canWait(delivery) && delivery.heldBecause !== 'digest')
    return { until: nextTime(digestAt, zone, now), reason: 'digest' };
  const silentUntil = quiet && quietUntil(quiet, quiet.zone ?? zone, now);
  if (typeof silentUntil === 'number') return { until: silentUntil, reason: 'quiet-hours' };
  if (isDigest || delivery.heldBecause === 'digest') return undefined;
  const lately = sent.filter((at) => now - at < crowdMilliseconds);
  const [first] = lately;
  return first !== undefined && lately.length >= mostAtOnce
    ? { until: first + crowdMilliseconds, reason: 'digest' }
    : undefined;
}

/** Which due notices are combined: those kept for later together, or a crowd. */
export function toBundle(due: readonly Delivery[], now: number): readonly Delivery[] {
  const candidates = due.filter((each) => canWait(each) && (each.heldBecause === 'digest' || !isOver(each, now)));
  const kept = candidates.filter(({ heldBecause }) => heldBecause === 'digest' || heldBecause === 'quiet-hours');
  if (candidates.length > mostAtOnce) return candidates;
  return kept.length >= 2 ? kept : [];
}

const isOver = ({ expiresAt }: Delivery, now: number): boolean => expiresAt !== null && Date.parse(expiresAt) <= now;
