import type { BroadcastContext } from './broadcast-context.js';
import type { BroadcastEvent } from './broadcast-events.js';

/** `seconds` after `instant`, as ISO 8601 UTC. */
export const later = (instant: string, seconds: number): string =>
  new Date(Date.parse(instant) + seconds * 1000).toISOString();

export const secondsBetween = (from: string, to: string): number => (Date.parse(to) - Date.parse(from)) / 1000;

/** One absence is not an end, and a failed check is not an absence. */
export const hasEnoughProof = (away: NonNullable<BroadcastContext['away']>): boolean =>
  away.absences >= 2 && away.word !== 'unknown';

export function over({ away, raid }: BroadcastContext, at: string): BroadcastEvent {
  const reason =
    raid === null
      ? { code: 'broadcast.over', message: 'The streamer went offline and did not come back in time.' }
      : { code: 'broadcast.raided', message: `The streamer sent the viewers to ${raid.to} and went offline.` };
  return { type: 'BroadcastEnded', data: { at, endedAt: away?.since ?? at, reason } };
}
