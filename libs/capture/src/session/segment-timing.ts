import type { MediaSegment } from '../hls/playlist.js';

/** Of a source that states its durations to the millisecond, one segment in so many is measured all the same. */
const SAMPLE_EVERY = 32;
/** What a video may differ from its ledger by; a playlist that is further off is not believed any more. */
const MOST_OFF = 0.01;

type Stated = Pick<MediaSegment, 'durationSeconds' | 'rounded'>;

/**
 * How long segments last: what the playlist says, unless it rounds to whole seconds or is found out to be wrong; then what their own
 * timestamps say.
 */
export class SegmentTiming {
  #distrusted = false;
  #asked = 0;

  /** Whether the segment, which is about to be fetched, is to be measured. */
  wants({ rounded = false }: Stated): boolean {
    const sampled = this.#asked % SAMPLE_EVERY === 0;
    this.#asked += 1;
    return rounded || this.#distrusted || sampled;
  }

  /** @returns what goes into the ledger; `rounded` where it may be off and nothing better is known */
  settle({ durationSeconds: stated, rounded = false }: Stated, measured: number | undefined) {
    const usable = isPlausible(measured, stated);
    if (usable && !rounded && Math.abs(measured - stated) > stated * MOST_OFF) this.#distrusted = true;
    if (usable && (rounded || this.#distrusted)) return { durationSeconds: Math.round(measured * 1e6) / 1e6 };
    return { durationSeconds: stated, ...(rounded && { rounded }) };
  }
}

/** A duration in whole seconds is off by one at most. Where the timestamps tell another story altogether, it is they that break. */
const isPlausible = (measured: number | undefined, stated: number): measured is number =>
  measured !== undefined && measured > 0 && Math.abs(measured - stated) <= 1 + stated / 2;
