import { parseDateTime } from '../hls/attribute-list.js';
import type { XmlElement } from './xml.js';

export const childrenOf = ({ children }: XmlElement, name: string): readonly XmlElement[] =>
  children.filter((child) => child.name === name);

const SECONDS = { years: 365 * 86_400, months: 30 * 86_400, days: 86_400, hours: 3600, minutes: 60 };

/**
 * An xs:duration (`P0Y0M1DT2H3M4.5S`) in seconds; a year counts as 365 days, a month as 30. Undefined for anything
 * else.
 */
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

/** An xs:dateTime in milliseconds since the epoch. Without a time zone it is taken as UTC, as packagers mean it. */
export const instantOf = (text: string | undefined): number | undefined => parseDateTime(text);

/** A whole number of any size: times in units of a ten-millionth of a second exceed what a double holds. */
export const ticksOf = (text: string | undefined): bigint | undefined =>
  text !== undefined && /^-?\d{1,19}$/.test(text.trim()) ? BigInt(text.trim()) : undefined;

/** A number that may be missing. Text that is not a number counts as missing. */
export function numberOf(text: string | undefined, otherwise: number): number {
  const value = text === undefined || text.trim() === '' ? Number.NaN : Number(text);
  return Number.isFinite(value) ? value : otherwise;
}

export const baseOf = (element: XmlElement, above: string): string =>
  URL.parse(childrenOf(element, 'BaseURL')[0]?.text.trim() ?? '', above)?.href ?? above;

/** An absolute web address. Others are refused: a `file:` address would read files of this machine. */
export function webAddress(address: string, base: string): string | undefined {
  const url = URL.parse(address, base);
  return url?.protocol === 'http:' || url?.protocol === 'https:' ? url.href : undefined;
}
