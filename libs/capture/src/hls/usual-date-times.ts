const LONGEST = 64;
const DAYS = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
const [COLON, DASH, DOT, T, Z] = [':', '-', '.', 'T', 'Z'].map((character) => character.charCodeAt(0));

/**
 * Reads date-times in the usual form, `2026-03-01T12:00:00.000Z` with any fraction or none, directly from the text. A
 * list may have one for each segment, and regular expressions and dates would cost too much. Most share their minute
 * with the one before.
 */
export class UsualDateTimes {
  /** `2026-03-01T12:00:` */
  #minute = '';
  #minuteMs = 0;

  /** Milliseconds since the epoch; undefined for another form, a day that does not exist, or a 29th of February. */
  read(text: string, from: number, end: number): number | undefined {
    const length = end - from;
    if (length < 20 || length > LONGEST || text.charCodeAt(end - 1) !== Z) return undefined;
    if (this.#minute === '' || !text.startsWith(this.#minute, from)) {
      const minuteMs = minuteOf(text, from);
      if (minuteMs === undefined) return undefined;
      this.#minute = copyOf(text, from, from + 17);
      this.#minuteMs = minuteMs;
    }
    const seconds = digits(text, from + 17, from + 19);
    if (!(seconds <= 59)) return undefined;
    const milliseconds = length === 20 ? 0 : fraction(text, from + 19, end - 1);
    return Number.isNaN(milliseconds) ? undefined : this.#minuteMs + seconds * 1000 + milliseconds;
  }
}

/** A copy, because a slice would keep the whole text in memory. */
const copyOf = (text: string, from: number, end: number): string => Buffer.from(text.slice(from, end)).toString();

function minuteOf(text: string, from: number): number | undefined {
  if (text.charCodeAt(from + 4) !== DASH || text.charCodeAt(from + 7) !== DASH) return undefined;
  if (text.charCodeAt(from + 10) !== T || text.charCodeAt(from + 13) !== COLON) return undefined;
  if (text.charCodeAt(from + 16) !== COLON) return undefined;
  const year = digits(text, from, from + 4);
  const month = digits(text, from + 5, from + 7);
  const day = digits(text, from + 8, from + 10);
  const hour = digits(text, from + 11, from + 13);
  const minute = digits(text, from + 14, from + 16);
  // A character that is not a digit gives NaN, and no comparison with NaN is true.
  const isReal = year >= 1000 && day >= 1 && day <= (DAYS[month - 1] ?? 0) && hour <= 23 && minute <= 59;
  return isReal ? Date.UTC(year, month - 1, day, hour, minute) : undefined;
}

/** In milliseconds, without anything finer; NaN if it is not a fraction. */
function fraction(text: string, from: number, end: number): number {
  const count = end - from - 1;
  if (text.charCodeAt(from) !== DOT || count === 0) return Number.NaN;
  if (count === 3) return digits(text, from + 1, end);
  const isAll = !Number.isNaN(digits(text, from + 1, end));
  const most = Math.min(count, 3);
  return isAll ? digits(text, from + 1, from + 1 + most) * 10 ** (3 - most) : Number.NaN;
}

function digits(text: string, from: number, end: number): number {
  let value = 0;
  for (let at = from; at < end; at += 1) {
    const digit = text.charCodeAt(at) - 48;
    if (!(digit >= 0 && digit <= 9)) return Number.NaN;
    value = value * 10 + digit;
  }
  return value;
}
