import { describe, expect, it } from '@jest/globals';
import { isZone, nextTime, quietUntil } from './quiet-hours.js';

const berlin = 'Europe/Berlin';
const at = (instant: string) => Date.parse(instant);
const iso = (instant: number | undefined) => (instant === undefined ? undefined : new Date(instant).toISOString());
const night = { from: '22:00', to: '07:00' };

describe('quiet hours', () => {
  it.each([
    ['before them', '2026-11-30T20:59:59.000Z', undefined],
    ['as they begin', '2026-11-30T21:00:00.000Z', '2026-12-01T06:00:00.000Z'],
    ['after midnight', '2026-12-01T01:30:12.345Z', '2026-12-01T06:00:00.000Z'],
    ['as they end', '2026-12-01T06:00:00.000Z', undefined],
  ])('%s', (_, now, until) => {
    expect(iso(quietUntil(night, berlin, at(now)))).toBe(until);
  });

  it('may lie within a day', () => {
    const noon = { from: '12:00', to: '14:00' };
    expect(iso(quietUntil(noon, berlin, at('2026-11-30T11:30:00.000Z')))).toBe('2026-11-30T13:00:00.000Z');
    expect(quietUntil(noon, berlin, at('2026-11-30T14:00:00.000Z'))).toBeUndefined();
  });

  it('end on the wall clock, also in the nights in which that is set', () => {
    expect(iso(quietUntil(night, berlin, at('2026-03-28T22:00:00.000Z')))).toBe('2026-03-29T05:00:00.000Z');
    expect(iso(quietUntil(night, berlin, at('2026-10-24T21:00:00.000Z')))).toBe('2026-10-25T06:00:00.000Z');
  });
});

it('a time of day is always ahead', () => {
  expect(iso(nextTime('19:00', berlin, at('2026-11-30T17:59:00.000Z')))).toBe('2026-11-30T18:00:00.000Z');
  expect(iso(nextTime('19:00', berlin, at('2026-11-30T18:00:00.000Z')))).toBe('2026-12-01T18:00:00.000Z');
  // 02:30 does not exist that night.
  const leftOut = nextTime('02:30', berlin, at('2026-03-28T23:00:00.000Z'));
  expect(leftOut).toBeGreaterThan(at('2026-03-29T00:29:00.000Z'));
  expect(leftOut).toBeLessThanOrEqual(at('2026-03-29T01:30:00.000Z'));
});

it('zones are known by their names', () => {
  expect([isZone(berlin), isZone('Mars/Olympus')]).toEqual([true, false]);
});
