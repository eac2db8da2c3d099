/**
 * An attribute list (RFC 8216 section 4.2) as names and values, without quotes. Tolerant: a broken end is left out, and
 * the last of two equal names wins. One pass, whatever the input.
 */
export function parseAttributes(text: string): ReadonlyMap<string, string> {
  const attributes = new Map<string, string>();
  let at = 0;
  while (at < text.length) {
    const equals = text.indexOf('=', at);
    if (equals === -1) break;
    const name = text.slice(at, equals).trim();
    const quoted = text[equals + 1] === '"';
    const start = quoted ? equals + 2 : equals + 1;
    const close = text.indexOf(quoted ? '"' : ',', start);
    const end = close === -1 ? text.length : close;
    if (name !== '') attributes.set(name, quoted ? text.slice(start, end) : text.slice(start, end).trim());
    const comma = quoted ? text.indexOf(',', end) : end;
    at = comma === -1 ? text.length : comma + 1;
  }
  return attributes;
}

/** A decimal-integer that a double holds exactly; undefined for anything else. */
export function parseCount(text: string | undefined): number | undefined {
  if (text === undefined || !/^\d{1,16}$/.test(text.trim())) return undefined;
  const value = Number(text);
  return Number.isSafeInteger(value) ? value : undefined;
}

/** A decimal-floating-point that is not negative; undefined for anything else. */
export function parseDecimal(text: string | undefined): number | undefined {
  if (text === undefined || !/^\d{1,15}(\.\d{0,30})?$|^\.\d{1,30}$/.test(text.trim())) return undefined;
  return Number(text);
}

const LONGEST_DATE = 64;

/**
 * Milliseconds since the epoch. An ISO 8601 date-time without a time zone is taken as UTC. Undefined for anything else.
 */
export function parseDateTime(text: string | undefined): number | undefined {
  if (text === undefined || text.length > LONGEST_DATE) return undefined;
  const trimmed = text.trim();
  const zoned = /(z|[+-]\d{2}:?\d{2}|[+-]\d{2})$/i.test(trimmed.slice(10)) ? trimmed : `${trimmed}Z`;
  const value = Date.parse(
    zoned.replace(/([+-]\d{2})(\d{2})?$/, (_, hours: string, minutes = '00') => `${hours}:${minutes}`),
  );
  return Number.isNaN(value) ? undefined : value;
}
