const hour = 3_600_000;
const day = 24 * hour;
const week = 7 * day;
const close = 45 * 60_000;
/** Older habits no longer count. */
const remembered = 5 * week;

/**
 * When a streamer will probably go live next, by earlier starts: at a time of day at which most broadcasts begin, or of
 * the week at which two did. Undefined without a habit. Milliseconds since the epoch; after a change of clocks it is an
 * hour off once.
 */
export function expectedNext(starts: readonly number[], now: number): number | undefined {
  const known = starts.filter((start) => start <= now && now - start < remembered);
  const expected = known.flatMap((start) => {
    const candidates: number[] = [];
    const daily = near(known, start, day);
    if (daily.length >= 4 && daily.length >= known.length / 2)
      candidates.push(nextAt(middle(daily, start, day), day, now));
    const weekly = near(known, start, week);
    if (weekly.length >= 2) candidates.push(nextAt(middle(weekly, start, week), week, now));
    return candidates;
  });
  return expected.length === 0 ? undefined : Math.min(...expected);
}

/** The distance between two starts without whole periods: from -period/2 to period/2. */
function apart(start: number, other: number, period: number): number {
  const rest = (((start - other) % period) + period) % period;
  return rest > period / 2 ? rest - period : rest;
}

const near = (starts: readonly number[], to: number, period: number): number[] =>
  starts.filter((start) => Math.abs(apart(start, to, period)) <= close);

/** The middle of these times within the period. */
function middle(starts: readonly number[], around: number, period: number): number {
  const distances = starts.map((start) => apart(start, around, period));
  return around + distances.reduce((sum, distance) => sum + distance, 0) / distances.length;
}

const nextAt = (instant: number, period: number, now: number): number =>
  instant + Math.max(0, Math.floor((now - instant) / period) + 1) * period;

/** The usual size of a streamer's broadcasts, by the last ones; unusually short or long ones do not count. */
export function usualBytes(bytes: readonly number[]): number {
  const sorted = bytes.filter((each) => each > 0).toSorted((one, other) => one - other);
  return sorted[Math.floor(sorted.length / 2)] ?? 0;
}
