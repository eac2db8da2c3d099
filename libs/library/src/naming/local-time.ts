export interface LocalParts {
  readonly year: string;
  readonly month: string;
  readonly day: string;
  readonly hour: string;
  readonly minute: string;
  readonly second: string;
}

const formats = new Map<string, Intl.DateTimeFormat>();

/**
 * The wall clock of a zone at an instant, with leading zeros.
 *
 * @param zone IANA name
 * @throws RangeError where `instant` is none, or there is no such zone
 */
export function localParts(instant: string, zone: string): LocalParts {
  const format = formats.get(zone) ?? formatOf(zone);
  const parts = new Map(format.formatToParts(new Date(instant)).map(({ type, value }) => [type, value]));
  const part = (type: Intl.DateTimeFormatPartTypes, digits = 2) => (parts.get(type) ?? '').padStart(digits, '0');
  return {
    year: part('year', 4),
    month: part('month'),
    day: part('day'),
    hour: part('hour'),
    minute: part('minute'),
    second: part('second'),
  };
}

function formatOf(zone: string): Intl.DateTimeFormat {
  const format = new Intl.DateTimeFormat('en-CA', {
    timeZone: zone,
    calendar: 'gregory',
    numberingSystem: 'latn',
    hourCycle: 'h23',
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
  });
  formats.set(zone, format);
  return format;
}

/**
 * The instant at which the wall clock of a zone shows this; where a spring night leaves it out, the one an hour later, and where an
 * autumn night has it twice, the first.
 *
 * @param wallClock `2026-11-30T20:15:00`
 */
export function instantOfLocal(wallClock: string, zone: string): string {
  const asUtc = Date.parse(`${wallClock}Z`);
  const offsetAt = (instant: number): number => {
    const { year, month, day, hour, minute, second } = localParts(new Date(instant).toISOString(), zone);
    return Date.parse(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`) - instant;
  };
  const first = asUtc - offsetAt(asUtc - 24 * 3600_000);
  const second = asUtc - offsetAt(first);
  return new Date(offsetAt(first) === asUtc - first ? first : second).toISOString();
}
