/** Where on the source's clock the tracks of a segment begin and end, in seconds, by their numbers. */
export interface MediaTimes {
  readonly tracks: ReadonlyMap<number, { readonly from: number; readonly to: number }>;
  /** The clock begins anew after so many seconds. */
  readonly wrapSeconds?: number;
}

/** Less than that is what the length of last frames, and frames that were not sent, are off by. */
const LEAST_JUMP_SECONDS = 0.75;

/**
 * Follows the source's clock from one segment to the next. Where it jumps by itself, a file over both segments would have a hole, or
 * be broken, though none of the segments is missing and nothing in the playlist tells.
 */
export class Timeline {
  #before: { readonly times: MediaTimes; readonly durationSeconds: number } | undefined;

  /**
   * Whether the segment, which follows what was passed last, neither goes on where that ended nor where its duration says that it
   * ended: of a hole that the duration counts in, everybody knows. Every track jumps, for one alone may have been silent.
   */
  isBrokenBy({ tracks, wrapSeconds = Infinity }: MediaTimes): boolean {
    if (this.#before === undefined) return false;
    const { times, durationSeconds } = this.#before;
    const jumps = [...tracks].flatMap(([number, { from }]) => {
      const before = times.tracks.get(number);
      if (before === undefined) return [];
      const ends = [before.to, before.from + durationSeconds];
      return ends.map((end) => distance(from, end, wrapSeconds));
    });
    return jumps.length > 0 && Math.min(...jumps) > LEAST_JUMP_SECONDS;
  }

  /** @param durationSeconds as it is on record */
  passed(times: MediaTimes | undefined, durationSeconds: number): void {
    this.#before = times && { times, durationSeconds };
  }
}

function distance(one: number, other: number, wrapSeconds: number): number {
  const apart = Math.abs(one - other);
  return Math.min(apart, Math.abs(wrapSeconds - apart));
}
