import { describe, expect, it } from '@jest/globals';
import { Timeline, type MediaTimes } from './timeline.js';

const times = (...tracks: readonly (readonly [number, number, number])[]): MediaTimes => ({
  tracks: new Map(tracks.map(([number, from, to]) => [number, { from, to }])),
});

/** Whether a segment with the times `after` breaks the timeline behind one of that duration. */
function breaks(before: MediaTimes | undefined, after: MediaTimes, durationSeconds = 2): boolean {
  const timeline = new Timeline();
  timeline.passed(before, durationSeconds);
  return timeline.isBrokenBy(after);
}

describe('Timeline', () => {
  it('breaks where timestamps jump, either way', () => {
    expect(breaks(times([1, 10, 12]), times([1, 13, 15]))).toBe(true);
    expect(breaks(times([1, 10, 12]), times([1, 0, 2]))).toBe(true);
    expect(breaks(times([1, 10, 12]), times([1, 12.5, 14.5]))).toBe(false);
  });

  it('goes on if one of several tracks does', () => {
    expect(breaks(times([1, 10, 12], [2, 10, 10.5]), times([1, 12, 14], [2, 12, 14]))).toBe(false);
    expect(breaks(times([1, 10, 12], [2, 10, 12]), times([1, 15, 17], [2, 15, 17]))).toBe(true);
  });

  it('goes on over a hole that the duration includes', () => {
    expect(breaks(times([1, 10, 12]), times([1, 15, 17]), 5)).toBe(false);
  });

  it('goes on where a 33-bit clock wraps around', () => {
    const wrapSeconds = 2 ** 33 / 90_000;
    const before = { ...times([256, wrapSeconds - 1, wrapSeconds + 1]), wrapSeconds };
    expect(breaks(before, { ...times([256, 1, 3]), wrapSeconds })).toBe(false);
    expect(breaks(before, { ...times([256, 3, 5]), wrapSeconds })).toBe(true);
  });

  it('says nothing if there is nothing to compare', () => {
    expect(new Timeline().isBrokenBy(times([1, 0, 2]))).toBe(false);
    expect(breaks(undefined, times([1, 50, 52]))).toBe(false);
    expect(breaks(times([1, 10, 12]), times([2, 50, 52]))).toBe(false);
    expect(breaks(times([1, 10, 12]), times())).toBe(false);
  });
});
