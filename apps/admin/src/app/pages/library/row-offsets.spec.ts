import { expect, it } from '@jest/globals';
import { rowAt } from './row-offsets';

it('the row at a place is the last that begins there or before', () => {
  const offsets = [0, 140, 240, 380];
  expect([-5, 0, 139, 140, 239, 240, 379, 900].map((at) => rowAt(offsets, at))).toEqual([0, 0, 0, 1, 1, 2, 2, 2]);
  expect(rowAt([0], 10)).toBe(0);
});
