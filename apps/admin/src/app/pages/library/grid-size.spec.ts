import { describe, expect, it } from '@jest/globals';
import { gridSize, offsetsOf, rowsOf } from './grid-size';

describe('the grid of the library', () => {
  it('has as many columns as there is room for', () => {
    expect([300, 390, 700, 1000, 2000].map((width) => gridSize(width, 16, false).columns)).toEqual([1, 1, 2, 3, 6]);
  });

  it('has rows as high as picture and words', () => {
    expect(gridSize(320, 16, false).rowHeight).toBe(Math.ceil((318 * 9) / 16 + 8 * 16 + 2));
    expect(gridSize(1000, 16, true)).toEqual({ columns: 1, rowHeight: 56, dayHeight: 48 });
  });

  it('is filled row by row', () => {
    const rows = rowsOf([1, 2, 3, 4, 5], 2, () => null);
    expect(rows.map(({ items }) => items)).toEqual([[1, 2], [3, 4], [5]]);
    expect(rows.map(({ day, first }) => [day, first])).toEqual([
      [null, 0],
      [null, 2],
      [null, 4],
    ]);
    expect(rowsOf([], 3, () => null)).toEqual([]);
  });

  it('begins a row with each day, and is higher there by the name of the day', () => {
    const rows = rowsOf([10, 11, 12, 20, 30, 31], 2, (item) => Math.floor(item / 10));
    expect(rows).toEqual([
      { day: 1, first: 0, items: [10, 11] },
      { day: null, first: 2, items: [12] },
      { day: 2, first: 3, items: [20] },
      { day: 3, first: 4, items: [30, 31] },
    ]);
    expect(offsetsOf(rows, { columns: 2, rowHeight: 100, dayHeight: 40 })).toEqual([0, 140, 240, 380, 520]);
  });
});
