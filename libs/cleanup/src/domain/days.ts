const formats = new Map<string, Intl.DateTimeFormat>();
const dayMilliseconds = 24 * 3600 * 1000;

/** Midnights between two instants on the wall clock of a time zone: whole days, also if a day has 23 or 25 hours. */
export function daysBetween(from: string, to: string, zone: string): number {
  return (dayOf(to, zone) - dayOf(from, zone)) / dayMilliseconds;
}

/** The calendar day of an instant, as midnight UTC of that date. */
function dayOf(instant: string, zone: string): number {
  let format = formats.get(zone);
  if (!format) {
    format = new Intl.DateTimeFormat('en-CA', { timeZone: zone, year: 'numeric', month: '2-digit', day: '2-digit' });
    formats.set(zone, format);
  }
  return Date.parse(`${format.format(new Date(instant))}T00:00:00.000Z`);
}
