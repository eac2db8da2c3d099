/** Where the tracks of a segment begin and end on the source's clock, in seconds, by track number. */
export interface MediaTimes {
  readonly tracks: ReadonlyMap<number, { readonly from: number; readonly to: number }>;
  /** The clock wraps around after this many seconds. */
  readonly wrapSeconds?: number;
}

/** A smaller difference can come from the length of last frames, and from frames that were not sent. */
const LEAST_JUMP_SECONDS = 0.75;

/**
 * Follows the source's clock from one segment to the next. If the clock jumps, a file over both segments would have a
 * hole or be broken, although no segment is missing and the playlist says nothing.
 */
export class Timeline {
  #before: { readonly times: MediaTimes; readonly durationSeconds: number } | undefined;

  /**
   * Whether the segment continues neither where the previous one ended nor where the previous duration says that it
   * ended. A hole that the duration includes is known already. All tracks have to jump, because a single one may have
   * been silent.
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

  /** @param durationSeconds as it is recorded */
  passed(times: MediaTimes | undefined, durationSeconds: number): void {
    this.#before = times && { times, durationSeconds };
  }
}

function distance(one: number, other: number, wrapSeconds: number): number {
  const apart = Math.abs(one - other);
  return Math.min(apart, Math.abs(wrapSeconds - apart));
}
