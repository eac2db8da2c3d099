import { describe, expect, it } from '@jest/globals';
import type { JobSchedule } from '@streamvault/kernel';
import { nextRunAt, requireSchedule } from './next-run.js';

const cron = (expression: string) => ({ kind: 'cron', expression }) as const;
const berlin = 'Europe/Berlin';

/** The next instants in order. */
function next(count: number, expression: string, after: string, zone: string): string[] {
  const instants: string[] = [];
  for (let from = after; instants.length < count;) {
    from = nextRunAt(cron(expression), from, zone);
    instants.push(from);
  }
  return instants;
}

describe('the next run of a schedule', () => {
  it('is on the wall clock of the time zone', () => {
    expect(nextRunAt(cron('30 4 * * *'), '2026-11-30T00:00:00.000Z', berlin)).toBe('2026-11-30T03:30:00.000Z');
    expect(nextRunAt(cron('30 4 * * *'), '2026-07-30T00:00:00.000Z', berlin)).toBe('2026-07-30T02:30:00.000Z');
    expect(nextRunAt(cron('30 4 * * *'), '2026-11-30T00:00:00.000Z', 'Asia/Kolkata')).toBe('2026-11-30T23:00:00.000Z');
  });

  it('is after the instant, never at it', () =>
    expect(nextRunAt(cron('0 * * * *'), '2026-11-30T12:00:00.000Z', 'UTC')).toBe('2026-11-30T13:00:00.000Z'));

  it('comes at the end of the hour that a spring night leaves out', () =>
    expect(next(2, '30 2 * * *', '2026-03-28T12:00:00.000Z', berlin)).toEqual([
      '2026-03-29T01:00:00.000Z',
      '2026-03-30T00:30:00.000Z',
    ]));

  it('comes once a day, also in the night that has an hour twice', () =>
    expect(next(2, '30 2 * * *', '2026-10-24T12:00:00.000Z', berlin)).toEqual([
      '2026-10-25T00:30:00.000Z',
      '2026-10-26T01:30:00.000Z',
    ]));

  it('comes in both of those hours if it is hourly', () =>
    expect(next(3, '0 * * * *', '2026-10-24T23:30:00.000Z', berlin)).toEqual([
      '2026-10-25T00:00:00.000Z',
      '2026-10-25T01:00:00.000Z',
      '2026-10-25T02:00:00.000Z',
    ]));

  it('is one interval later, whatever the clocks do', () =>
    expect(nextRunAt({ kind: 'every', seconds: 6 * 3600 }, '2026-10-24T23:00:00.000Z', berlin)).toBe(
      '2026-10-25T05:00:00.000Z',
    ));
});

function refusal(schedule: JobSchedule): string | undefined {
  try {
    requireSchedule(schedule);
    return undefined;
  } catch (error) {
    return (error as { code?: string }).code;
  }
}

describe('a schedule', () => {
  it.each(['0 3 * * *', '*/15 * * * *', '0 4 * * mon', '0 0 29 2 *'])('may be %s', (expression) =>
    expect(() => requireSchedule(cron(expression))).not.toThrow(),
  );

  it.each(['', 'often', '* * * *', '* * * * * *', '61 * * * *', '0 0 30 2 *', '@daily'])(
    'may not be %p',
    (expression) => expect(refusal(cron(expression))).toBe('job.invalid-schedule'),
  );

  it.each([0, 59, 90.5, Number.NaN, 400 * 24 * 3600])('may not be every %p seconds', (seconds) =>
    expect(refusal({ kind: 'every', seconds })).toBe('job.invalid-schedule'),
  );
});
