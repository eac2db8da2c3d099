import { DateTime } from 'luxon';
import type { Rule } from './rule-events.js';

export interface TimeWindow {
  readonly weekdays: readonly number[] | null;
  readonly from: string;
  readonly to: string;
  /** IANA name. */
  readonly zone: string;
}

/** Undefined if a rule applies at any time. Days alone are windows from midnight to midnight. */
export function windowOf({ weekdays, from, to, zone }: Rule, defaultZone: string): TimeWindow | undefined {
  if (weekdays === null && from === null) return undefined;
  return { weekdays, from: from ?? '00:00', to: to ?? '00:00', zone: zone ?? defaultZone };
}

export const isZone = (zone: string): boolean => DateTime.utc().setZone(zone).isValid;

/** The window of one day, by wall clock: if the clock jumps over a limit, the limit is where it lands. */
function spanOn(day: DateTime, { from, to }: TimeWindow): readonly [DateTime, DateTime] {
  const start = at(day, from);
  const end = at(day, to);
  // It ends the next day if it would otherwise end before it begins.
  return [start, end > start ? end : at(day.plus({ days: 1 }), to)];
}

function at(day: DateTime, time: string): DateTime {
  const [hour = 0, minute = 0] = time.split(':').map(Number);
  const { year, month, day: date } = day;
  const instant = DateTime.fromObject({ year, month, day: date, hour, minute }, { zone: day.zone });
  // If the clock is set back, there are two: the first one counts.
  return DateTime.min(...instant.getPossibleOffsets()) ?? instant;
}

const wants = ({ weekdays }: TimeWindow, day: DateTime): boolean => weekdays === null || weekdays.includes(day.weekday);

/** The end is not included. */
export function isWithin(window: TimeWindow, instant: string): boolean {
  const now = DateTime.fromISO(instant, { zone: window.zone });
  // One that crosses midnight began yesterday.
  return [now.minus({ days: 1 }), now].some((day) => {
    const [start, end] = spanOn(day, window);
    return wants(window, day) && start <= now && now < end;
  });
}

/** The next time at which it begins or ends, ISO 8601 UTC. */
export function nextEdge(window: TimeWindow, instant: string): string | undefined {
  const now = DateTime.fromISO(instant, { zone: window.zone });
  const edges = Array.from({ length: 10 }, (_, index) => now.plus({ days: index - 1 }))
    .filter((day) => wants(window, day))
    .flatMap((day) => spanOn(day, window))
    .filter((edge) => edge > now)
    .map((edge) => edge.toMillis());
  return edges.length === 0 ? undefined : new Date(Math.min(...edges)).toISOString();
}
