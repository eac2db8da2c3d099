import { describe, expect, it } from '@jest/globals';
import { EarlierSegments } from './earlier-segments.js';

function knownSegments(...batches: readonly (readonly [from: number, to: number])[]): EarlierSegments {
  const known = new EarlierSegments();
  for (const [from, to] of batches) {
    for (let nth = from; nth < to; nth += 1)
      known.add(`${nth}.ts`, { mediaSequence: nth, startsAtMs: nth * 2000 }, to - from);
    known.settle();
  }
  return known;
}

describe('segments that were planned before', () => {
  it.each([
    ['a few at once', 10],
    ['a list of days', 5000],
  ])('are recognized by name and place: %s', (_name, count) => {
    const known = knownSegments([0, count]);
    expect(known.get('3.ts')).toEqual({ mediaSequence: 3, startsAtMs: 6000 });
    expect(known.has('other.ts')).toBe(false);
    expect([known.oldestMs, known.latestMs]).toEqual([0, (count - 1) * 2000]);
  });

  it('are forgotten beyond two windows, the oldest first', () => {
    const known = knownSegments([0, 100], [100, 200], [200, 300]);
    expect([known.has('99.ts'), known.has('100.ts'), known.has('299.ts')]).toEqual([false, true, true]);
  });

  it('that were too many to index are older than those after them', () => {
    const known = knownSegments([0, 2000], [2000, 3500]);
    expect([known.has('499.ts'), known.has('500.ts'), known.has('3499.ts')]).toEqual([false, true, true]);
  });

  it('of a list of days that is planned piece by piece are known, and the oldest forgotten first', () => {
    const known = new EarlierSegments();
    for (let nth = 0; nth < 5000; nth += 1) {
      known.add(`${nth}.ts`, { mediaSequence: nth, startsAtMs: nth * 2000 }, 2000);
      if (nth % 1250 === 1249) known.settle();
    }
    expect([known.has('999.ts'), known.get('1000.ts'), known.get('4999.ts')]).toEqual([
      false,
      { mediaSequence: 1000, startsAtMs: 2_000_000 },
      { mediaSequence: 4999, startsAtMs: 9_998_000 },
    ]);
  });

  it('are found where they were last', () => {
    const known = knownSegments([0, 1500]);
    known.add('7.ts', { mediaSequence: 2000, startsAtMs: 9 }, 1500);
    known.settle();
    expect(known.get('7.ts')).toEqual({ mediaSequence: 2000, startsAtMs: 9 });
  });
});
