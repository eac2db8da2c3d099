import type { Media, MediaSegmentFile } from './media.js';

/** A variant of the broadcast, with the media it shows and those it can be switched to. */
export interface BroadcastVariant {
  readonly name: string;
  readonly media: Media;
  readonly alternate?: Media;
}

/** How a source tells that it shows advertising. */
export type AdMark =
  /** A date range of Twitch's class, with its duration. */
  | 'class'
  /** A date range with an ID of Twitch's, and the instant of its end. */
  | 'id'
  /** A date range that has no end yet; it gets one when the break is over. */
  | 'open'
  /** No date range: the segments' titles say it. */
  | 'title'
  /** Several date ranges before one segment, one for each ten seconds of the break, among others that mean nothing. */
  | 'pods';

export interface AdBreak {
  readonly number: number;
  readonly mark: AdMark;
  readonly fromMs: number;
  readonly toMs: number;
  readonly segments: number;
}

export interface PublishedSegment {
  /** Counts what was ever published, from 0. */
  readonly index: number;
  /** What it is called in addresses; unique unless a sequence reset was told to use old names again. */
  readonly name: string;
  readonly mediaSequence: number;
  readonly discontinuitySequence: number;
  readonly discontinuity: boolean;
  readonly programDateTimeMs: number;
  readonly durationSeconds: number;
  readonly alternate: boolean;
  readonly mediaIndex: number;
  /** The break it belongs to, if it is advertising. */
  readonly ad?: AdBreak;
}

export interface BroadcastOptions {
  readonly variants: readonly BroadcastVariant[];
  readonly window: number;
  readonly segmentSeconds: number;
  readonly startsAtMs: number;
  readonly programDateTime: boolean;
  /** A token in every address, another one each time a playlist is read. */
  readonly tokens: boolean;
}

/** What is on air: segments published one after the other, and the playlist over the last of them. */
export class Broadcast {
  readonly published: PublishedSegment[] = [];
  readonly #options: BroadcastOptions;
  readonly #byName = new Map<string, PublishedSegment>();
  #nextSequence = 0;
  #epochStart = 0;
  #discontinuities = 0;
  #nextMediaIndex = 0;
  #alternate = false;
  #broken = false;
  #reuseNames = false;
  #clockMs: number;
  #ended = false;
  #reads = 0;
  #ads: { readonly break: AdBreak; left: number; readonly back: { to: number; alternate: boolean } } | undefined;
  #adBreaks = 0;

  constructor(options: BroadcastOptions) {
    this.#options = options;
    this.#clockMs = options.startsAtMs;
  }

  get ended(): boolean {
    return this.#ended;
  }

