import type { LiveOrigin } from '../live-origin/live-origin.js';

/** An answer in place of the usual one; `silent` takes the question and says nothing. */
export type Said = 'silent' | { readonly status: number; readonly body: unknown };

export interface FakeStream {
  readonly id: string;
  readonly startedAt: string;
}

export interface FakeChannel {
  /** What is broadcast, while there is something. */
  origin?: LiveOrigin | undefined;
  /** Why its token is none, in Twitch's words. */
  forbidden?: string;
  /** What usher says instead of a playlist. */
  usher?: Said;
  /** Twitch's id of the channel; given out by itself where nobody names one. */
  id?: string;
  title?: string;
  category?: string;
  tags?: readonly string[];
  /** The session that is on; one with an origin is on also without it. */
  stream?: FakeStream | undefined;
}

/** The channels of this Twitch, by login, with an id each. */
export class FakeChannels extends Map<string, FakeChannel> {
  #given = 40_000;

  override set(login: string, channel: FakeChannel): this {
    channel.id ??= this.get(login)?.id ?? String((this.#given += 1));
    return super.set(login, channel);
  }

  byId(id: string): readonly [string, FakeChannel] | undefined {
    return [...this].find(([, channel]) => channel.id === id);
  }
}

export const streamOf = ({ origin, stream }: FakeChannel): FakeStream | undefined =>
  stream ?? (origin && { id: '9', startedAt: '2026-11-30T00:00:00Z' });
