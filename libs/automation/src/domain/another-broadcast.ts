import type { BroadcastState } from './broadcast-state.js';
import type { Sighting } from './sighting.js';

/** The most of a platform's ids that are handed on from broadcast to broadcast. */
const mostFormerIds = 20;

/**
 * Whether a sighting begins a broadcast, by the streamer's latest one. A late notice of what is over begins none, and Helix, which
 * lags, none with an id that is over: whether that is live after all, the playlist tells.
 */
export function startsAnother(latest: BroadcastState, { word, witness, at, platformId }: Sighting): boolean {
  if (word !== 'live') return false;
  if (latest === undefined) return true;
  const { endedAt, platformIds, formerIds } = latest.context;
  if (endedAt === null || Date.parse(at) <= Date.parse(endedAt)) return false;
  const isOver = platformId !== null && (platformIds.includes(platformId) || formerIds.includes(platformId));
  return witness !== 'helix' || !isOver;
}

/** What the next broadcast of the same streamer has to know of this one. */
export const formerIdsAfter = (latest: BroadcastState): readonly string[] =>
  latest === undefined ? [] : [...latest.context.formerIds, ...latest.context.platformIds].slice(-mostFormerIds);
