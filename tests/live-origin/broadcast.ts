import { keyFor, type KeyRotation } from './broadcast-keys.js';
import type { Media, MediaSegmentFile } from './media.js';
import { playlistText } from './playlist-text.js';
import type { AdBreak, AdMark, BroadcastVariant, PublishedSegment } from './published.js';

export interface BroadcastOptions {
  readonly variants: readonly BroadcastVariant[];
  readonly window: number;
  readonly segmentSeconds: number;
  readonly startsAtMs: number;
  readonly programDateTime: boolean;
  /** What changes in every address each time a playlist is read: a token, or the path. */
  readonly volatile: 'nothing' | 'tokens' | 'paths';
  readonly keys?: KeyRotation;
}

/** Turns the segments that a playlist should list into those that it shows. */
export type Listing = (segments: readonly PublishedSegment[]) => readonly PublishedSegment[];

/** What is live: segments published one after the other, and the playlist over the last of them. */
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
  #initEdition = 0;
  #numbersShiftedBy = 0;
  #listing: Listing = (segments) => segments;

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
      initEdition: this.#initEdition,
      ...(this.#options.keys && { key: keyFor(this.#options.keys, this.published.length) }),
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

  /**
   * The next segment comes from elsewhere: other timestamps, or the alternate media. It is marked as a discontinuity,
   * unless `marked` is false.
   */
  breakTimeline({
    to,
    alternate,
    marked = true,
  }: { readonly to?: number; readonly alternate?: boolean; readonly marked?: boolean } = {}): void {
    this.#broken = marked;
    this.#alternate = alternate ?? this.#alternate;
    this.#nextMediaIndex = to ?? this.#nextMediaIndex + 20;
  }

  /**
   * The next seconds are advertising, between two discontinuities; the show continues after them where it would have
   * been without. The advertising may be the alternate media.
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

  /** The packager restarts: sequence numbers begin again, and what was published is no longer listed. */
  resetSequence({ to = 0, reuseNames = false }: { readonly to?: number; readonly reuseNames?: boolean } = {}): void {
    this.#nextSequence = to;
    this.#epochStart = this.published.length;
    this.#discontinuities = 0;
    this.#nextMediaIndex += 20;
    this.#reuseNames = reuseNames;
  }

  /** Every number changes by this much, also those already listed. */
  renumber(by: number): void {
    this.#numbersShiftedBy += by;
  }

  /** From the next segment on, another initialisation section is named, with other bytes but the same tracks. */
  changeInit(): void {
    this.#initEdition += 1;
  }

  /** Playlists show this instead of what they should, until told otherwise. */
  list(listing: Listing = (segments) => segments): void {
    this.#listing = listing;
  }

  /** Nothing is broadcast for a while. */
  skipTime(seconds: number): void {
    this.#clockMs += seconds * 1000;
  }

  end(): void {
    this.#ended = true;
  }

  listed(behind = 0): readonly PublishedSegment[] {
    const end = this.published.length - behind;
    return this.published.slice(Math.max(this.#epochStart, end - this.#options.window), Math.max(0, end));
  }

  /** The segment with that name, while the server still keeps it. */
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

  /** @param behind how many of the newest segments are not in it yet; with `base`, its addresses are elsewhere */
  playlist(variant: BroadcastVariant, { behind = 0, base = '' } = {}): string {
    const { segmentSeconds, programDateTime, volatile } = this.#options;
    const segments = this.listed(behind);
    const read = (this.#reads += 1);
    const folder = `${base}${variant.name}${volatile === 'paths' ? `/r${read}` : ''}`;
    const query = volatile === 'tokens' ? `?token=${read}` : '';
    return playlistText({
      variant,
      segments: this.#listing(segments),
      mediaSequence: (segments[0]?.mediaSequence ?? this.#nextSequence) + this.#numbersShiftedBy,
      discontinuitySequence: this.#sequenceBefore(segments[0]),
      segmentSeconds,
      programDateTime,
      nowMs: this.#clockMs,
      ended: this.#ended,
      addressOf: (file) => `${folder}/${file}${query}`,
    });
  }

  #sequenceBefore(first: PublishedSegment | undefined): number {
    if (first === undefined) return this.#discontinuities;
    return first.discontinuitySequence - (first.discontinuity ? 1 : 0);
  }
}
