import type { JobDescription } from '@streamvault/api-contract';
import { formatForecast, formatSpan } from '../../ui/formats';

type Schedule = JobDescription['schedule'];

const weekdayNames = ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday'];
const two = (text: string): string => text.padStart(2, '0');

/** `every 10 min`, `daily at 04:30`, `Sunday at 03:00`; anything more complex stays as it is written. */
export function scheduleWords(schedule: Schedule): string {
  if (schedule.kind === 'every')
    return `every ${schedule.seconds < 3600 ? formatSpan(schedule.seconds) : formatForecast(schedule.seconds).replace(/ 0 (min|h)$/, '')}`;
  const [minute = '', hour = '', day, month, weekday = ''] = schedule.expression.split(/\s+/);
  if (!/^\d+$/.test(minute) || day !== '*' || month !== '*') return `by “${schedule.expression}”`;
  if (hour === '*' && weekday === '*') return `hourly at minute ${minute}`;
  if (!/^\d+$/.test(hour)) return `by “${schedule.expression}”`;
  const at = `${two(hour)}:${two(minute)}`;
  if (weekday === '*') return `daily at ${at}`;
  const name = weekdayNames[Number(weekday) % 7];
  return name === undefined ? `by “${schedule.expression}”` : `${name} at ${at}`;
}

/** The same with its zone, which need not be the reader's: `daily at 04:30, Europe/Berlin`. An interval has none. */
export const scheduleInZone = (schedule: Schedule, timeZone: string): string =>
  schedule.kind === 'every' ? scheduleWords(schedule) : `${scheduleWords(schedule)}, ${timeZone}`;

/** What the user typed: `10 m`, `6 h`, `2 d`, a time of day, or five cron fields. Undefined for anything else. */
export function readSchedule(text: string): Schedule | undefined {
  const trimmed = text.trim();
  const interval = /^(?:every\s+)?(\d{1,5})\s*(s|m|min|h|d)$/i.exec(trimmed);
  if (interval) {
    const seconds = { s: 1, m: 60, min: 60, h: 3600, d: 86_400 }[interval[2]?.toLowerCase() ?? ''] ?? 0;
    return Number(interval[1]) > 0 ? { kind: 'every', seconds: Number(interval[1]) * seconds } : undefined;
  }
  const time = /^(?:daily\s+at\s+)?([01]?\d|2[0-3]):([0-5]\d)$/i.exec(trimmed);
  if (time) return { kind: 'cron', expression: `${Number(time[2])} ${Number(time[1])} * * *` };
  return /^(\S+\s+){4}\S+$/.test(trimmed) ? { kind: 'cron', expression: trimmed.replaceAll(/\s+/g, ' ') } : undefined;
}

/** The text with which editing begins. */
export function writeSchedule(schedule: Schedule): string {
  if (schedule.kind === 'cron') return schedule.expression;
  const { seconds } = schedule;
  return seconds % 60 === 0 ? `${seconds / 60} min` : `${seconds} s`;
}
