import { describe, expect, it } from '@jest/globals';
import { SegmentTiming } from './segment-timing.js';

describe('SegmentTiming', () => {
  it('believes a correct playlist, and checks few of its segments', () => {
    const timing = new SegmentTiming();
    const wanted = Array.from({ length: 64 }, () => timing.wants({ durationSeconds: 2 }));
    expect(wanted.filter(Boolean)).toHaveLength(2);
    expect(timing.settle({ durationSeconds: 2 }, 2.001)).toEqual({ durationSeconds: 2 });
    expect(timing.settle({ durationSeconds: 2 }, undefined)).toEqual({ durationSeconds: 2 });
  });

  it('measures every segment once it has found the playlist wrong', () => {
    const timing = new SegmentTiming();
    timing.wants({ durationSeconds: 10 });
    expect(timing.settle({ durationSeconds: 10 }, 9.6)).toEqual({ durationSeconds: 9.6 });
    expect(timing.wants({ durationSeconds: 10 })).toBe(true);
    expect(timing.settle({ durationSeconds: 10 }, 9.8)).toEqual({ durationSeconds: 9.8 });
    expect(timing.settle({ durationSeconds: 10 }, undefined)).toEqual({ durationSeconds: 10 });
  });

  it('measures every segment of a playlist that rounds, and says where it could not', () => {
    const timing = new SegmentTiming();
    const segment = { durationSeconds: 2, rounded: true };
    expect([timing.wants(segment), timing.wants(segment)]).toEqual([true, true]);
    expect(timing.settle(segment, 2.4)).toEqual({ durationSeconds: 2.4 });
    expect(timing.settle(segment, undefined)).toEqual(segment);
    expect(timing.settle(segment, 3600)).toEqual(segment);
  });
});
