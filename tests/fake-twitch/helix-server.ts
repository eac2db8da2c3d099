import { randomUUID } from 'node:crypto';
import { type FakeChannels, type FakeStream, type FakeAnswer, streamOf } from './channels.js';
import { type EventSubHub, type FakeSubscription, shown } from './eventsub-hub.js';
import type { IdServer } from './id-server.js';

export interface HelixQuestion {
  readonly method: string;
  readonly path: string;
  readonly query: URLSearchParams;
  readonly body: string;
  readonly authorization: string | undefined;
  readonly clientId: string | undefined;
}

const failed = (status: number, error: string, message: string): FakeAnswer => ({
  status,
  body: { error, status, message },
});
const defaultPage = 20;

/** api.twitch.tv/helix: what StreamVault requests, with its delays and errors. */
export class HelixServer {
  /** Requests, oldest first: method and path. */
  readonly calls: string[] = [];
  /** Until it is removed, answered to every client. */
  saysInstead: FakeAnswer | undefined;
  /** For `/streams`: wrong answers about a channel. */
  readonly lies = new Map<string, 'offline' | FakeStream>();
  /** This many requests are answered by 401, whatever token they have. */
  refuses = 0;
  /** This many are answered by 429, with a reset two seconds ahead. */
  slowsDown = 0;
  points = 800;

  readonly #channels: FakeChannels;
  readonly #id: IdServer;
  readonly #hub: EventSubHub;

  constructor(channels: FakeChannels, id: IdServer, hub: EventSubHub) {
    this.#channels = channels;
    this.#id = id;
    this.#hub = hub;
  }

  /** Status, body, and the headers that tell of the rate limit. */
  async answer(
    question: HelixQuestion,
  ): Promise<{ readonly said: FakeAnswer; readonly headers: Readonly<Record<string, string>> }> {
    this.calls.push(`${question.method} ${question.path}`);
    const isSlow = this.slowsDown > 0;
    if (isSlow) this.slowsDown -= 1;
    const remaining = isSlow ? 0 : (this.points -= 1);
    if (this.points < 10) this.points = 800;
    const headers = {
      'Ratelimit-Limit': '800',
      'Ratelimit-Remaining': String(remaining),
      'Ratelimit-Reset': String(Math.ceil(Date.now() / 1000) + (isSlow ? 2 : 60)),
    };
    if (isSlow) return { headers, said: failed(429, 'Too Many Requests', 'too fast') };
    return { headers, said: this.saysInstead ?? this.#refusal(question) ?? (await this.#said(question)) };
  }

  #refusal({ authorization = '', clientId }: HelixQuestion): FakeAnswer | undefined {
    const token = authorization.replace('Bearer ', '');
    const isRefused = this.refuses > 0;
    if (isRefused) this.refuses -= 1;
    const isGood = this.#id.isAppToken(token) || this.#id.isUserToken(token);
    if (isRefused || !isGood || clientId !== this.#id.clientId)
      return failed(401, 'Unauthorized', 'Invalid OAuth token');
    return undefined;
  }

  async #said({ method, path, query, body }: HelixQuestion): Promise<FakeAnswer> {
    switch (`${method} ${path}`) {
      case 'GET /users':
        return this.#users(query);
      case 'GET /streams':
        return this.#streams(query);
      case 'GET /channels':
        return this.#details(query);
      case 'GET /videos':
        return this.#videos(query);
      case 'GET /channels/followed':
        return this.#followed(query);
      case 'GET /eventsub/subscriptions':
        return this.#subscriptions(query);
      case 'POST /eventsub/subscriptions':
        return this.#subscribe(JSON.parse(body) as FakeSubscription);
      case 'DELETE /eventsub/subscriptions':
        return this.#hub.subscriptions.delete(query.get('id') ?? '')
          ? { status: 204, body: '' }
          : failed(404, 'Not Found', 'no such subscription');
      case 'GET /eventsub/conduits':
        return this.#data(
          [...this.#hub.conduits.values()].map(({ id, shards }) => ({ id, shard_count: shards.length })),
        );
      case 'POST /eventsub/conduits': {
        const { shard_count: count } = JSON.parse(body) as { shard_count: number };
        const made = this.#hub.createConduit(count);
        return made
          ? this.#data([{ id: made.id, shard_count: count }])
          : failed(429, 'Too Many Requests', 'maximum number of conduits');
      }
      case 'GET /eventsub/conduits/shards':
        return this.#shards(query.get('conduit_id') ?? '');
      case 'PATCH /eventsub/conduits/shards':
        return this.#bind(JSON.parse(body));
      default:
        return failed(404, 'Not Found', `no ${path} here`);
    }
  }

  #data = (data: readonly unknown[], more: object = {}): FakeAnswer => ({ status: 200, body: { data, ...more } });

