import type { BroadcastContext } from '../domain/broadcast-context.js';
import { later } from '../domain/patience.js';
import { isWanted } from '../recording-starter.js';

/** A recording is held open while its broadcast is not over and wants it, so that one broadcast is one recording. */
export const isHeldOpen = (context: BroadcastContext | undefined): context is BroadcastContext =>
  context !== undefined && isWanted(context);

export const isRecordingOf = ({ recordingId, laterRecordingIds }: BroadcastContext, id: number): boolean =>
  recordingId === id || laterRecordingIds.includes(id);

/**
 * Whether a recording that a person began waits for a streamer who went away. Somebody has to find out when the
 * broadcast is over: Twitch is asked about every channel on the list, and other sources are looked at while they have
 * an open broadcast. Where nobody can, or could of late, the recording's own patience applies; where the streamer's
 * patience is nil, the end of the source ends it.
 */
export function isWaitedFor(
  { away, seenBy }: BroadcastContext,
  { canBeLookedAt, patienceSeconds }: { readonly canBeLookedAt: boolean; readonly patienceSeconds: number },
): boolean {
  const isKnown = away === null ? seenBy.length > 0 : away.word === 'offline';
  return canBeLookedAt && patienceSeconds > 0 && isKnown;
}

/** When a broadcast is over if nothing more is seen of it, counted from now if it was not missed yet. */
export const overAt = ({ away }: BroadcastContext, patienceSeconds: number, now: string): string =>
  away?.deadline ?? later(now, patienceSeconds);
