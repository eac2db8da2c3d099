/**
 * Who checked. `eventsub` and `helix` are Twitch's; `playlist` is the source itself, including its media; `user` is a
 * person.
 */
export const witnesses = ['eventsub', 'helix', 'playlist', 'user'] as const;
export type Witness = (typeof witnesses)[number];

/** `unknown`: the check was not possible, which says nothing about the streamer. */
export type Liveness = 'live' | 'offline' | 'unknown';

/** What is known about a broadcast besides its existence. null: unknown. */
export interface BroadcastDetails {
  readonly title: string | null;
  readonly category: string | null;
  readonly tags: readonly string[] | null;
}

export const noDetails: BroadcastDetails = { title: null, category: null, tags: null };

/** What one witness says about one streamer. */
export interface Sighting {
  readonly witness: Witness;
  readonly word: Liveness;
  /** The time for which it is true, which may be well before it arrives. ISO 8601 UTC. */
  readonly at: string;
  /** The platform's own id of the broadcast; null if it has none, or does not give it. */
  readonly platformId: string | null;
  /** When the broadcast began according to the platform. */
  readonly startedAt: string | null;
  readonly details: BroadcastDetails;
  /** `live`, or another kind of the platform: `rerun`, `premiere`, … */
  readonly kind: string;
}

/** A sighting without any details. */
export const barely = (witness: Witness, word: Liveness, at: string): Sighting => ({
  witness,
  word,
  at,
  platformId: null,
  startedAt: null,
  details: noDetails,
  kind: 'live',
});
