import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { FakeVideo } from './channels.js';
import type { LiveOrigin } from '../live-origin/live-origin.js';

/** Addresses of an origin that are valid for a session only, as delivery networks give them out: `/s/<session>/…`. */
export class PlaybackFront {
  /** Requests, oldest first: the session's number and the rest of the path. */
  readonly requests: { readonly session: number; readonly path: string; readonly status: number }[] = [];
  readonly #sessions = new Map<number, { readonly origin: LiveOrigin; status: number }>();
  readonly #videos: FakeVideo[] = [];
  readonly #server: Server;

  private constructor() {
    this.#server = createServer((request, response) => {
      this.#answer(request, response).catch(() => response.destroy());
    });
  }

  static async start(): Promise<PlaybackFront> {
    const front = new PlaybackFront();
    await new Promise<void>((resolve) => front.#server.listen(0, '127.0.0.1', resolve));
    return front;
  }

  get base(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  get sessions(): number {
    return this.#sessions.size;
  }

  /**
   * A new session.
   * @returns the address that stands for the origin's own
   */
  open(origin: LiveOrigin): string {
    const session = this.#sessions.size + 1;
    this.#sessions.set(session, { origin, status: 200 });
    return `${this.base}/s/${session}`;
  }

  /** @returns the address below which a video's playlist and segments lie */
  openVideo(video: FakeVideo): string {
    this.#videos.push(video);
    return `${this.base}/v/${this.#videos.length - 1}`;
  }

  /** From now on every address given out so far is refused, segments included. */
  refuse(status = 403): void {
    for (const session of this.#sessions.values()) session.status = status;
  }

  async close(): Promise<void> {
    const closed = new Promise((resolve) => this.#server.close(resolve));
    this.#server.closeAllConnections();
    await closed;
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const ofVideo = /^\/v\/(\d+)\/chunked\/(.+)$/.exec(request.url ?? '');
    if (ofVideo) return this.#answerOfVideo(Number(ofVideo[1]), ofVideo[2] ?? '', response);
    const [, number = '', path = ''] = /^\/s\/(\d+)(\/.*)$/.exec(request.url ?? '') ?? [];
    const session = this.#sessions.get(Number(number));
    const status = session?.status ?? 404;
    const refused = session === undefined || status !== 200;
    const answer = refused ? undefined : await fetch(session.origin.base + path);
    this.requests.push({ session: Number(number), path, status: answer?.status ?? status });
    if (answer === undefined) {
      response.writeHead(status, { 'Content-Type': 'text/plain' }).end('Refused\n');
      return;
    }
    const body = Buffer.from(await answer.arrayBuffer());
    const type = answer.headers.get('content-type') ?? 'application/octet-stream';
    response.writeHead(answer.status, { 'Content-Type': type, 'Content-Length': body.length }).end(body);
  }

  #answerOfVideo(number: number, name: string, response: ServerResponse): void {
    const segments = this.#videos[number]?.segments ?? [];
    const send = (status: number, type: string, body: string | Uint8Array) => {
      this.requests.push({ session: -1, path: name, status });
      response.writeHead(status, { 'Content-Type': type, 'Content-Length': Buffer.byteLength(body) }).end(body);
    };
    if (name === 'index-dvr.m3u8') {
      const longest = Math.ceil(Math.max(...segments.map(({ seconds }) => seconds)));
      const lines = segments.flatMap(({ isMuted, seconds }, index) => [
        `#EXTINF:${seconds.toFixed(3)},`,
        `${index}${isMuted === true ? '-unmuted' : ''}.ts`,
      ]);
      const head = ['#EXTM3U', '#EXT-X-VERSION:3', `#EXT-X-TARGETDURATION:${longest}`, '#EXT-X-PLAYLIST-TYPE:EVENT'];
      return send(200, 'application/vnd.apple.mpegurl', [...head, ...lines, '#EXT-X-ENDLIST', ''].join('\n'));
    }
    const [, index = '', kind] = /^(\d+)(-unmuted|-muted)?\.ts$/.exec(name) ?? [];
    const segment = segments[Number(index)];
    if (!segment) return send(404, 'text/plain', 'Not there');
    const wanted = segment.isMuted === true ? '-muted' : undefined;
    if (kind !== wanted) return send(403, 'text/plain', 'Refused');
    return segment.status === undefined
      ? send(200, 'video/mp2t', segment.bytes)
      : send(segment.status, 'text/plain', 'Refused');
  }
}
