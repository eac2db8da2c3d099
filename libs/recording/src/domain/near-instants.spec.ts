import { describe, expect, it } from '@jest/globals';
import { isNear, plausible } from './near-instants.js';

const begunAt = '2026-11-30T12:00:00.000Z';
const now = '2026-11-30T18:00:00.000Z';
const gap = (from: string, to: string, seconds = (Date.parse(to) - Date.parse(from)) / 1000) => ({ from, to, seconds });

describe('a time that a source gives', () => {
  it.each(['2026-11-30T12:00:04.000Z', '2026-11-29T12:00:00.000Z', '2026-12-02T00:00:00.000Z'])('may be %s', (at) =>
    expect(isNear(at, begunAt)).toBe(true),
  );
  it.each(['1970-01-01T00:00:00.000Z', '2047-06-01T00:00:00.000Z', '+275760-09-13T00:00:00.000Z', 'nonsense', ''])(
    'is not %p',
    (at) => expect(isNear(at, begunAt)).toBe(false),
  );

  it('leaves a plausible gap as it is', () => {
    const seen = gap('2026-11-30T13:00:00.000Z', '2026-11-30T13:10:00.000Z');
    expect(plausible(seen, begunAt, now)).toBe(seen);
  });

  it.each([
    gap('2006-05-18T08:00:00.000Z', '2026-11-30T13:00:00.000Z', 648_332_453),
    gap('2026-11-30T13:00:00.000Z', '2047-06-16T00:00:00.000Z'),
    gap('2026-11-30T13:00:00.000Z', '2026-11-30T13:00:10.000Z', 648_332_453),
    gap('2026-11-30T13:00:00.000Z', '2026-11-30T13:00:10.000Z', Number.NaN),
    gap('2026-11-30T13:00:00.000Z', '2026-11-30T13:00:10.000Z', -5),
  ])('gives an impossible gap no length: %p', (impossible) => {
    expect(plausible(impossible, begunAt, now)).toEqual({ from: begunAt, to: begunAt, seconds: 0 });
  });
});
