import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import { diffStates } from './state-diff.js';

describe('the difference of two states', () => {
  it('names each place where they differ, and only that', () => {
    const before = { state: 'capturing', context: { parts: [{ number: 1, bytes: 0 }], failure: null } };
    const after = { state: 'finalizing', context: { parts: [{ number: 1, bytes: 5 }, { number: 2 }], failure: null } };
    expect(diffStates(before, after)).toEqual([
      { path: '/state', before: 'capturing', after: 'finalizing' },
      { path: '/context/parts/0/bytes', before: 0, after: 5 },
      { path: '/context/parts/1', before: null, after: { number: 2 } },
    ]);
  });

  it('escapes what a JSON Pointer requires', () =>
    expect(diffStates({ 'a/b~c': 1 }, { 'a/b~c': 2 })[0]?.path).toBe('/a~1b~0c'));

  it('distinguishes a list from an object, and null from nothing', () => {
    expect(diffStates({ a: [] }, { a: {} })).toEqual([{ path: '/a', before: [], after: {} }]);
    expect(diffStates(null, { a: 1 })).toEqual([{ path: '', before: null, after: { a: 1 } }]);
  });

  it('is empty only for equal values', () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.jsonValue(), (left, right) => {
        expect(diffStates(left, structuredClone(left))).toEqual([]);
        if (JSON.stringify(left) !== JSON.stringify(right) && diffStates(left, right).length === 0)
          expect(left).toEqual(right);
      }),
    );
  });
});
