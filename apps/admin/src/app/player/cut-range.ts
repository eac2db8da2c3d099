import { formatDuration } from '../ui/formats';

/** A piece of a video, in its own seconds. */
export interface CutRange {
  readonly from: number;
  readonly to: number;
}

/** The server makes no shorter piece. */
export const shortestCutSeconds = 1;
const firstLengthSeconds = 30;

const clamp = (value: number, least: number, most: number): number => Math.min(Math.max(value, least), most);
/** A tenth is as near as a hand comes. */
const tenths = (seconds: number): number => Math.round(seconds * 10) / 10;

/** The first suggestion: what follows the picture on the screen. */
export const rangeFrom = (time: number, end: number): CutRange => {
  const from = tenths(clamp(time, 0, Math.max(0, end - shortestCutSeconds)));
  return { from, to: Math.min(end, tenths(from + firstLengthSeconds)) };
};

/** Begins elsewhere; the end makes room. */
export function withFrom({ to }: CutRange, at: number, end: number): CutRange {
  const from = tenths(clamp(at, 0, Math.max(0, end - shortestCutSeconds)));
  return { from, to: Math.min(end, Math.max(to, tenths(from + shortestCutSeconds))) };
}

/** Ends elsewhere; the beginning makes room. */
export function withTo({ from }: CutRange, at: number, end: number): CutRange {
  const to = Math.min(end, tenths(clamp(at, shortestCutSeconds, end)));
  return { from: Math.max(0, Math.min(from, tenths(to - shortestCutSeconds))), to };
}

/** `1:02:03.4` */
export function clockOf(seconds: number): string {
  const rounded = tenths(Math.max(0, seconds));
  const tenth = Math.round((rounded - Math.floor(rounded)) * 10);
  return `${formatDuration(rounded)}${tenth === 0 ? '' : `.${tenth}`}`;
}

/** What a person types: `90`, `1:30`, `1:02:03.5`. Undefined for what is no time. */
export function secondsOfClock(text: string): number | undefined {
  const match = /^(?:(?:(\d{1,4}):)?(\d{1,4}):)?(\d{1,7}(?:[.,]\d{1,3})?)$/.exec(text.trim());
  if (!match) return undefined;
  const [, hours = '0', minutes = '0', seconds = '0'] = match;
  return Number(hours) * 3600 + Number(minutes) * 60 + Number(seconds.replace(',', '.'));
}
