import { beforeEach, describe, expect, it } from '@jest/globals';
import { PositionKeeper } from './position-keeper';

describe('when a position is kept', () => {
  let now = 0;
  let kept: [number, boolean][];
  let keeper: PositionKeeper;
  beforeEach(() => {
    now = 0;
    kept = [];
    keeper = new PositionKeeper(
      (seconds, isLeaving) => kept.push([seconds, isLeaving]),
      () => now,
    );
  });
  const play = (from: number, to: number): void => {
    for (let second = from; second <= to; second += 1) {
      now += 1000;
      keeper.at(second, false);
    }
  };

  it('is every ten seconds while it plays', () => {
    play(0, 35);
    expect(kept).toEqual([
      [10, false],
      [20, false],
      [30, false],
    ]);
  });

  it('is at once at a pause, and once only', () => {
    play(100, 104);
    keeper.at(104, true);
    keeper.at(104, true);
    expect(kept).toEqual([[104, false]]);
  });

  it('is when one leaves in the middle, and not where nothing changed', () => {
    play(100, 104);
    keeper.leave();
    keeper.leave();
    expect(kept).toEqual([[104, true]]);
    keeper.forget();
    keeper.leave();
    keeper.at(7, true);
    expect(kept).toHaveLength(1);
  });
});
