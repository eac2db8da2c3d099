import type { BroadcastState } from './broadcast-state.js';
import type { Sighting } from './sighting.js';

/** How many of a platform's ids are passed on from broadcast to broadcast. */
const mostFormerIds = 20;

/**
 * Whether a sighting starts a broadcast, given the streamer's latest one. A late notice about an ended broadcast does
 * not, nor does Helix, which lags, with an id that is over: the playlist shows whether it is live after all.
 */
export function startsAnother(latest: BroadcastState, { word, witness, at, platformId }: Sighting): boolean {
  if (word !== 'live') return false;
  if (latest === undefined) return true;
  const { endedAt, platformIds, formerIds } = latest.context;
  if (endedAt === null || Date.parse(at) <= Date.parse(endedAt)) return false;
  const isOver = platformId !== null && (platformIds.includes(platformId) || formerIds.includes(platformId));
  return witness !== 'helix' || !isOver;
}

/** What the streamer's next broadcast has to know of this one. */
export const formerIdsAfter = (latest: BroadcastState): readonly string[] =>
  latest === undefined ? [] : [...latest.context.formerIds, ...latest.context.platformIds].slice(-mostFormerIds);
