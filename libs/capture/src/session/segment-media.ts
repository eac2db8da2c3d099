import type { MediaSegment } from '../hls/playlist.js';
import { FragmentCheck, type BodyCheck } from '../inspect/body-check.js';
import { FragmentClock, type MediaClock } from '../inspect/media-clock.js';
import type { OpenEnd } from '../inspect/open-end.js';
import { PlainCheck, PlainClock } from '../inspect/packed-audio.js';
import type { MediaTimes } from '../inspect/timeline.js';
import { nameOf, SourceFault } from '@streamvault/network';

/** Checks the bytes of a segment while they arrive: whether they are media, and how long that lasts. */
export class SegmentMedia {
  readonly #check: BodyCheck;
  readonly #clock: MediaClock;
  #bytes = 0;

  constructor(
    private readonly segment: MediaSegment,
    init: Buffer | undefined,
    private readonly isMeasured: boolean,
  ) {
    this.#check = segment.map === undefined ? new PlainCheck() : new FragmentCheck();
    this.#clock = init === undefined ? new PlainClock() : new FragmentClock(init);
  }

  /** The length by its own timestamps, if that was wanted and could be found. */
  get seconds(): number | undefined {
    return this.isMeasured ? this.#clock.seconds() : undefined;
  }

  /** When it begins and ends by them. */
  get times(): MediaTimes | undefined {
    return this.#clock.times();
  }

  /** @throws SourceFault */
  push(bytes: Buffer): void {
    this.#assertSound(this.#check.push(bytes));
    this.#clock.push(bytes);
    this.#bytes += bytes.length;
  }

  /**
   * The bytes are complete.
   * @param openEnd judges a body that may have been cut without a trace
   * @throws SourceFault
   */
  finish(openEnd?: OpenEnd): void {
    this.#assertSound(this.#check.finish());
    const { durationSeconds, url } = this.segment;
    const problem = openEnd?.judge(this.#bytes, this.#clock.seconds(), durationSeconds);
    if (problem === undefined) return;
    throw new SourceFault({ code: 'source.incomplete', message: `${nameOf(url)} seems to be cut: ${problem}.` }, false);
  }

  #assertSound(problem: string | undefined): void {
    if (problem === undefined) return;
    const { key, url } = this.segment;
    const where = key === undefined ? '' : 'deciphered with the key that the playlist gives, ';
    throw new SourceFault(
      { code: 'segment.not-media', message: `${nameOf(url)} is not a usable segment: ${where}${problem}.` },
      false,
    );
  }
}
