/**
 * How long others hold back for a capture that begins, and how long each of them does. A source that is not there never
 * gives anything, and a segment that has left a list stays available as long as the list is (RFC 8216 section 6.2.2).
 */
const LONGEST_MS = 2000;

/**
 * Captures that have begun and have no bytes yet. Captures that have some can catch up later, because their sources
 * keep segments for a while. So when a hundred begin at once, each gets its first bytes before any gets the rest of
 * what its source offers.
 */
export class Beginnings {
  readonly #untilMs = new Set<{ readonly ms: number }>();

  /**
   * A capture begins.
   * @returns a function to call when it has something, or is over
   */
  begin(nowMs: number): () => void {
    const until = { ms: nowMs + LONGEST_MS };
    this.#untilMs.add(until);
    return () => void this.#untilMs.delete(until);
  }

  /**
   * Whether a capture that began then should hold back for others. One that has caught up needs little and never holds
   * back.
   */
  isAny(nowMs: number, beganAtMs: number): boolean {
    if (nowMs - beganAtMs > LONGEST_MS) return false;
    for (const until of this.#untilMs) {
      if (until.ms > nowMs) return true;
      this.#untilMs.delete(until);
    }
    return false;
  }
}
