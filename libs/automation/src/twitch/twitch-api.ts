import { z } from 'zod';
import type { TokenSource } from './app-token.js';
import type { Helix, HelixCall } from './helix.js';
import type { PastBroadcast } from './missing-on-video.js';
import { TwitchFailure } from './twitch-errors.js';

/* StreamVault's calls to Helix, with the fields that it uses. Unknown fields and values are ignored. */

const stream = z.object({
  id: z.string(),
  user_id: z.string(),
  user_login: z.string(),
  type: z.string().catch(''),
  title: z.string().catch(''),
  game_name: z.string().catch(''),
  started_at: z.string().catch(''),
  tags: z.array(z.string()).nullish().catch(null),
});
export type TwitchStream = z.infer<typeof stream>;
const user = z.object({ id: z.string(), login: z.string(), display_name: z.string().catch('') });
export type TwitchUser = z.infer<typeof user>;
const channel = z.object({
  broadcaster_id: z.string(),
  title: z.string().catch(''),
  game_name: z.string().catch(''),
  tags: z.array(z.string()).nullish().catch(null),
});
export type TwitchChannel = z.infer<typeof channel>;
const followed = z.object({
  broadcaster_id: z.string(),
  broadcaster_login: z.string(),
  broadcaster_name: z.string().catch(''),
});
const pastBroadcast = z.object({
  id: z.string(),
  stream_id: z
    .string()
    .nullish()
    .transform((id) => id ?? null),
  url: z.string(),
  created_at: z.iso.datetime(),
  duration: z.string().catch(''),
}) satisfies z.ZodType<PastBroadcast>;
const subscription = z.object({
  id: z.string(),
  status: z.string(),
  type: z.string(),
  version: z.string().catch('1'),
  condition: z.record(z.string(), z.unknown()).catch({}),
  transport: z
    .object({ method: z.string().catch(''), callback: z.string().optional(), conduit_id: z.string().optional() })
    .catch({ method: '' }),
});
export type TwitchSubscription = z.infer<typeof subscription>;
const conduit = z.object({ id: z.string(), shard_count: z.number() });
export type TwitchConduit = z.infer<typeof conduit>;
const shard = z.object({
  id: z.string(),
  status: z.string(),
  transport: z.object({ method: z.string().catch(''), session_id: z.string().optional() }).catch({ method: '' }),
});
export type TwitchShard = z.infer<typeof shard>;

const cursor = z.object({ pagination: z.object({ cursor: z.string().optional() }).nullish() });
const perCall = 100;
/** A list that never ends is a defect. */
const mostPages = 500;

export type SubscriptionTransport =
  | { readonly method: 'conduit'; readonly conduit_id: string }
  | { readonly method: 'webhook'; readonly callback: string; readonly secret: string };

export interface WantedSubscription {
  readonly type: string;
  readonly version: string;
  readonly condition: Readonly<Record<string, string>>;
}

/** Helix, as far as StreamVault uses it. All methods throw TwitchFailure, or the signal's reason. */
export class TwitchApi {
  constructor(
    private readonly helix: Helix,
    readonly tokens: TokenSource,
  ) {}

  /** By login; those that do not exist are missing. */
  users(logins: readonly string[], signal: AbortSignal): Promise<TwitchUser[]> {
    return this.#chunked('/users', 'login', logins, user, signal);
  }

  /**
   * Only those that are live. If a single call fails, all of it fails: a missing channel would otherwise look offline.
   */
  streams(userIds: readonly string[], signal: AbortSignal): Promise<TwitchStream[]> {
    return this.#chunked('/streams', 'user_id', userIds, stream, signal, { first: perCall });
  }

  channels(userIds: readonly string[], signal: AbortSignal): Promise<TwitchChannel[]> {
    return this.#chunked('/channels', 'broadcaster_id', userIds, channel, signal);
  }

  /** The latest hundred that Twitch still keeps as videos, newest first. */
  async pastBroadcasts(userId: string, signal: AbortSignal): Promise<PastBroadcast[]> {
    const call = { query: { user_id: userId, type: 'archive', first: perCall } };
    try {
      return (await this.#ask('/videos', call, z.object({ data: z.array(pastBroadcast) }), signal)).data;
    } catch (error) {
      // A channel without any.
      if (error instanceof TwitchFailure && error.status === 404) return [];
      throw error;
    }
  }

  /** The channels that a person follows, by the person's own token. */
  followed(userId: string, tokens: TokenSource, signal: AbortSignal) {
    return this.#paged('/channels/followed', { user_id: userId, first: perCall }, followed, signal, tokens);
  }

  subscriptions(filter: { readonly conduit_id?: string }, signal: AbortSignal): Promise<TwitchSubscription[]> {
    return this.#paged('/eventsub/subscriptions', filter, subscription, signal);
  }

  /** @returns its id; an existing one counts as made. */
  async subscribe(
    wanted: WantedSubscription,
    transport: SubscriptionTransport,
    signal: AbortSignal,
  ): Promise<string | undefined> {
    try {
      const call = { method: 'POST', json: { ...wanted, transport }, isPatient: true } as const;
      const { data } = await this.#ask(
        '/eventsub/subscriptions',
        call,
        z.object({ data: z.array(subscription) }),
        signal,
      );
      return data[0]?.id;
    } catch (error) {
      if (!(error instanceof TwitchFailure) || error.status !== 409) throw error;
      return z.object({ id: z.string() }).safeParse(error.answer).data?.id;
    }
  }