  publish(): PublishedSegment {
    const length = Math.min(
      ...this.#options.variants.map((variant) => this.#mediaOf(variant, this.#alternate).segments.length),
    );
    const ads = this.#ads;
    if (ads !== undefined && ads.left === 0) {
      this.breakTimeline(ads.back);
      this.#ads = undefined;
    } else if (ads !== undefined) ads.left -= 1;
    if (this.#nextMediaIndex >= length) this.breakTimeline({ to: 0 });
    if (this.#broken) this.#discontinuities += 1;
    const segment: PublishedSegment = {
      index: this.published.length,
      name: String(this.#reuseNames ? this.#nextSequence : this.published.length).padStart(5, '0'),
      mediaSequence: this.#nextSequence,
      discontinuitySequence: this.#discontinuities,
      discontinuity: this.#broken,
      programDateTimeMs: this.#clockMs,
      durationSeconds: this.#options.segmentSeconds,
      alternate: this.#alternate,
      mediaIndex: this.#nextMediaIndex,
      ...(this.#ads && { ad: this.#ads.break }),
    };
    this.#broken = false;
    this.#nextSequence += 1;
    this.#nextMediaIndex += 1;
    this.#clockMs += this.#options.segmentSeconds * 1000;
    this.published.push(segment);
    this.#byName.set(segment.name, segment);
    return segment;
  }

  /** The next segment is marked as a discontinuity and comes from elsewhere: other timestamps, or the alternate media. */
  breakTimeline({ to, alternate }: { readonly to?: number; readonly alternate?: boolean } = {}): void {
    this.#broken = true;
    this.#alternate = alternate ?? this.#alternate;
    this.#nextMediaIndex = to ?? this.#nextMediaIndex + 20;
  }

  /**
   * The next so many seconds are advertising, behind a discontinuity and before another; the show goes on behind them where it would
   * have been without. The advertising may be the alternate media.
   */
  showAds(seconds: number, { mark = 'class', alternate = false }: { mark?: AdMark; alternate?: boolean } = {}): void {
    const { segmentSeconds } = this.#options;
    const segments = Math.round(seconds / segmentSeconds);
    const fromMs = this.#clockMs;
    this.#adBreaks += 1;
    this.#ads = {
      break: { number: this.#adBreaks, mark, fromMs, toMs: fromMs + segments * segmentSeconds * 1000, segments },
      left: segments,
      back: { to: this.#nextMediaIndex + segments, alternate: this.#alternate },
    };
    this.breakTimeline({ alternate, to: 3 });
  }

  /** The packager starts anew: sequence numbers begin again, what was published is no longer listed. */
  resetSequence({ to = 0, reuseNames = false }: { readonly to?: number; readonly reuseNames?: boolean } = {}): void {
    this.#nextSequence = to;
    this.#epochStart = this.published.length;
    this.#discontinuities = 0;
    this.#nextMediaIndex += 20;
    this.#reuseNames = reuseNames;
  }

  /** Nothing is broadcast for a while. */
  skipTime(seconds: number): void {
    this.#clockMs += seconds * 1000;
  }

  end(): void {
    this.#ended = true;
  }

  listed(): readonly PublishedSegment[] {
    return this.published.slice(Math.max(this.#epochStart, this.published.length - this.#options.window));
  }

  /** The segment of a name, while the server still keeps it. */
  find(name: string, kept: number): PublishedSegment | undefined {
    const segment = this.#byName.get(name);
    return segment && segment.index >= this.published.length - this.#options.window - kept ? segment : undefined;
  }

  fileOf(variant: BroadcastVariant, segment: PublishedSegment): MediaSegmentFile {
    const file = this.#mediaOf(variant, segment.alternate).segments[segment.mediaIndex];
    if (file === undefined) throw new Error(`There is no medium ${segment.mediaIndex}`);
    return file;
  }

  #mediaOf(variant: BroadcastVariant, alternate: boolean): Media {
    return alternate ? (variant.alternate ?? variant.media) : variant.media;
  }

  playlist(variant: BroadcastVariant): string {
    const segments = this.listed();
    this.#reads += 1;
    const query = this.#options.tokens ? `?token=${this.#reads}` : '';
    const lines = [
      '#EXTM3U',
      `#EXT-X-VERSION:${variant.media.init === undefined ? 3 : 6}`,
      `#EXT-X-TARGETDURATION:${Math.ceil(this.#options.segmentSeconds)}`,
      `#EXT-X-MEDIA-SEQUENCE:${segments[0]?.mediaSequence ?? this.#nextSequence}`,
      `#EXT-X-DISCONTINUITY-SEQUENCE:${this.#sequenceBefore(segments[0])}`,
    ];
    const breaks = new Set(segments.flatMap(({ ad }) => ad ?? []));
    for (const ad of breaks) lines.push(...dateRanges(ad, this.#clockMs));
    let map = '';
    for (const segment of segments) {
      if (segment.discontinuity) lines.push('#EXT-X-DISCONTINUITY');
      const init = initTag(variant, segment);
      if (init !== map) lines.push(init);
      map = init;
      if (this.#options.programDateTime) {
        lines.push(`#EXT-X-PROGRAM-DATE-TIME:${new Date(segment.programDateTimeMs).toISOString()}`);
      }
      const extension = variant.media.init === undefined ? 'ts' : 'm4s';
      lines.push(
        `#EXTINF:${segment.durationSeconds.toFixed(3)},${segment.ad?.mark === 'title' ? 'Amazon|1234567890' : 'live'}`,
        `${variant.name}/${segment.name}.${extension}${query}`,
      );
    }
    if (this.#ended) lines.push('#EXT-X-ENDLIST');
    return `${lines.join('\n')}\n`;
  }

  #sequenceBefore(first: PublishedSegment | undefined): number {
    if (first === undefined) return this.#discontinuities;
    return first.discontinuitySequence - (first.discontinuity ? 1 : 0);
  }
}

function initTag(variant: BroadcastVariant, { alternate }: PublishedSegment): string {
  if (variant.media.init === undefined) return '';
  return `#EXT-X-MAP:URI="${variant.name}/init${alternate ? '-alternate' : ''}.mp4"`;
}

const iso = (ms: number): string => new Date(ms).toISOString();

/** As Twitch writes them: the tags of a break, and two that stand in every playlist and mean nothing for it. */
function dateRanges({ mark, number, fromMs, toMs }: AdBreak, nowMs: number): readonly string[] {
  const start = `START-DATE="${iso(fromMs)}"`;
  const duration = `DURATION=${((toMs - fromMs) / 1000).toFixed(3)}`;
  const range = (id: string, rest: string): string => `#EXT-X-DATERANGE:ID="${id}",${rest}`;
  switch (mark) {
    case 'title':
      return [];
    case 'class':
      return [
        range(`break-${number}`, `CLASS="twitch-stitched-ad",${start},${duration},X-TV-TWITCH-AD-ROLL-TYPE="MIDROLL"`),
      ];
    case 'id':
      return [range(`stitched-ad-${number}`, `${start},END-DATE="${iso(toMs)}"`)];
    case 'open':
      return [range(`stitched-ad-${number}`, nowMs > toMs ? `${start},END-DATE="${iso(toMs)}"` : start)];
    case 'pods': {
      const pods = Array.from({ length: Math.ceil((toMs - fromMs) / 10_000) }, (_, index) => fromMs + index * 10_000);
      return [
        range('session', `CLASS="twitch-session",${start},END-ON-NEXT=YES`),
        ...pods.map((at, index) =>
          range(
            `pod-${number}-${index}`,
            `CLASS="twitch-stitched-ad",START-DATE="${iso(at)}",DURATION=${(Math.min(toMs, at + 10_000) - at) / 1000}`,
          ),
        ),
        range('source', `CLASS="twitch-stream-source",${start},END-ON-NEXT=YES,X-TV-TWITCH-STREAM-SOURCE="live"`),
      ];
    }
    default:
      return mark satisfies never;
  }
}
