import { type Clock, type Http } from '@streamvault/capture';
import { SourceFault, statusFault } from '@streamvault/network';
import { type ScriptedBroadcast, type ScriptedSegment, SEGMENT_MS, type Trouble } from './scripted-broadcast.js';

type Options = Parameters<Http['getText']>[1];
type Receiver = Parameters<Http['getBody']>[2];

const PACKET_BYTES = 188;
const PACKETS = 8;
const IDLE_MS = 10_000;

/** The content of a segment: packets that contain only its number. */
export function bodyOf(index: number): Buffer {
  const body = Buffer.alloc(PACKET_BYTES * PACKETS, 0xff);
  for (let at = 0; at < body.length; at += PACKET_BYTES) {
    body.writeUInt32BE(0x471fff10, at);
    body.writeUInt32BE(index, at + 4);
  }
  return body;
}

export const indexOf = (body: Buffer): number => body.readUInt32BE(4);

/** The web as a capture sees it if it consists only of the scripted broadcast, on that clock. */
export class ScriptedWeb implements Http {
  static readonly address = 'https://live.example/channel.m3u8';
  /** When a list first contained each segment that was the latest then. */
  readonly shown = new Map<number, number>();
  /** The segments that were sent completely, with the time. */
  readonly sent = new Map<number, number>();
  readonly #troubled = new Set<number>();
  #latest = -1;

  constructor(
    private readonly broadcast: ScriptedBroadcast,
    private readonly clock: Clock,
  ) {}

  async getText(
    url: string,
    { signal, totalSeconds }: Options,
  ): Promise<{ readonly text: string; readonly url: string }> {
    await this.#pass(20 + this.clock.random() * 180, signal);
    const asked = this.clock.now();
    const trouble = this.broadcast.troubleAt(asked);
    switch (trouble?.kind) {
      case 'playlist-error':
        throw statusFault(503, url);
      case 'playlist-forbidden':
        throw statusFault(403, url);
      case 'playlist-silent':
        await this.#pass(totalSeconds * 1000, signal);
        throw new SourceFault({ code: 'source.timeout', message: 'It does not answer in time.' }, false);
      default:
        return { text: this.#playlist(this.#edge(asked, trouble)), url };
    }
  }

  async getBody(url: string, { signal }: Options, receiver: Receiver): Promise<string> {
    await this.#pass(20 + this.clock.random() * 300, signal);
    const index = Number(/(\d+)\.ts/.exec(url)?.[1]);
    const segment = this.broadcast.segments[index];
    if (segment === undefined || this.clock.now() >= this.broadcast.servedUntilMs(segment)) throw statusFault(404, url);
    if (segment.trouble === 'segment-missing') throw statusFault(404, url);
    const body = bodyOf(index);
    const flow = new ScriptedFlow();
    receiver.start?.({ 'content-length': String(body.length) }, flow);
    const trouble = this.#befalls(segment);
    if (trouble === 'cut' || trouble === 'stalled') {
      receiver.data(body.subarray(0, 500));
      if (trouble === 'cut') throw new SourceFault({ code: 'source.connection-lost', message: 'It broke off.' }, false);
      await this.#pass(IDLE_MS, signal);
      throw new SourceFault({ code: 'source.timeout', message: 'It stopped sending.' }, false);
    }
    for (let at = 0; at < body.length; at += 500) {
      if (segment.trouble === 'segment-slow') await this.#pass(2000, signal);
      await flow.open(signal);
      receiver.data(body.subarray(at, at + 500));
    }
    if (!this.sent.has(index)) this.sent.set(index, this.clock.now());
    return url;
  }

  /** Some trouble ends with the first attempt. */
  #befalls({ index, trouble }: ScriptedSegment): 'cut' | 'stalled' | undefined {
    const isFirst = !this.#troubled.has(index);
    this.#troubled.add(index);
    switch (trouble) {
      case 'segment-cut':
        return 'cut';
      case 'segment-stalled':
        return 'stalled';
      case 'segment-cut-once':
        return isFirst ? 'cut' : undefined;
      case 'segment-stalled-once':
        return isFirst ? 'stalled' : undefined;
      default:
        return undefined;
    }
  }

  /** How old the playlist of the edge is. */
  #edge(asked: number, trouble: Trouble | undefined): number {
    if (trouble?.kind === 'playlist-frozen') return trouble.fromMs;
    if (trouble?.kind === 'stale-edge' && this.clock.random() < 0.5) return asked - 3 * SEGMENT_MS;
    return asked;
  }

  #playlist(ms: number): string {
    const listed = this.broadcast.listedAt(ms);
    this.#show(listed);
    const discontinuities = this.broadcast.segments
      .slice(0, listed[0]?.index ?? 0)
      .filter(({ discontinuity }) => discontinuity).length;
    return [
      '#EXTM3U',
      '#EXT-X-VERSION:3',
      `#EXT-X-TARGETDURATION:${SEGMENT_MS / 1000}`,
      `#EXT-X-MEDIA-SEQUENCE:${(listed[0]?.sequence ?? 0) + this.broadcast.jumpedBy(ms)}`,
      `#EXT-X-DISCONTINUITY-SEQUENCE:${discontinuities}`,
      ...listed.flatMap((segment) => this.#lines(segment)),
      ...(this.broadcast.isOver(ms) ? ['#EXT-X-ENDLIST'] : []),
      '',
    ].join('\n');
  }

  #show(listed: readonly ScriptedSegment[]): void {
    const latest = listed.at(-1)?.index ?? -1;
    // A list that contains only the past is rightly taken as old.
    if (latest < this.#latest) return;
    this.#latest = latest;
    for (const { index } of listed) if (!this.shown.has(index)) this.shown.set(index, this.clock.now());
  }

  #lines(segment: ScriptedSegment): readonly string[] {
    const token = Math.floor(this.clock.random() * 1e9);
    return [
      ...(segment.discontinuity ? ['#EXT-X-DISCONTINUITY'] : []),
      `#EXT-X-PROGRAM-DATE-TIME:${new Date(segment.startsAtMs).toISOString()}`,
      `#EXTINF:${(SEGMENT_MS / 1000).toFixed(3)},`,
      `${segment.index}.ts?token=${token}`,
    ];
  }

  async #pass(milliseconds: number, signal: AbortSignal): Promise<void> {
    await this.clock.sleep(milliseconds, signal);
    if (signal.aborted) throw new SourceFault({ code: 'capture.stopped', message: 'The capture was stopped.' }, true);
  }
}

/** Holds back what is sent as long as the receiver wants. */
class ScriptedFlow {
  #held = Promise.withResolvers<void>();
  #paused = false;

  pause(): void {
    this.#paused = true;
  }

  resume(): void {
    this.#paused = false;
    this.#held.resolve();
    this.#held = Promise.withResolvers();
  }

  async open(signal: AbortSignal): Promise<void> {
    while (this.#paused && !signal.aborted) {
      const aborted = new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }));
      await Promise.race([this.#held.promise, aborted]);
    }
    if (signal.aborted) throw new SourceFault({ code: 'capture.stopped', message: 'The capture was stopped.' }, true);
  }
}
