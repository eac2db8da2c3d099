import {
  createServer,
  type IncomingHttpHeaders,
  type IncomingMessage,
  type Server,
  type ServerResponse,
} from 'node:http';
import type { AddressInfo } from 'node:net';
import type { LiveOrigin } from '../live-origin/live-origin.js';
import { PlaybackFront } from './playback-front.js';

export interface GraphqlRequest {
  readonly headers: IncomingHttpHeaders;
  readonly operation: string;
  readonly query: string;
  readonly variables: Readonly<Record<string, unknown>>;
}

/** An answer in place of the usual one; `silent` takes the question and says nothing. */
export type Said = 'silent' | { readonly status: number; readonly body: unknown };

export interface FakeChannel {
  /** Live while there is one. */
  origin?: LiveOrigin | undefined;
  /** Why its token is none, in Twitch's words. */
  forbidden?: string;
  /** What usher says instead of a playlist. */
  usher?: Said;
}

/** What the web player of Twitch talks to: GraphQL, usher and the playlists behind it, over the broadcasts of live origins. */
export class FakeTwitch {
  readonly channels = new Map<string, FakeChannel>();
  readonly questions: GraphqlRequest[] = [];
  /** The parameters of each playlist that usher was asked for. */
  readonly playlists: Readonly<Record<string, string>>[] = [];
  /** Until it is lifted, GraphQL says this to everybody. */
  saysInstead: Said | undefined;
  readonly #server: Server;
  readonly #tokens = new Map<string, string>();

  private constructor(readonly front: PlaybackFront) {
    this.#server = createServer((request, response) => {
      this.#answer(request, response).catch(() => response.destroy());
    });
  }

  static async start(): Promise<FakeTwitch> {
    const twitch = new FakeTwitch(await PlaybackFront.start());
    await new Promise<void>((resolve) => twitch.#server.listen(0, '127.0.0.1', resolve));
    return twitch;
  }

  get base(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  /** The settings by which a server comes here instead of to Twitch. */
  get settings() {
    return { TWITCH_GQL_URL: `${this.base}/gql`, TWITCH_USHER_URL: this.base, ALLOWED_PRIVATE_HOSTS: '127.0.0.1' };
  }

  async close(): Promise<void> {
    const closed = new Promise((resolve) => this.#server.close(resolve));
    this.#server.closeAllConnections();
    await Promise.all([closed, this.front.close()]);
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? '/', this.base);
    const said = url.pathname === '/gql' ? await this.#graphql(request) : await this.#usher(url);
    if (said === 'silent') return;
    const text = typeof said.body === 'string' ? said.body : JSON.stringify(said.body);
    response.writeHead(said.status, { 'Content-Length': Buffer.byteLength(text) }).end(text);
  }

  async #graphql(request: IncomingMessage): Promise<Said> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const asked = JSON.parse(Buffer.concat(chunks).toString()) as {
      operationName: string;
      query?: string;
      variables: { login: string };
    };
    const { operationName: operation, query = '', variables } = asked;
    this.questions.push({ headers: request.headers, operation, query, variables });
    if (this.saysInstead !== undefined) return this.saysInstead;
    // Hashes of stored questions are retired from one day to the next.
    if (query === '') return { status: 200, body: { errors: [{ message: 'PersistedQueryNotFound' }] } };
    const { login } = variables;
    const channel = this.channels.get(login);
    const user = channel && {
      id: '12345',
      ...(operation === 'ChannelLive' && { stream: channel.origin ? { id: '9' } : null }),
    };
    if (operation === 'ChannelLive') return { status: 200, body: { data: { user: user ?? null } } };
    return {
      status: 200,
      body: { data: { user: user ?? null, streamPlaybackAccessToken: this.#token(login, channel) } },
    };
  }

  #token(login: string, channel: FakeChannel | undefined) {
    if (channel === undefined) return null;
    const value = JSON.stringify({
      channel: login,
      nonce: this.#tokens.size,
      geoblock_reason: '',
      private: { allowed_to_view: true },
    });
    const signature = `sig-${this.#tokens.size}`;
    this.#tokens.set(value, signature);
    const isForbidden = channel.forbidden !== undefined;
    return { value, signature, authorization: { isForbidden, forbiddenReasonCode: channel.forbidden ?? 'NONE' } };
  }

  async #usher({ pathname, searchParams }: URL): Promise<Said> {
    const login = /^\/api\/v2\/channel\/hls\/(\w+)\.m3u8$/.exec(pathname)?.[1];
    if (login === undefined) return { status: 404, body: 'There is no such thing' };
    this.playlists.push(Object.fromEntries(searchParams));
    const channel = this.channels.get(login);
    if (channel?.usher !== undefined) return channel.usher;
    const token = searchParams.get('token') ?? '';
    if (this.#tokens.get(token) !== searchParams.get('sig'))
      return { status: 403, body: [{ error: 'invalid token', error_code: 'nauth_token_invalid', type: 'error' }] };
    if (channel?.origin === undefined)
      return { status: 404, body: [{ error: 'twirp error not_found: transcode does not exist', type: 'error' }] };
    return { status: 200, body: await this.#master(channel.origin) };
  }

  async #master(origin: LiveOrigin): Promise<string> {
    const text = await (await fetch(`${origin.base}/master.m3u8`)).text();
    const session = this.front.open(origin);
    return text
      .replaceAll(/^(#EXT-X-STREAM-INF:.*)\n(.+)\.m3u8$/gm, `$1,IVS-NAME="$2"\n${session}/$2.m3u8`)
      .replace('#EXTM3U', '#EXTM3U\n#EXT-X-TWITCH-INFO:NODE="fake",CLUSTER="fake",SERVING-ID="1"');
  }
}
