/** A body that lasts less than this share of its stated time may be cut off. */
const LEAST_SHARE = 0.6;
/** More than one frame, or what a list of short segments rounds away. */
const LEAST_MISSING_SECONDS = 0.2;

/**
 * Judges the bodies of a segment whose end is only the end of the connection. The connection may have been cut between
 * two packets or fragments, which leaves no trace. A body that is much shorter than the list says is fetched again. If
 * it comes a second time with the same length, it is complete and the list is wrong.
 */
export class OpenEnd {
  readonly #seen = new Set<number>();

  /**
   * @param lasts by its own timestamps; undefined if too few bytes came to tell
   * @returns the fault, if there is one
   */
  judge(bytes: number, lasts: number | undefined, statedSeconds: number): string | undefined {
    const seconds = lasts ?? 0;
    const isShort = seconds < statedSeconds * LEAST_SHARE && statedSeconds - seconds > LEAST_MISSING_SECONDS;
    if (!isShort || this.#seen.has(bytes)) return undefined;
    this.#seen.add(bytes);
    return `it ended after ${seconds.toFixed(1)} of ${statedSeconds.toFixed(1)} seconds, and its length was not announced`;
  }
}
