import type { MediaSegment } from '../hls/playlist.js';

/** One segment in this many is measured even if the source states durations to the millisecond. */
const SAMPLE_EVERY = 32;
/** How far a video may differ from its ledger. A playlist that is further off is no longer believed. */
const MOST_OFF = 0.01;

type Stated = Pick<MediaSegment, 'durationSeconds' | 'rounded'>;

/**
 * How long segments last: what the playlist says, unless it rounds to whole seconds or turns out to be wrong. Then
 * their own timestamps count.
 */
export class SegmentTiming {
  #distrusted = false;
  #asked = 0;

  /** Whether the segment that is about to be fetched should be measured. */
  wants({ rounded = false }: Stated): boolean {
    const sampled = this.#asked % SAMPLE_EVERY === 0;
    this.#asked += 1;
    return rounded || this.#distrusted || sampled;
  }

  /** @returns what goes into the ledger; `rounded` if it may be off and nothing better is known */
  settle({ durationSeconds: stated, rounded = false }: Stated, measured: number | undefined) {
    const usable = isPlausible(measured, stated);
    if (usable && !rounded && Math.abs(measured - stated) > stated * MOST_OFF) this.#distrusted = true;
    if (usable && (rounded || this.#distrusted)) return { durationSeconds: Math.round(measured * 1e6) / 1e6 };
    return { durationSeconds: stated, ...(rounded && { rounded }) };
  }
}

/**
 * A duration in whole seconds is off by one at most. If the timestamps differ by more, they are the ones that break.
 */
const isPlausible = (measured: number | undefined, stated: number): measured is number =>
  measured !== undefined && measured > 0 && Math.abs(measured - stated) <= 1 + stated / 2;
