import { readFile } from 'node:fs/promises';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { send, sendBody } from './answers.js';
import { Broadcast } from './broadcast.js';
import { encrypt, keyBytes, type KeyRotation } from './broadcast-keys.js';
import { Faults, type PlaylistFault } from './faults.js';
import { makeMedia, type Profile } from './media.js';
import type { BroadcastVariant, PublishedSegment } from './published.js';

export type { PublishedSegment } from './published.js';
export type { PlaylistFault, SegmentFault } from './faults.js';
export type { Profile } from './media.js';

export const SMALL: Profile = { name: '180p', width: 320, height: 180, frameRate: 30, bitrate: 300_000 };
export const SMALLER: Profile = { name: '120p', width: 214, height: 120, frameRate: 30, bitrate: 150_000 };

export interface LiveOriginOptions {
  readonly container?: 'ts' | 'fmp4';
  readonly segmentSeconds?: number;
  /** Segments in the playlist. */
  readonly window?: number;
  /** Segments that exist at the start; default: a full window. */
  readonly initial?: number;
  /** Segments that are still served after they left the playlist. */
  readonly kept?: number;
  /** `manual`: the broadcast moves by `advance()` only. A number: times real time. */
  readonly pace?: 'manual' | number;
  /** How long the media lasts before the broadcast starts again after a discontinuity. */
  readonly mediaSeconds?: number;
  /** More than one makes a master playlist. */
  readonly profiles?: readonly Profile[];
  /** What `breakTimeline({ alternate: true })` switches to, for example another video size. */
  readonly alternate?: Profile;
  readonly programDateTime?: boolean;
  /** A token in every address, changed each time a playlist is read. */
  readonly tokens?: boolean;
  /** Another path for every segment each time a playlist is read. */
  readonly changingPaths?: boolean;
  /** Encrypts the segments. */
  readonly keys?: KeyRotation;
  readonly port?: number;
}

/** A segment as it was published, with its bytes in one variant. */
export interface OriginSegment extends PublishedSegment {
  readonly bytes: number;
  readonly sha256: string;
  /** ISO 8601 UTC. */
  readonly programDateTime: string;
}

/** A live HLS origin that does what the test tells it. */
export class LiveOrigin {
  readonly faults = new Faults();
  /** Requested paths, oldest first. */
  readonly requests: string[] = [];
  readonly broadcast: Broadcast;
  readonly #server: Server;
  readonly #variants: readonly BroadcastVariant[];
  readonly #profiles: readonly Profile[];
  readonly #kept: number;
  readonly #frozen = new Map<string, string>();
  #timer: ReturnType<typeof setInterval> | undefined;
  #waiting: { readonly path: RegExp; readonly resolve: () => void }[] = [];
  /** The newest segment of a playlist that was sent, by index, and who waits for one. */
  #shown = -1;
  #watching: { readonly index: number; readonly resolve: () => void }[] = [];
  #answers = 0;

