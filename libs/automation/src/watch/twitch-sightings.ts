import type { PublicChannel } from '@streamvault/platforms';
import { barely, type Sighting, type Witness } from '../domain/sighting.js';
import type { TwitchStream } from '../twitch/twitch-api.js';

/** A listed live stream. Its type is `live`, or empty during faults at Twitch. */
export const fromStream = (stream: TwitchStream, at: string): Sighting => ({
  witness: 'helix',
  word: 'live',
  at,
  platformId: stream.id,
  startedAt: instantOr(stream.started_at),
  details: { title: stream.title || null, category: stream.game_name || null, tags: stream.tags ?? null },
  kind: stream.type || 'live',
});

export const notThere = (witness: Witness, at: string): Sighting => barely(witness, 'offline', at);

export const nobodyKnows = (witness: Witness): Sighting => barely(witness, 'unknown', new Date().toISOString());

/** By the public API; it lags like Helix. */
export function fromPublic(channel: PublicChannel | null | undefined, at: string): Sighting {
  if (channel === undefined) return barely('helix', 'unknown', at);
  if (!channel?.stream) return barely('helix', 'offline', at);
  const { id: platformId, startedAt, kind } = channel.stream;
  const details = { title: channel.title || null, category: channel.category || null, tags: null };
  return { witness: 'helix', word: 'live', at, platformId, startedAt: instantOr(startedAt), details, kind };
}

const instantOr = (text: string | null): string | null =>
  text !== null && !Number.isNaN(Date.parse(text)) ? text : null;
