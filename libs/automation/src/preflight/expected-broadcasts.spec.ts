import { describe, expect, it } from '@jest/globals';
import { expectedNext, usualBytes } from './expected-broadcasts.js';

const minute = 60_000;
const day = 24 * 60 * minute;
const now = Date.parse('2026-11-30T12:00:00.000Z');
/** That many days ago, at that time of day. */
const ago = (days: number, time: string) => Date.parse(`2026-11-30T${time}:00.000Z`) - days * day;

describe('the next expected broadcast', () => {
  it('is at the time of day at which most begin', () => {
    const starts = [1, 2, 3, 5, 6].map((days, index) => ago(days, '19:00') + (index - 2) * minute);
    expect(expectedNext(starts, now)).toBe(ago(0, '19:00'));
    expect(expectedNext(starts, ago(0, '20:00'))).toBe(ago(-1, '19:00'));
  });

  it('is at the time of the week at which two began', () => {
    const starts = [ago(7, '18:00'), ago(14, '18:30'), ago(9, '03:00')];
    expect(expectedNext(starts, now)).toBe(ago(0, '18:15'));
  });

  it('is the earlier of two habits', () => {
    const starts = [ago(6, '10:00'), ago(13, '10:00'), ago(7, '20:00'), ago(14, '20:00')];
    expect(expectedNext(starts, now)).toBe(ago(0, '20:00'));
  });

  it('is unknown without a habit, or with an old one', () => {
    expect(expectedNext([], now)).toBeUndefined();
    expect(expectedNext([ago(1, '10:00'), ago(2, '15:00'), ago(4, '22:00')], now)).toBeUndefined();
    expect(
      expectedNext(
        [60, 67, 74, 81].map((days) => ago(days, '19:00')),
        now,
      ),
    ).toBeUndefined();
  });
});

it('a broadcast takes as much as the last ones mostly took', () => {
  expect(usualBytes([5, 1000, 7, 0, 6])).toBe(7);
  expect(usualBytes([])).toBe(0);
});
