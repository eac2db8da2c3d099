/**
 * For so long others hold back for a capture that begins, and whoever holds back does. A source that is not there gives nothing however
 * long that is; and what has left a list is there for as long again as the list is (RFC 8216 section 6.2.2).
 */
const LONGEST_MS = 2000;

/**
 * Captures that have begun and have nothing yet. What those that have something must still catch up with, their sources keep for a
 * while. So when a hundred begin at once, each has its first bytes before any has the rest of what its source offers.
 */
export class Beginnings {
  readonly #untilMs = new Set<{ readonly ms: number }>();

  /** One begins. @returns to be called when it has something, or is over */
  begin(nowMs: number): () => void {
    const until = { ms: nowMs + LONGEST_MS };
    this.#untilMs.add(until);
    return () => void this.#untilMs.delete(until);
  }

  /** Whether one that began then is to hold back for others. What has caught up long ago takes next to nothing and never does. */
  isAny(nowMs: number, beganAtMs: number): boolean {
    if (nowMs - beganAtMs > LONGEST_MS) return false;
    for (const until of this.#untilMs) {
      if (until.ms > nowMs) return true;
      this.#untilMs.delete(until);
    }
    return false;
  }
}
