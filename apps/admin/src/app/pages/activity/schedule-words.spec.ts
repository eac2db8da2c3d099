import { describe, expect, it } from '@jest/globals';
import { readSchedule, scheduleInZone, scheduleWords, writeSchedule } from './schedule-words';

const cron = (expression: string) => ({ kind: 'cron' as const, expression });
const every = (seconds: number) => ({ kind: 'every' as const, seconds });

describe('schedules', () => {
  it.each([
    [every(60), 'every 1 min'],
    [every(3600), 'every 1 h'],
    [every(2 * 86_400), 'every 2 d'],
    [cron('30 4 * * *'), 'daily at 04:30'],
    [cron('5 * * * *'), 'hourly at minute 5'],
    [cron('0 3 * * 0'), 'Sunday at 03:00'],
    [cron('*/7 2-4 * * *'), 'by “*/7 2-4 * * *”'],
  ])('%j is said in words', (schedule, words) => {
    expect(scheduleWords(schedule)).toBe(words);
  });

  it('on the wall clock are said with their zone', () => {
    expect(scheduleInZone(cron('30 4 * * *'), 'Europe/Berlin')).toBe('daily at 04:30, Europe/Berlin');
    expect(scheduleInZone(every(3600), 'Europe/Berlin')).toBe('every 1 h');
  });

  it.each([
    ['10 m', every(600)],
    ['every 6 h', every(21_600)],
    ['4:30', cron('30 4 * * *')],
    ['daily at 23:05', cron('5 23 * * *')],
    ['0  3 * *  0', cron('0 3 * * 0')],
    ['0 m', undefined],
    ['soon', undefined],
    ['', undefined],
  ])('“%s” is understood', (text, schedule) => {
    expect(readSchedule(text)).toEqual(schedule);
  });

  it.each([every(600), every(45), cron('30 4 * * *')])('%j comes back from its box', (schedule) => {
    expect(readSchedule(writeSchedule(schedule))).toEqual(schedule);
  });
});
