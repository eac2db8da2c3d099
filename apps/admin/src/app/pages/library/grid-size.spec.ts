import { describe, expect, it } from '@jest/globals';
import { gridSize, rowsOf } from './grid-size';

describe('the grid of the library', () => {
  it('has as many columns as there is room for', () => {
    expect([300, 390, 700, 1000, 2000].map((width) => gridSize(width, 16, false).columns)).toEqual([1, 1, 2, 3, 6]);
  });

  it('has rows as high as picture and words', () => {
    expect(gridSize(320, 16, false).rowHeight).toBe(Math.ceil((318 * 9) / 16 + 8 * 16 + 2));
    expect(gridSize(1000, 16, true)).toEqual({ columns: 1, rowHeight: 72 });
  });

  it('is filled row by row', () => {
    expect(rowsOf([1, 2, 3, 4, 5], 2)).toEqual([[1, 2], [3, 4], [5]]);
    expect(rowsOf([], 3)).toEqual([]);
  });
});
