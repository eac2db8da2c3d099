/** Who looked. `eventsub` and `helix` are Twitch's; `playlist` is the source itself, its media included; `user` is a person. */
export const witnesses = ['eventsub', 'helix', 'playlist', 'user'] as const;
export type Witness = (typeof witnesses)[number];

/** `unknown`: the witness could not look, which says nothing about the streamer. */
export type Liveness = 'live' | 'offline' | 'unknown';

/** What is known of a broadcast besides that it is there. null: not told. */
export interface BroadcastDetails {
  readonly title: string | null;
  readonly category: string | null;
  readonly tags: readonly string[] | null;
}

export const noDetails: BroadcastDetails = { title: null, category: null, tags: null };

/** What one witness says of one streamer. */
export interface Sighting {
  readonly witness: Witness;
  readonly word: Liveness;
  /** The instant that it holds for, which may lie well before the one at which it is heard. ISO 8601 UTC. */
  readonly at: string;
  /** The platform's own id of the broadcast; null where it has none, or does not tell. */
  readonly platformId: string | null;
  /** When the broadcast began, by the platform. */
  readonly startedAt: string | null;
  readonly details: BroadcastDetails;
  /** `live`, or what else a platform calls it: `rerun`, `premiere`, … */
  readonly kind: string;
}

/** A sighting of which only the word is known. */
export const barely = (witness: Witness, word: Liveness, at: string): Sighting => ({
  witness,
  word,
  at,
  platformId: null,
  startedAt: null,
  details: noDetails,
  kind: 'live',
});