  private constructor(
    broadcast: Broadcast,
    variants: readonly BroadcastVariant[],
    profiles: readonly Profile[],
    kept: number,
  ) {
    this.broadcast = broadcast;
    this.#variants = variants;
    this.#profiles = profiles;
    this.#kept = kept;
    this.#server = createServer((request, response) => {
      this.#answer(request, response).catch((error: unknown) =>
        response.destroy(error instanceof Error ? error : undefined),
      );
    });
    this.#server.keepAliveTimeout = 30_000;
  }

  static async start(options: LiveOriginOptions = {}): Promise<LiveOrigin> {
    const { container = 'ts', segmentSeconds = 1, window = 6, pace = 'manual', mediaSeconds = 240, port = 0 } = options;
    const { profiles = [SMALL], initial = window, kept = window } = options;
    const make = (profile: Profile) => makeMedia({ profile, container, segmentSeconds, seconds: mediaSeconds });
    const variants: BroadcastVariant[] = [];
    for (const profile of profiles) {
      const media = await make(profile);
      variants.push({
        name: profile.name,
        media,
        ...(options.alternate && { alternate: await make(options.alternate) }),
      });
    }
    const broadcast = new Broadcast({
      variants,
      window,
      segmentSeconds,
      startsAtMs: Date.now() - initial * segmentSeconds * 1000,
      programDateTime: options.programDateTime ?? true,
      volatile: options.changingPaths === true ? 'paths' : options.tokens === true ? 'tokens' : 'nothing',
      ...(options.keys && { keys: options.keys }),
    });
    const origin = new LiveOrigin(broadcast, variants, profiles, kept);
    origin.advance(initial);
    await new Promise<void>((resolve, reject) => {
      origin.#server.once('error', reject).listen(port, '127.0.0.1', resolve);
    });
    if (pace !== 'manual') origin.#timer = setInterval(() => origin.advance(), (segmentSeconds * 1000) / pace);
    return origin;
  }

  get base(): string {
    const address = this.#server.address() as AddressInfo;
    return `http://127.0.0.1:${address.port}`;
  }

  /** What to record: the master playlist if there are several variants, else the media playlist. */
  get url(): string {
    return this.#variants.length > 1 ? `${this.base}/master.m3u8` : this.mediaUrl();
  }

  mediaUrl(variant = this.#variants[0]?.name): string {
    return `${this.base}/${variant}.m3u8`;
  }

  /** Everything ever published, in the given variant (default: the first). */
  segments(name = this.#variants[0]?.name): readonly OriginSegment[] {
    const variant = this.#variants.find((candidate) => candidate.name === name);
    if (variant === undefined) throw new Error(`There is no variant ${name}`);
    return this.broadcast.published.map((segment) => {
      const { bytes, sha256 } = this.broadcast.fileOf(variant, segment);
      return { ...segment, bytes, sha256, programDateTime: new Date(segment.programDateTimeMs).toISOString() };
    });
  }

  advance(segments = 1): void {
    for (let count = 0; count < segments && !this.broadcast.ended; count += 1) this.broadcast.publish();
  }

  end(): void {
    clearInterval(this.#timer);
    this.broadcast.end();
  }

  /** Settles when the next request for such a path was answered (or refused, or left hanging). */
  requested(where: RegExp = /\.m3u8/): Promise<void> {
    return new Promise((resolve) => this.#waiting.push({ path: where, resolve }));
  }

  /** Settles when a playlist with everything published so far was sent. */
  shown(): Promise<void> {
    const index = this.broadcast.published.length - 1;
    if (this.#shown >= index) return Promise.resolve();
    return new Promise((resolve) => this.#watching.push({ index, resolve }));
  }

  async close(): Promise<void> {
    clearInterval(this.#timer);
    if (!this.#server.listening) return;
    const closed = new Promise((resolve) => this.#server.close(resolve));
    this.#server.closeAllConnections();
    await closed;
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { pathname } = new URL(request.url ?? '/', this.base);
    if (this.requests.length < 100_000) this.requests.push(pathname);
    response.setHeader('Access-Control-Allow-Origin', '*');
    response.on('close', () => this.#tell(pathname));
    if (pathname === '/master.m3u8') {
      return this.#playlist(response, pathname, this.faults.ofMaster, () => this.#master());
    }
    const [, key] = /^\/keys\/(\d+)$/.exec(pathname) ?? [];
    if (key !== undefined) {
      const fault = this.faults.takeForKey(Number(key));
      return sendBody(response, 'application/octet-stream', keyBytes(Number(key)), fault);
    }
    const [, name = '', file] = /^\/([\w-]+)(?:\.m3u8|(?:\/r\d+)?\/([\w-]+)\.(?:ts|m4s|mp4))$/.exec(pathname) ?? [];
    const variant = this.#variants.find((candidate) => candidate.name === name);
    if (variant === undefined) return send(response, 404, 'text/plain', 'There is no such thing\n');
    if (file === undefined) return this.#mediaPlaylist(request, response, variant);
    if (file.startsWith('init')) return this.#init(response, variant, file);
    const segment = this.broadcast.find(file, this.#kept);
    if (segment === undefined) return send(response, 404, 'text/plain', 'Gone\n');
    return this.#segment(response, variant, segment);
  }

  #tell(pathname: string): void {
    const told = this.#waiting.filter((waiting) => waiting.path.test(pathname));
    this.#waiting = this.#waiting.filter((waiting) => !told.includes(waiting));
    for (const { resolve } of told) resolve();
  }

  #mediaPlaylist({ url = '' }: IncomingMessage, response: ServerResponse, variant: BroadcastVariant): void {
    const fault = this.faults.ofPlaylist;
    this.#answers += 1;
    const behind = fault?.kind === 'stale' && this.#answers % 2 === 0 ? fault.behind : 0;
    const base = fault?.kind === 'elsewhere' ? fault.base : '';
    const newest = this.broadcast.published.length - 1 - behind;
    const valid = fault?.kind === 'expired' && url.includes(fault.valid);
    const works = fault === undefined || valid || fault.kind === 'stale' || fault.kind === 'elsewhere';
    if (works) response.on('finish', () => this.#show(newest));
    this.#playlist(response, `/${variant.name}.m3u8`, valid ? undefined : fault, () =>
      this.broadcast.playlist(variant, { behind, base }),
    );
  }

  #show(index: number): void {
    this.#shown = Math.max(this.#shown, index);
    const seen = this.#watching.filter((watching) => watching.index <= this.#shown);
    this.#watching = this.#watching.filter((watching) => !seen.includes(watching));
    for (const { resolve } of seen) resolve();
  }

  #playlist(response: ServerResponse, pathname: string, fault: PlaylistFault | undefined, text: () => string): void {
    const type = 'application/vnd.apple.mpegurl';
    switch (fault?.kind) {
      case undefined:
      case 'stale':
      case 'elsewhere': {
        const now = text();
        if (fault === undefined) this.#frozen.set(pathname, now);
        return send(response, 200, type, now);
      }
      case 'frozen':
        return send(response, 200, type, this.#frozen.get(pathname) ?? text());
      case 'status':
      case 'expired':
        return send(response, fault.status, 'text/plain', 'Told to fail\n');
      case 'text':
        return send(response, 200, type, fault.text);
      case 'html':
        return send(response, 200, 'text/html', '<!doctype html><title>Please sign in</title>\n');
      case 'redirectLoop':
        response.writeHead(302, { Location: pathname }).end();
        return;
      case 'redirect':
        response.writeHead(302, { Location: fault.to }).end();
        return;
      case 'reset':
        response.socket?.resetAndDestroy();
        return;
      case 'silent':
        this.#tell(pathname);
    }
  }

  #master(): string {
    const lines = this.#profiles.map(
      ({ name, width, height, frameRate, bitrate }) =>
        `#EXT-X-STREAM-INF:BANDWIDTH=${bitrate + 64_000},RESOLUTION=${width}x${height},FRAME-RATE=${frameRate.toFixed(3)},` +
        `CODECS="avc1.4d400d,mp4a.40.2"\n${name}.m3u8`,
    );
    return `#EXTM3U\n#EXT-X-VERSION:6\n${lines.join('\n')}\n`;
  }

  async #init(response: ServerResponse, variant: BroadcastVariant, name: string): Promise<void> {
    const [, alternate, edition] = /^init(-alternate)?(?:-(\d+))?$/.exec(name) ?? [];
    const media = alternate === undefined ? variant.media : variant.alternate;
    if (media?.init === undefined) return send(response, 404, 'text/plain', 'There is no such thing\n');
    const bytes = await readFile(path.join(media.directory, media.init));
    send(response, 200, 'video/mp4', edition === undefined ? bytes : Buffer.concat([bytes, freeBox(edition)]));
  }

  async #segment(response: ServerResponse, variant: BroadcastVariant, segment: PublishedSegment): Promise<void> {
    const media = segment.alternate ? (variant.alternate ?? variant.media) : variant.media;
    const bytes = await readFile(path.join(media.directory, this.broadcast.fileOf(variant, segment).file));
    const type = media.init === undefined ? 'video/mp2t' : 'video/iso.segment';
    await sendBody(response, type, encrypt(bytes, segment), this.faults.takeForSegment(segment.index));
  }
}

/** An empty box (ISO/IEC 14496-12 section 8.1.2). */
function freeBox(text: string): Buffer {
  const box = Buffer.from(`\0\0\0\0free${text}`);
  box.writeUInt32BE(box.length, 0);
  return box;
}
