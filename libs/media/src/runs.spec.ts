import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import { groupNeighbours, identityOf, mergeRanges, type ByteRange, type MediaRun } from './runs.js';

const ranges = fc.array(
  fc.record({ file: fc.constantFrom('a', 'b'), offset: fc.nat({ max: 20 }), length: fc.nat({ max: 4 }) }),
);
const bytesIn = (list: readonly ByteRange[]) =>
  list.flatMap(({ file, offset, length }) => Array.from({ length }, (_, index) => `${file}${offset + index}`));

describe('runs', () => {
  it('merging ranges keeps the bytes and their order, and leaves nothing to merge', () => {
    fc.assert(
      fc.property(ranges, (list) => {
        const merged = mergeRanges(list);
        expect(bytesIn(merged)).toEqual(bytesIn(list));
        expect(mergeRanges(merged)).toEqual(merged);
        expect(merged.every(({ length }) => length > 0)).toBe(true);
      }),
    );
  });

  it('makes one range of thousands of adjacent segments', () => {
    const segments = Array.from({ length: 5000 }, (_, index) => ({ file: 'part', offset: index * 10, length: 10 }));
    expect(mergeRanges(segments)).toEqual([{ file: 'part', offset: 0, length: 50_000 }]);
  });

  it('grouping neighbours keeps the order and never joins different ones', () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom('x', 'y', 'z')), (items) => {
        const groups = groupNeighbours(items, (left, right) => left === right);
        expect(groups.flat()).toEqual(items);
        expect(groups.every((group) => new Set(group).size === 1)).toBe(true);
        expect(groups.slice(1).every((group, index) => group[0] !== groups[index]?.[0])).toBe(true);
      }),
    );
  });

  it('recognizes the same bytes in a moved folder, and distinguishes different ones', () => {
    const run = (folder: string, length: number, init?: ByteRange): MediaRun => ({
      container: 'mp4',
      ranges: [{ file: `${folder}/part-1.mp4`, offset: 0, length }],
      durationSeconds: 2,
      signature: 'any',
      ...(init && { init }),
    });
    const init = { file: '/one/part-1.mp4', offset: 0, length: 10 };
    expect(identityOf([run('/one', 10)])).toBe(identityOf([run('/two', 10)]));
    const all = [[run('/one', 10)], [run('/one', 11)], [run('/one', 10, init)], [run('/one', 10), run('/one', 10)], []];
    expect(new Set(all.map(identityOf)).size).toBe(all.length);
  });
});
