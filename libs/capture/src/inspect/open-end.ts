/** What lasts less of its stated time than that may be cut. */
const LEAST_SHARE = 0.6;
/** More than a frame, or than what a list of short segments rounds away. */
const LEAST_MISSING_SECONDS = 0.2;

/**
 * Judges the bodies of one segment whose end is no more than that of the connection, which may have been cut between two packets or
 * fragments, where nothing shows it. One that is much shorter than the list says is asked for again. What comes a second time as long as
 * before is all there is: then it is the list that is wrong.
 */
export class OpenEnd {
  readonly #seen = new Set<number>();

  /**
   * @param lasts by its own timestamps; undefined where too little came to tell
   * @returns what is wrong with it, if anything is
   */
  judge(bytes: number, lasts: number | undefined, statedSeconds: number): string | undefined {
    const seconds = lasts ?? 0;
    const isShort = seconds < statedSeconds * LEAST_SHARE && statedSeconds - seconds > LEAST_MISSING_SECONDS;
    if (!isShort || this.#seen.has(bytes)) return undefined;
    this.#seen.add(bytes);
    return `it ended after ${seconds.toFixed(1)} of ${statedSeconds.toFixed(1)} seconds, and its length was not announced`;
  }
}
