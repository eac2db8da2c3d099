const minuteMilliseconds = 60_000;
const dayMinutes = 24 * 60;
const formats = new Map<string, Intl.DateTimeFormat>();

export interface QuietHours {
  /** `HH:MM` on the wall clock of the zone. */
  readonly from: string;
  readonly to: string;
}

export const isZone = (zone: string): boolean => {
  try {
    formatOf(zone);
    return true;
  } catch {
    // Only thrown for an unknown time zone.
    return false;
  }
};

/**
 * When the quiet hours around `now` end; undefined outside of them. They may cross midnight. Instants in milliseconds.
 */
export function quietUntil({ from, to }: QuietHours, zone: string, now: number): number | undefined {
  const [start, end, minute] = [minutesOf(from), minutesOf(to), minuteOfDay(now, zone)];
  const isWithin = start < end ? minute >= start && minute < end : minute >= start || minute < end;
  return isWithin ? nextTime(to, zone, now) : undefined;
}

/** The next instant after `now` at that time of day. */
export function nextTime(time: string, zone: string, now: number): number {
  const wanted = minutesOf(time);
  const sinceMinute = ((now % minuteMilliseconds) + minuteMilliseconds) % minuteMilliseconds;
  const ahead = (wanted - minuteOfDay(now, zone) + dayMinutes) % dayMinutes || dayMinutes;
  const guess = now - sinceMinute + ahead * minuteMilliseconds;
  // A clock change in between moves it; if that hour does not exist, it is the end of the hour.
  const off = wanted - minuteOfDay(guess, zone);
  const nearest = off > dayMinutes / 2 ? off - dayMinutes : off < -dayMinutes / 2 ? off + dayMinutes : off;
  const corrected = guess + nearest * minuteMilliseconds;
  return corrected > now ? corrected : guess;
}

function minutesOf(time: string): number {
  const [hours = 0, minutes = 0] = time.split(':').map(Number);
  return hours * 60 + minutes;
}

function minuteOfDay(instant: number, zone: string): number {
  const parts = formatOf(zone).formatToParts(instant);
  const of = (type: 'hour' | 'minute') => Number(parts.find((part) => part.type === type)?.value ?? 0);
  return of('hour') * 60 + of('minute');
}

function formatOf(zone: string): Intl.DateTimeFormat {
  const known = formats.get(zone);
  if (known) return known;
  const format = new Intl.DateTimeFormat('en-GB', {
    timeZone: zone,
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23',
  });
  formats.set(zone, format);
  return format;
}