  async unsubscribe(id: string, signal: AbortSignal): Promise<void> {
    const call = { method: 'DELETE', query: { id }, isPatient: true } as const;
    await this.#unlessGone(this.helix.call('/eventsub/subscriptions', call, this.tokens, signal));
  }

  async conduits(signal: AbortSignal): Promise<TwitchConduit[]> {
    const answer = await this.#ask('/eventsub/conduits', {}, z.object({ data: z.array(conduit) }), signal);
    return answer.data;
  }

  async createConduit(shardCount: number, signal: AbortSignal): Promise<TwitchConduit> {
    const call = { method: 'POST', json: { shard_count: shardCount } } as const;
    const { data } = await this.#ask('/eventsub/conduits', call, z.object({ data: z.array(conduit).min(1) }), signal);
    const [made] = data;
    if (!made) throw new TwitchFailure('away', 'Twitch made a conduit and does not tell which.');
    return made;
  }

  shards(conduitId: string, signal: AbortSignal): Promise<TwitchShard[]> {
    return this.#paged('/eventsub/conduits/shards', { conduit_id: conduitId }, shard, signal);
  }

  /**
   * A 202 may still contain errors.
   * @returns those, by shard
   */
  async bindShards(
    conduitId: string,
    sessions: readonly { readonly shard: string; readonly sessionId: string }[],
    signal: AbortSignal,
  ): Promise<{ readonly id: string; readonly message: string }[]> {
    const shards = sessions.map(({ shard: id, sessionId }) => ({
      id,
      transport: { method: 'websocket', session_id: sessionId },
    }));
    const call = { method: 'PATCH', json: { conduit_id: conduitId, shards } } as const;
    const bound = z.object({ errors: z.array(z.object({ id: z.string(), message: z.string().catch('') })).catch([]) });
    return (await this.#ask('/eventsub/conduits/shards', call, bound, signal)).errors;
  }

  async #ask<Schema extends z.ZodType>(path: string, call: HelixCall, schema: Schema, signal: AbortSignal) {
    return understood(path, schema, (await this.helix.call(path, call, this.tokens, signal)).body);
  }

  async #chunked<Item extends z.ZodType>(
    path: string,
    name: string,
    values: readonly string[],
    item: Item,
    signal: AbortSignal,
    more: Readonly<Record<string, number>> = {},
  ): Promise<z.infer<Item>[]> {
    const items: z.infer<Item>[] = [];
    for (let start = 0; start < values.length; start += perCall) {
      const call = { query: { ...more, [name]: values.slice(start, start + perCall) } };
      items.push(...(await this.#ask(path, call, z.object({ data: z.array(item) }), signal)).data);
    }
    return items;
  }

  /** To the end of the cursor. */
  async #paged<Item extends z.ZodType>(
    path: string,
    query: Readonly<Record<string, string | number | undefined>>,
    item: Item,
    signal: AbortSignal,
    tokens = this.tokens,
  ): Promise<z.infer<Item>[]> {
    const items: z.infer<Item>[] = [];
    let after: string | undefined;
    for (let page = 0; page < mostPages; page++) {
      const { body } = await this.helix.call(path, { query: { ...query, after } }, tokens, signal);
      items.push(...understood(path, z.object({ data: z.array(item) }), body).data);
      after = cursor.safeParse(body).data?.pagination?.cursor;
      if (after === undefined || after === '') break;
    }
    return items;
  }

  async #unlessGone(work: Promise<unknown>): Promise<void> {
    try {
      await work;
    } catch (error) {
      // It does not exist, as intended.
      if (!(error instanceof TwitchFailure) || error.status !== 404) throw error;
    }
  }
}

function understood<Schema extends z.ZodType>(path: string, schema: Schema, body: unknown): z.infer<Schema> {
  const known = schema.safeParse(body);
  if (known.success) return known.data;
  throw new TwitchFailure(
    'away',
    `Twitch answers ${path} in a way that StreamVault does not understand.`,
    200,
    undefined,
    {
      cause: known.error,
    },
  );
}
