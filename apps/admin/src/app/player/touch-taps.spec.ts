import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { TouchTaps } from './touch-taps';

describe('a finger on the picture', () => {
  let done: string[];
  let taps: TouchTaps;
  beforeEach(() => {
    jest.useFakeTimers();
    done = [];
    taps = new TouchTaps({ toggle: () => done.push('toggle'), jump: (seconds) => done.push(`jump ${seconds}`) });
  });
  afterEach(() => {
    jest.useRealTimers();
  });

  it('plays or pauses at once in the middle', () => {
    taps.tap(0.5, 0);
    taps.tap(0.5, 100);
    expect(done).toEqual(['toggle', 'toggle']);
  });

  it('goes back at the left and forward at the right by two taps, and further by a third, without a pause', () => {
    taps.tap(0.1, 0);
    taps.tap(0.1, 200);
    taps.tap(0.1, 400);
    taps.tap(0.9, 5000);
    taps.tap(0.9, 5200);
    jest.runAllTimers();
    expect(done).toEqual(['jump -10', 'jump -10', 'jump 10']);
  });

  it('plays or pauses at a side when no second tap came there', () => {
    taps.tap(0.1, 0);
    expect(done).toEqual([]);
    jest.runAllTimers();
    expect(done).toEqual(['toggle']);
    taps.tap(0.1, 1000);
    taps.tap(0.9, 1100);
    jest.runAllTimers();
    expect(done).toEqual(['toggle', 'toggle']);
  });

  it('does nothing more once the player is gone', () => {
    taps.tap(0.1, 0);
    taps.forget();
    jest.runAllTimers();
    expect(done).toEqual([]);
  });
});
