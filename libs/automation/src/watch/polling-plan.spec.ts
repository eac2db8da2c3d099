import { describe, expect, it } from '@jest/globals';
import { secondsToNextLook } from './polling-plan.js';

const pace = { usual: 60, away: 30, longest: 600 };
const now = Date.parse('2026-11-30T19:10:00.000Z');
const hour = 3_600_000;
const day = 24 * hour;
const next = (more: Partial<Parameters<typeof secondsToNextLook>[1]> = {}) =>
  secondsToNextLook(pace, { starts: [], isAway: false, failures: 0, now, ...more });

describe('how soon a source is looked at again', () => {
  it('is as usual while there is no habit', () => {
    expect(next()).toBe(60);
    expect(next({ starts: [now - day, now - 2 * day, now - 3 * day] })).toBe(60);
  });

  it('is sooner around the time at which a streamer mostly begins, and later far from it', () => {
    const evenings = [1, 2, 3, 4, 5].map((days) => now - days * day);
    expect(next({ starts: evenings })).toBe(30);
    expect(next({ starts: evenings, now: now + 6 * hour })).toBe(180);
    // Twice at this hour of the week is a habit, too.
    const weekly = [now - 7 * day, now - 14 * day, now - 10 * day - 5 * hour, now - 3 * day - 9 * hour];
    expect(next({ starts: weekly })).toBe(30);
  });

  it('is soon while somebody waits for the answer', () => {
    expect(next({ isAway: true, starts: [1, 2, 3, 4].map((days) => now - days * day - 6 * hour) })).toBe(30);
  });

  it('is later each time that nobody could look, up to a bound', () => {
    expect([1, 2, 3, 4, 9].map((failures) => next({ failures }))).toEqual([120, 240, 480, 600, 600]);
  });
});
