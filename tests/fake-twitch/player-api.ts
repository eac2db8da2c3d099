import type { IncomingHttpHeaders } from 'node:http';
import type { LiveOrigin } from '../live-origin/live-origin.js';
import { type FakeChannel, type FakeChannels, type FakeAnswer, streamOf } from './channels.js';
import type { PlaybackFront } from './playback-front.js';

export interface GraphqlRequest {
  readonly headers: IncomingHttpHeaders;
  readonly operation: string;
  readonly query: string;
  readonly variables: Readonly<Record<string, unknown>>;
}

/** What the web player uses: GraphQL, usher and the playlists. */
export class PlayerApi {
  readonly questions: GraphqlRequest[] = [];
  /** The parameters of each playlist requested from usher. */
  readonly playlists: Readonly<Record<string, string>>[] = [];
  readonly #tokens = new Map<string, string>();

  readonly #channels: FakeChannels;
  readonly #front: PlaybackFront;

  constructor(channels: FakeChannels, front: PlaybackFront) {
    this.#channels = channels;
    this.#front = front;
  }

  graphql(headers: IncomingHttpHeaders, text: string, instead: FakeAnswer | undefined): FakeAnswer {
    const asked = JSON.parse(text) as { operationName?: string; query?: string; variables?: Record<string, unknown> };
    const { operationName: operation = '', query = '', variables = {} } = asked;
    this.questions.push({ headers, operation, query, variables });
    if (instead !== undefined) return instead;
    // Hashes of stored queries are retired from one day to the next.
    if (query === '') return { status: 200, body: { errors: [{ message: 'PersistedQueryNotFound' }] } };
    if (operation === 'ChannelsLive') return { status: 200, body: { data: this.#many(query, variables) } };
    if (operation === 'VideoPlaybackAccessToken') return this.#videoToken(String(variables['id']));
    const login = String(variables['login']);
    const channel = this.#channels.get(login);
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

  async usher({ pathname, searchParams }: URL): Promise<FakeAnswer> {
    const video = /^\/vod\/(\w+)\.m3u8$/.exec(pathname)?.[1];
    if (video !== undefined) return this.#videoPlaylist(video, searchParams);
    const login = /^\/api\/v2\/channel\/hls\/(\w+)\.m3u8$/.exec(pathname)?.[1];
    if (login === undefined) return { status: 404, body: 'There is no such thing' };
    this.playlists.push(Object.fromEntries(searchParams));
    const channel = this.#channels.get(login);
    if (channel?.usher !== undefined) return channel.usher;
    const token = searchParams.get('token') ?? '';
    if (this.#tokens.get(token) !== searchParams.get('sig'))
      return { status: 403, body: [{ error: 'invalid token', error_code: 'nauth_token_invalid', type: 'error' }] };
    if (channel?.origin === undefined)
      return { status: 404, body: [{ error: 'twirp error not_found: transcode does not exist', type: 'error' }] };
    return { status: 200, body: await this.#master(channel.origin) };
  }

  #video(id: string) {
    return [...this.#channels.values()].flatMap(({ videos = [] }) => videos).find((video) => video.id === id);
  }

  #videoToken(id: string): FakeAnswer {
    if (!this.#video(id)) return { status: 200, body: { data: { videoPlaybackAccessToken: null } } };
    const value = JSON.stringify({ vod_id: id, nonce: this.#tokens.size });
    const signature = `sig-${this.#tokens.size}`;
    this.#tokens.set(value, signature);
    return { status: 200, body: { data: { videoPlaybackAccessToken: { value, signature } } } };
  }

  #videoPlaylist(id: string, searchParams: URLSearchParams): FakeAnswer {
    this.playlists.push(Object.fromEntries(searchParams));
    if (this.#tokens.get(searchParams.get('token') ?? '') !== searchParams.get('sig'))
      return { status: 403, body: [{ error: 'invalid token', error_code: 'nauth_token_invalid', type: 'error' }] };
    const content = this.#video(id)?.content;
    if (content?.usher !== undefined) return content.usher;
    if (!content)
      return { status: 404, body: [{ error: 'vod not found', error_code: 'vod_not_found', type: 'error' }] };
    const address = this.#front.openVideo(content);
    const stream = '#EXT-X-STREAM-INF:BANDWIDTH=900000,RESOLUTION=320x180,CODECS="avc1.42c00d,mp4a.40.2"';
    return { status: 200, body: `#EXTM3U\n${stream}\n${address}/chunked/index-dvr.m3u8\n` };
  }

  /** One query about many channels, each with an alias: `c0: user(login: $l0) { … }`. */
  #many(query: string, variables: Readonly<Record<string, unknown>>) {
    const aliases = [...query.matchAll(/(\w+): user\(login: \$(\w+)\)/g)];
    return Object.fromEntries(
      aliases.map(([, alias, variable]) => [alias, this.#seen(String(variables[variable ?? '']))]),
    );
  }

  #seen(login: string) {
    const channel = this.#channels.get(login);
    if (!channel) return null;
    const stream = streamOf(channel);
    return {
      id: channel.id,
      login,
      stream: stream ? { id: stream.id, type: 'live', createdAt: stream.startedAt } : null,
      broadcastSettings: {
        title: channel.title ?? '',
        game: channel.category ? { displayName: channel.category } : null,
      },
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

  async #master(origin: LiveOrigin): Promise<string> {
    const text = await (await fetch(`${origin.base}/master.m3u8`)).text();
    const session = this.#front.open(origin);
    return text
      .replaceAll(/^(#EXT-X-STREAM-INF:.*)\n(.+)\.m3u8$/gm, `$1,IVS-NAME="$2"\n${session}/$2.m3u8`)
      .replace('#EXTM3U', '#EXTM3U\n#EXT-X-TWITCH-INFO:NODE="fake",CLUSTER="fake",SERVING-ID="1"');
  }
}
