import { describe, expect, it } from '@jest/globals';
import { Selection } from './selection';

describe('what is chosen of a list', () => {
  const order = [9, 7, 5, 3, 1];

  it('is one by one', () => {
    const chosen = new Selection();
    chosen.toggle(7, false, order);
    chosen.toggle(3, false, order);
    chosen.toggle(7, false, order);
    expect([...chosen.ids()]).toEqual([3]);
  });

  it('is a stretch with the shift key, in either direction', () => {
    const chosen = new Selection();
    chosen.toggle(3, true, order);
    chosen.toggle(9, true, order);
    expect([...chosen.ids()].toSorted()).toEqual([3, 5, 7, 9]);
  });

  it('begins a stretch at itself where the last one is not in the list any more', () => {
    const chosen = new Selection();
    chosen.toggle(100, false, [100]);
    chosen.toggle(5, true, order);
    expect([...chosen.ids()].toSorted()).toEqual([100, 5]);
  });
});