  #users(query: URLSearchParams): FakeAnswer {
    const logins = query.getAll('login');
    const found = logins.flatMap((login) => {
      const channel = this.#channels.get(login);
      return channel ? [{ id: channel.id, login, display_name: login, created_at: '2020-01-01T00:00:00Z' }] : [];
    });
    return this.#data(found);
  }

  #videos(query: URLSearchParams): FakeAnswer {
    const [login, channel] = this.#channels.byId(query.get('user_id') ?? '') ?? [];
    if (channel === undefined || query.get('type') !== 'archive') return failed(404, 'Not Found', 'no videos');
    const videos = (channel.videos ?? []).map(({ id, streamId, startedAt, duration }) => ({
      id,
      stream_id: streamId,
      user_id: channel.id,
      user_login: login,
      title: channel.title ?? '',
      created_at: startedAt,
      published_at: startedAt,
      url: `https://www.twitch.tv/videos/${id}`,
      viewable: 'public',
      type: 'archive',
      duration,
      muted_segments: null,
    }));
    return this.#data(videos.slice(0, Number(query.get('first') ?? defaultPage)), { pagination: {} });
  }

  #streams(query: URLSearchParams): FakeAnswer {
    const first = Number(query.get('first') ?? defaultPage);
    const live = query.getAll('user_id').flatMap((id) => {
      const [login, channel] = this.#channels.byId(id) ?? [];
      if (!channel || login === undefined) return [];
      const lie = this.lies.get(login);
      const stream = lie === 'offline' ? undefined : (lie ?? streamOf(channel));
      if (!stream) return [];
      return [
        {
          id: stream.id,
          user_id: id,
          user_login: login,
          user_name: login,
          game_id: '1',
          game_name: channel.category ?? '',
          type: 'live',
          title: channel.title ?? '',
          viewer_count: 3,
          started_at: stream.startedAt,
          language: 'en',
          tags: channel.tags ?? [],
          added_later: true,
        },
      ];
    });
    return this.#data(live.slice(0, first), { pagination: {} });
  }

  #details(query: URLSearchParams): FakeAnswer {
    const found = query.getAll('broadcaster_id').flatMap((id) => {
      const [login, channel] = this.#channels.byId(id) ?? [];
      if (!channel) return [];
      const { title = '', category: game_name = '', tags = [] } = channel;
      return [{ broadcaster_id: id, broadcaster_login: login, game_name, title, tags, delay: 0 }];
    });
    return this.#data(found);
  }

  #followed(query: URLSearchParams): FakeAnswer {
    const all = [...this.#channels].map(([login, { id }]) => ({
      broadcaster_id: id,
      broadcaster_login: login,
      broadcaster_name: login,
      followed_at: '2026-01-01T00:00:00Z',
    }));
    const from = Number(query.get('after') ?? 0);
    const first = Math.min(Number(query.get('first') ?? defaultPage), 100);
    const next = from + first;
    return this.#data(all.slice(from, next), {
      total: all.length,
      pagination: next < all.length ? { cursor: String(next) } : {},
    });
  }

  #subscriptions(query: URLSearchParams): FakeAnswer {
    const conduit = query.get('conduit_id');
    const all = [...this.#hub.subscriptions.values()]
      .filter(({ transport }) => conduit === null || transport.conduit_id === conduit)
      .map((subscription) => shown(subscription));
    const from = Number(query.get('after') ?? 0);
    const next = from + 100;
    const pagination = next < all.length ? { cursor: String(next) } : {};
    return this.#data(all.slice(from, next), { total: all.length, total_cost: 0, max_total_cost: 10_000, pagination });
  }

  async #subscribe({ type, version, condition, transport }: FakeSubscription): Promise<FakeAnswer> {
    const same = [...this.#hub.subscriptions.values()].find(
      (one) =>
        one.type === type &&
        one.status === 'enabled' &&
        JSON.stringify([one.condition, one.transport.conduit_id, one.transport.callback]) ===
          JSON.stringify([condition, transport.conduit_id, transport.callback]),
    );
    if (same)
      return {
        status: 409,
        body: { error: 'Conflict', status: 409, message: 'subscription already exists', id: same.id },
      };
    const { broadcaster_user_id: userId } = condition;
    if (userId !== undefined && !this.#channels.byId(userId))
      return failed(400, 'Bad Request', 'the user specified in the broadcaster_user_id field does not exist');
    if (transport.method === 'conduit' && !this.#hub.conduits.has(transport.conduit_id ?? ''))
      return failed(404, 'Not Found', 'no such conduit');
    const isWebhook = transport.method === 'webhook';
    const subscription: FakeSubscription = {
      id: randomUUID(),
      status: isWebhook ? 'webhook_callback_verification_pending' : 'enabled',
      type,
      version,
      condition,
      transport,
      created_at: new Date().toISOString(),
      cost: 1,
    };
    this.#hub.subscriptions.set(subscription.id, subscription);
    if (isWebhook) setImmediate(() => void this.#hub.verify(subscription));
    return { status: 202, body: { data: [subscription], total: 1, total_cost: 1, max_total_cost: 10_000 } };
  }

  #shards(conduitId: string): FakeAnswer {
    const conduit = this.#hub.conduits.get(conduitId);
    if (!conduit) return failed(404, 'Not Found', 'no such conduit');
    const shown = conduit.shards.map(({ id, status, session_id }) => ({
      id,
      status,
      transport: { method: 'websocket', ...(session_id !== undefined && { session_id }) },
    }));
    return this.#data(shown, { pagination: {} });
  }

  #bind(body: { conduit_id: string; shards: { id: string; transport: { session_id: string } }[] }): FakeAnswer {
    const conduit = this.#hub.conduits.get(body.conduit_id);
    if (!conduit) return failed(404, 'Not Found', 'no such conduit');
    const errors = this.#hub.bind(conduit, body.shards);
    return { status: 202, body: { data: conduit.shards, errors } };
  }
}
