import { type Clock, type Http, SourceFault, statusFault } from '@streamvault/capture';
import { type ScriptedBroadcast, type ScriptedSegment, SEGMENT_MS, type Trouble } from './scripted-broadcast.js';

type Options = Parameters<Http['getText']>[1];
type Receiver = Parameters<Http['getBody']>[2];

const PACKET_BYTES = 188;
const PACKETS = 8;

/** What a segment is made of: packets that carry nothing but its number. */
export function bodyOf(index: number): Buffer {
  const body = Buffer.alloc(PACKET_BYTES * PACKETS, 0xff);
  for (let at = 0; at < body.length; at += PACKET_BYTES) {
    body.writeUInt32BE(0x471fff10, at);
    body.writeUInt32BE(index, at + 4);
  }
  return body;
}

export const indexOf = (body: Buffer): number => body.readUInt32BE(4);

/** The web as a capture sees it when the scripted broadcast is all there is, on that clock. */
export class ScriptedWeb implements Http {
  static readonly address = 'https://live.example/channel.m3u8';
  readonly #cut = new Set<number>();

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
    if (segment === undefined || !this.broadcast.isServed(segment, this.clock.now())) throw statusFault(404, url);
    if (segment.trouble === 'segment-missing') throw statusFault(404, url);
    const body = bodyOf(index);
    receiver.start?.({}, { pause: () => undefined, resume: () => undefined });
    if (segment.trouble === 'segment-cut' || (segment.trouble === 'segment-cut-once' && !this.#cut.has(index))) {
      this.#cut.add(index);
      receiver.data(body.subarray(0, 500));
      throw new SourceFault({ code: 'source.connection-lost', message: 'It broke off.' }, false);
    }
    for (let at = 0; at < body.length; at += 500) {
      if (segment.trouble === 'segment-slow') await this.#pass(2000, signal);
      receiver.data(body.subarray(at, at + 500));
    }
    return url;
  }

  /** How late it is where the playlist comes from. */
  #edge(asked: number, trouble: Trouble | undefined): number {
    if (trouble?.kind === 'playlist-frozen') return trouble.fromMs;
    if (trouble?.kind === 'stale-edge' && this.clock.random() < 0.5) return asked - 3 * SEGMENT_MS;
    return asked;
  }

  #playlist(ms: number): string {
    const listed = this.broadcast.listedAt(ms);
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
