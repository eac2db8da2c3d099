import type { BroadcastContext } from './broadcast-context.js';
import type { BroadcastEvent } from './broadcast-events.js';
import type { BroadcastSnapshot } from './broadcast-state.js';
import { describe } from './descriptions.js';
import { hasEnoughProof, later, over, secondsBetween } from './patience.js';
import type { Sighting } from './sighting.js';
import type { BroadcastPolicy } from './verdict.js';

type Away = NonNullable<BroadcastContext['away']>;
interface SightingInput {
  readonly at: string;
  readonly policy: BroadcastPolicy;
}
const nothing: readonly BroadcastEvent[] = [];

/** What a sighting changes about whether the streamer is live, and about the title. */
export function fromSighting(
  { context }: BroadcastSnapshot,
  sighting: Sighting,
  input: SightingInput,
): readonly BroadcastEvent[] {
  const { away } = context;
  switch (sighting.word) {
    case 'live':
      return away === null ? seenAgain(context, sighting) : seenWhileAway(context, away, sighting, input);
    case 'offline':
      return away === null ? missed(context, sighting, input) : missedAgain(context, away, sighting, input);
    case 'unknown':
      return unknown(context, sighting);
    default:
      return sighting.word satisfies never;
  }
}

const isKnown = ({ platformIds, formerIds }: BroadcastContext, { platformId }: Sighting): boolean =>
  platformId === null || platformIds.includes(platformId) || formerIds.includes(platformId);

const described = (context: BroadcastContext, { details, witness, at }: Sighting): readonly BroadcastEvent[] =>
  describe(context, details, witness, at);

function seenAgain(context: BroadcastContext, sighting: Sighting): readonly BroadcastEvent[] {
  const { at, witness, platformId } = sighting;
  // A platform sometimes returns to an earlier id: that is neither another broadcast nor news.
  if (!isKnown(context, sighting))
    return [
      { type: 'BroadcastContinued', data: { at, witness, platformId, awaySeconds: 0 } },
      ...described(context, sighting),
    ];
  const seen: readonly BroadcastEvent[] = context.seenBy.includes(witness)
    ? nothing
    : [{ type: 'BroadcastSeen', data: { at, witness } }];
  return [...seen, ...described(context, sighting)];
}

/**
 * Whether to believe it. A notice from before the absence was late; and Helix keeps a channel live for minutes after
 * its end, so that alone it only counts against itself.
 */
function isBelieved(context: BroadcastContext, away: Away, sighting: Sighting): boolean {
  const isFresh = Date.parse(sighting.at) > Date.parse(away.since);
  switch (sighting.witness) {
    case 'eventsub':
      return isFresh && (sighting.platformId === null || !context.formerIds.includes(sighting.platformId));
    case 'helix':
      return isFresh && (!isKnown(context, sighting) || away.missedBy.every((witness) => witness === 'helix'));
    case 'playlist':
    case 'user':
      return Date.parse(sighting.at) >= Date.parse(away.since);
    default:
      return sighting.witness satisfies never;
  }
}

function seenWhileAway(
  context: BroadcastContext,
  away: Away,
  sighting: Sighting,
  { at, policy }: SightingInput,
): readonly BroadcastEvent[] {
  if (!isBelieved(context, away, sighting)) return nothing;
  const awaySeconds = secondsBetween(away.since, sighting.at);
  if (awaySeconds > policy.patienceSeconds && hasEnoughProof(away)) return [over(context, at)];
  const { witness, platformId } = sighting;
  return [
    { type: 'BroadcastContinued', data: { at: sighting.at, witness, platformId, awaySeconds } },
    ...described(context, sighting),
  ];
}

function missed(context: BroadcastContext, sighting: Sighting, { policy }: SightingInput): readonly BroadcastEvent[] {
  const { at, witness } = sighting;
  // It is older than what is known.
  if (Date.parse(at) <= Date.parse(context.lastLiveAt)) return nothing;
  // Media that arrives proves more than any notice.
  if (witness !== 'playlist' && context.seenBy.includes('playlist')) return nothing;
  return [{ type: 'BroadcastAway', data: { at, witness, deadline: later(at, policy.patienceSeconds) } }];
}

function missedAgain(
  context: BroadcastContext,
  away: Away,
  sighting: Sighting,
  { at, policy }: SightingInput,
): readonly BroadcastEvent[] {
  const { witness } = sighting;
  // The same notice again, or an earlier one.
  if (Date.parse(sighting.at) <= Date.parse(away.lastAbsenceAt)) return nothing;
  const isNews = !hasEnoughProof(away) || !away.missedBy.includes(witness);
  const seen: BroadcastEvent = { type: 'BroadcastAbsenceSeen', data: { at: sighting.at, witness, word: 'offline' } };
  const isProof = away.absences + 1 >= 2;
  const isTime = secondsBetween(away.since, at) >= policy.patienceSeconds;
  if (isProof && isTime) return [seen, over(context, at)];
  return isNews ? [seen] : nothing;
}

function unknown({ away, seenBy }: BroadcastContext, { at, witness }: Sighting): readonly BroadcastEvent[] {
  const isNews = away === null ? seenBy.includes(witness) && witness === 'playlist' : away.word !== 'unknown';
  return isNews ? [{ type: 'BroadcastAbsenceSeen', data: { at, witness, word: 'unknown' } }] : nothing;
}
