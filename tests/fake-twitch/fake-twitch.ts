import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { LiveOrigin } from '../live-origin/live-origin.js';
import { type FakeChannel, FakeChannels, type FakeAnswer } from './channels.js';
import { type Delivery, EventSubHub } from './eventsub-hub.js';
import { HelixServer } from './helix-server.js';
import { IdServer } from './id-server.js';
import { PlaybackFront } from './playback-front.js';
import { type GraphqlRequest, PlayerApi } from './player-api.js';

export type { FakeChannel, FakeAnswer, FakeVideo } from './channels.js';
export { nanoseconds, signed } from './eventsub-hub.js';

export interface GoingLive extends Delivery {
  readonly origin?: LiveOrigin;
  readonly id?: string;
  readonly title?: string;
  readonly category?: string;
  readonly tags?: readonly string[];
  readonly startedAt?: string;
  /** No notice is sent. */
  readonly isSilent?: boolean;
  readonly kind?: string;
}

/** A fake Twitch: its id server, Helix, EventSub and player, over the broadcasts of live origins. */
export class FakeTwitch {
  readonly channels = new FakeChannels();
  readonly id = new IdServer();
  readonly eventSub: EventSubHub;
  readonly helix: HelixServer;
  readonly player: PlayerApi;
  /** Until it is removed, GraphQL answers this to every client. */
  saysInstead: FakeAnswer | undefined;
  readonly #server: Server;
  #streams = 900_000;

  readonly front: PlaybackFront;

  private constructor(front: PlaybackFront) {
    this.front = front;
    this.#server = createServer((request, response) => {
      this.#answer(request, response).catch(() => response.destroy());
    });
    this.player = new PlayerApi(this.channels, front);
    this.eventSub = new EventSubHub(this.#server, () => this.base);
    this.helix = new HelixServer(this.channels, this.id, this.eventSub);
  }

  static async start(port = 0): Promise<FakeTwitch> {
    const twitch = new FakeTwitch(await PlaybackFront.start());
    await new Promise<void>((resolve) => twitch.#server.listen(port, '127.0.0.1', resolve));
    return twitch;
  }

  get base(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  get questions(): readonly GraphqlRequest[] {
    return this.player.questions;
  }

  get playlists(): readonly Readonly<Record<string, string>>[] {
    return this.player.playlists;
  }

  /** The settings with which a server uses this instead of Twitch, without signing in. */
  get settings() {
    return {
      TWITCH_GQL_URL: `${this.base}/gql`,
      TWITCH_USHER_URL: this.base,
      TWITCH_ID_URL: `${this.base}/oauth2`,
      TWITCH_HELIX_URL: `${this.base}/helix`,
      TWITCH_EVENTSUB_URL: `${this.base.replace('http', 'ws')}/ws`,
      ALLOWED_PRIVATE_HOSTS: '127.0.0.1',
    };
  }

  /** With an application's credentials in addition. */
  get signedInSettings() {
    const { clientId: TWITCH_CLIENT_ID, clientSecret: TWITCH_CLIENT_SECRET } = this.id;
    return { ...this.settings, TWITCH_CLIENT_ID, TWITCH_CLIENT_SECRET };
  }

  /** @returns how many subscribers got the notice */
  async goLive(
    login: string,
    { origin, id, startedAt, isSilent, kind = 'live', messageId, sentAt, ...details }: GoingLive = {},
  ): Promise<number> {
    const stream = { id: id ?? String((this.#streams += 1)), startedAt: startedAt ?? new Date().toISOString() };
    const channel = Object.assign(this.channels.get(login) ?? {}, details, { stream, ...(origin && { origin }) });
    this.channels.set(login, channel);
    if (isSilent === true) return 0;
    const event = { ...broadcasterOf(login, channel), id: stream.id, type: kind, started_at: stream.startedAt };
    return this.eventSub.emit('stream.online', event, deliveryOf(messageId, sentAt));
  }

  async goOffline(
    login: string,
    { isSilent, messageId, sentAt }: Pick<GoingLive, 'isSilent' | 'messageId' | 'sentAt'> = {},
  ): Promise<number> {
    const channel = this.#known(login);
    channel.stream = undefined;
    channel.origin = undefined;
    if (isSilent === true) return 0;
    return this.eventSub.emit('stream.offline', broadcasterOf(login, channel), deliveryOf(messageId, sentAt));
  }

  async update(login: string, details: Pick<FakeChannel, 'title' | 'category' | 'tags'>): Promise<number> {
    const channel = Object.assign(this.#known(login), details);
    const { title = '', category: category_name = '' } = channel;
    const event = { ...broadcasterOf(login, channel), title, category_name, category_id: '1', language: 'en' };
    return this.eventSub.emit('channel.update', event);
  }

  async raid(login: string, to: string, viewers = 10): Promise<number> {
    const { id } = this.#known(login);
    const event = { from_broadcaster_user_id: id, to_broadcaster_user_id: '1', to_broadcaster_user_login: to, viewers };
    return this.eventSub.emit('channel.raid', event);
  }

  async close(): Promise<void> {
    await this.eventSub.close();
    const closed = new Promise((resolve) => this.#server.close(resolve));
    this.#server.closeAllConnections();
    await Promise.all([closed, this.front.close()]);
  }

  #known(login: string): FakeChannel {
    const channel = this.channels.get(login);
    if (!channel) throw new Error(`This Twitch has no channel ${login}.`);
    return channel;
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? '/', this.base);
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const body = Buffer.concat(chunks).toString();
    const { said, headers } = await this.#said(request, url, body);
    if (said === 'silent') return;
    const text = typeof said.body === 'string' ? said.body : JSON.stringify(said.body);
    response.writeHead(said.status, { ...headers, 'Content-Length': Buffer.byteLength(text) }).end(text);
  }

  async #said(
    request: IncomingMessage,
    url: URL,
    body: string,
  ): Promise<{ said: FakeAnswer; headers?: Readonly<Record<string, string>> }> {
    const { pathname, searchParams: query } = url;
    const { authorization } = request.headers;
    if (pathname === '/gql') return { said: this.player.graphql(request.headers, body, this.saysInstead) };
    if (pathname.startsWith('/oauth2/'))
      return { said: this.id.answer(pathname.slice('/oauth2'.length), new URLSearchParams(body), authorization) };
    if (pathname.startsWith('/helix/')) {
      const clientId = request.headers['client-id'];
      return this.helix.answer({
        method: request.method ?? 'GET',
        path: pathname.slice('/helix'.length),
        query,
        body,
        authorization,
        clientId: typeof clientId === 'string' ? clientId : undefined,
      });
    }
    return { said: await this.player.usher(url) };
  }
}

const broadcasterOf = (login: string, { id }: FakeChannel) => ({
  broadcaster_user_id: id,
  broadcaster_user_login: login,
  broadcaster_user_name: login,
});

const deliveryOf = (messageId: string | undefined, sentAt: string | undefined): Delivery => ({
  ...(messageId !== undefined && { messageId }),
  ...(sentAt !== undefined && { sentAt }),
});
