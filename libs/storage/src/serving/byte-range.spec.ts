import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import { parseRange } from './byte-range.js';

const range = (start: number, end: number) => ({ kind: 'range', start, end });
const whole = { kind: 'whole' };
const unsatisfiable = { kind: 'unsatisfiable' };

describe('parseRange', () => {
  it.each([
    ['bytes=0-499', range(0, 499)],
    ['bytes=500-999', range(500, 999)],
    ['bytes=0-0', range(0, 0)],
    ['bytes=500-', range(500, 999)],
    ['bytes=-1', range(999, 999)],
    ['bytes=-500', range(500, 999)],
    ['bytes=-5000', range(0, 999)],
    ['bytes=990-5000', range(990, 999)],
    ['bytes=0-99999999999999999999999999', range(0, 999)],
    ['bytes=999-999', range(999, 999)],
    ['BYTES=0-9', range(0, 9)],
    [' bytes= 0-9 ', range(0, 9)],
    ['bytes=,,0-9,', range(0, 9)],
    ['bytes=1000-', unsatisfiable],
    ['bytes=1000-2000', unsatisfiable],
    ['bytes=-0', unsatisfiable],
    ['bytes=99999999999999999999999999-', unsatisfiable],
  ])('reads %j of 1000 bytes as %j', (header, expected) => {
    expect(parseRange(header, 1000)).toEqual(expected);
  });

  it.each([
    undefined,
    '',
    'bytes',
    'bytes=',
    'bytes=,',
    'bytes=-',
    'bytes=9-0',
    'bytes=99999999999999999999999999-99999999999999999999999998',
    'bytes=a-b',
    'bytes=0x0-0x9',
    'bytes=1.5-3',
    'bytes=+1-3',
    'bytes=0 - 9',
    'bytes =0-9',
    'bytes=--1',
    'bytes=0-9;1-2',
    'bytes=0-9,nonsense',
    'items=0-9',
    'bytes: 0-9',
    'bytes=٠-٩',
    `bytes=${Array.from({ length: 101 }, (_, index) => `${index * 2}-${index * 2}`).join()}`,
  ])('ignores %j', (header) => {
    expect(parseRange(header, 1000)).toEqual(whole);
  });

  it.each([
    ['bytes=0-9,20-29', range(0, 9)],
    ['bytes=20-29,0-9', range(20, 29)],
    ['bytes=0-9,10-19', range(0, 19)],
    ['bytes=10-19,0-9', range(0, 19)],
    ['bytes=0-9,11-19', range(0, 9)],
    ['bytes=0-500,100-200', range(0, 500)],
    ['bytes=0-9, 30-39, 8-32', range(0, 39)],
    ['bytes=5000-6000,20-29', range(20, 29)],
    ['bytes=990-,-20', range(980, 999)],
  ])('serves %j as the first possible range, with all that overlap or touch it', (header, expected) => {
    expect(parseRange(header, 1000)).toEqual(expected);
  });

  it('answers ranges of an empty file', () => {
    expect(parseRange('bytes=0-', 0)).toEqual(unsatisfiable);
    expect(parseRange('bytes=0-0', 0)).toEqual(unsatisfiable);
    expect(parseRange('bytes=-0', 0)).toEqual(unsatisfiable);
    expect(parseRange('bytes=-5', 0)).toEqual(whole);
  });

  it('stays inside the file, whatever is requested', () => {
    const header = fc.oneof(
      fc.string(),
      fc.string().map((set) => `bytes=${set}`),
      fc.stringMatching(/^bytes=[-0-9, ]*$/),
    );
    fc.assert(
      fc.property(header, fc.nat(), (text, size) => {
        const answer = parseRange(text, size);
        if (answer.kind !== 'range') return;
        expect(answer.start).toBeGreaterThanOrEqual(0);
        expect(answer.start).toBeLessThanOrEqual(answer.end);
        expect(answer.end).toBeLessThan(size);
      }),
      { numRuns: 2000 },
    );
  });

  const spec = fc.oneof(
    fc
      .tuple(fc.nat(60), fc.nat(20))
      .map(([first, more]) => ({ text: `${first}-${first + more}`, first, last: first + more })),
    fc.nat(60).map((first) => ({ text: `${first}-`, first, last: Infinity })),
    fc.nat(60).map((length) => ({ text: `-${length}`, suffix: length })),
  );

  it('serves exactly the bytes of one range, or of ranges without a hole between them, beginning with the first', () => {
    fc.assert(
      fc.property(fc.array(spec, { minLength: 1, maxLength: 6 }), fc.integer({ min: 1, max: 50 }), (specs, size) => {
        const asked = specs.map((one) => {
          const [from, to] =
            'suffix' in one ? [Math.max(0, size - one.suffix), size - 1] : [one.first, Math.min(one.last, size - 1)];
          return Array.from({ length: Math.max(0, to - from + 1) }, (_, index) => from + index);
        });
        const satisfiable = asked.filter((bytes) => bytes.length > 0);
        const answer = parseRange(`bytes=${specs.map(({ text }) => text).join()}`, size);
        if (satisfiable[0] === undefined) return expect(answer).toEqual(unsatisfiable);

        if (answer.kind !== 'range') throw new Error(`not a range: ${answer.kind}`);
        const served = Array.from({ length: answer.end - answer.start + 1 }, (_, index) => answer.start + index);
        const all = new Set(satisfiable.flat());
        expect(served.every((byte) => all.has(byte))).toBe(true);
        expect(served).toEqual(expect.arrayContaining(satisfiable[0]));
        expect(all.has(answer.start - 1) || all.has(answer.end + 1)).toBe(false);
        return undefined;
      }),
      { numRuns: 2000 },
    );
  });
});
