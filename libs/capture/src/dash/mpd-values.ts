import { parseDateTime } from '../hls/attribute-list.js';
import type { XmlElement } from './xml.js';

export const childrenOf = ({ children }: XmlElement, name: string): readonly XmlElement[] =>
  children.filter((child) => child.name === name);

const SECONDS = { years: 365 * 86_400, months: 30 * 86_400, days: 86_400, hours: 3600, minutes: 60 };

/** An xs:duration (`P0Y0M1DT2H3M4.5S`) in seconds; a year counts 365 days, a month 30. Undefined for anything else. */
export function durationOf(text: string | undefined): number | undefined {
  const match =
    /^P(?:(\d{1,9})Y)?(?:(\d{1,9})M)?(?:(\d{1,9})D)?(?:T(?:(\d{1,9})H)?(?:(\d{1,9})M)?(?:(\d{1,12}(?:\.\d{1,20})?)S)?)?$/.exec(
      text?.trim() ?? '',
    );
  if (match === null) return undefined;
  const [years = 0, months = 0, days = 0, hours = 0, minutes = 0, seconds = 0] = match
    .slice(1)
    .map((part) => Number(part ?? 0));
  return (
    years * SECONDS.years +
    months * SECONDS.months +
    days * SECONDS.days +
    hours * SECONDS.hours +
    minutes * SECONDS.minutes +
    seconds
  );
}

/** An xs:dateTime in milliseconds since the epoch; without a zone it is UTC, as packagers mean it. */
export const instantOf = (text: string | undefined): number | undefined => parseDateTime(text);

/** A whole number, however large: times in ticks of a ten-millionth of a second go beyond what a double holds. */
export const ticksOf = (text: string | undefined): bigint | undefined =>
  text !== undefined && /^-?\d{1,19}$/.test(text.trim()) ? BigInt(text.trim()) : undefined;

/** A number that may be missing; what is no number counts as missing too. */
export function numberOf(text: string | undefined, otherwise: number): number {
  const value = text === undefined || text.trim() === '' ? Number.NaN : Number(text);
  return Number.isFinite(value) ? value : otherwise;
}

export const baseOf = (element: XmlElement, above: string): string =>
  URL.parse(childrenOf(element, 'BaseURL')[0]?.text.trim() ?? '', above)?.href ?? above;

/** Absolute, and of the web: a `file:` address would read this machine's files. */
export function webAddress(address: string, base: string): string | undefined {
  const url = URL.parse(address, base);
  return url?.protocol === 'http:' || url?.protocol === 'https:' ? url.href : undefined;
}
