import type { JobSchedule } from '@streamvault/kernel';
import { CronTime } from 'cron';
import { DateTime } from 'luxon';
import { InvalidSchedule } from '../domain/job-errors.js';

export const shortestSeconds = 60;
export const longestSeconds = 366 * 24 * 3600;

/** Cron expressions are dear to follow, and the same questions come every few seconds. */
const found = new Map<string, string>();
const mostFound = 500;

/**
 * The first instant after `after` (both ISO 8601 UTC) at which a schedule wants a run. Cron expressions refer to the
 * wall clock of `zone`: a time in the hour that a spring night leaves out runs at the end of that hour, one that an
 * autumn night has twice runs once.
 */
export function nextRunAt(schedule: JobSchedule, after: string, zone: string): string {
  if (schedule.kind === 'every') return new Date(Date.parse(after) + schedule.seconds * 1000).toISOString();
  const question = [schedule.expression, after, zone].join('|');
  const known = found.get(question);
  if (known !== undefined) return known;
  const next = new CronTime(schedule.expression, zone).getNextDateFrom(new Date(after), zone);
  const at = DateTime.fromMillis(next.toMillis()).toUTC().toISO() ?? after;
  if (found.size >= mostFound) found.clear();
  found.set(question, at);
  return at;
}

/** @throws InvalidSchedule with the reason */
export function requireSchedule(schedule: JobSchedule): void {
  if (schedule.kind === 'every') {
    const { seconds } = schedule;
    if (!Number.isInteger(seconds) || seconds < shortestSeconds || seconds > longestSeconds)
      throw new InvalidSchedule(`The interval has to be from ${shortestSeconds} to ${longestSeconds} whole seconds.`);
    return;
  }
  const fields = schedule.expression.trim().split(/\s+/);
  if (fields.length !== 5)
    throw new InvalidSchedule('A cron expression has five fields: minute, hour, day of month, month, day of week.');
  const { valid, error } = CronTime.validateCronExpression(schedule.expression);
  if (!valid) throw new InvalidSchedule(`That cron expression cannot be read: ${error?.message ?? 'unknown reason'}.`);
  // February 30th is valid to the parser, and never comes: the search for it fails.
  try {
    nextRunAt(schedule, '2026-01-01T00:00:00.000Z', 'UTC');
  } catch {
    throw new InvalidSchedule('That cron expression names no day that ever comes.');
  }
}
