/** How often a streamer's source is checked. Seconds. */
export interface PollingPace {
  readonly usual: number;
  /** While a broadcast is away: the answer is awaited. */
  readonly away: number;
  readonly longest: number;
}

const hour = 3_600_000;
const week = 7 * 24 * hour;
/** A habit needs at least this many broadcasts. */
const habit = 4;
const closeToUsual = 45 * 60_000;

/**
 * How long until the next check, by earlier starts: shorter around the usual times, longer far from them, and longer
 * still while checks are not possible.
 * @param starts of the last broadcasts, milliseconds since the epoch
 */
export function secondsToNextLook(
  pace: PollingPace,
  { starts, isAway, failures, now }: { starts: readonly number[]; isAway: boolean; failures: number; now: number },
): number {
  if (failures > 0) return Math.min(pace.usual * 2 ** Math.min(failures, 5), pace.longest);
  if (isAway) return pace.away;
  if (starts.length < habit) return pace.usual;
  return isUsualTime(starts, now) ? pace.usual / 2 : Math.min(pace.usual * 3, pace.longest);
}

/** At this time of day, on any day, or at this hour of the week. */
function isUsualTime(starts: readonly number[], now: number): boolean {
  const near = (period: number) =>
    starts.filter((start) => {
      const apart = (((now - start) % period) + period) % period;
      return Math.min(apart, period - apart) <= closeToUsual;
    }).length;
  return near(24 * hour) >= Math.max(2, starts.length / 4) || near(week) >= 2;
}
