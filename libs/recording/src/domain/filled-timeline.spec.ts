import { describe, expect, it } from '@jest/globals';
import { filledTimeline } from './filled-timeline.js';

const at = (seconds: number): string => new Date(Date.UTC(2026, 10, 30, 20) + seconds * 1000).toISOString();
const stretch = (wall: number, mediaSeconds: number, durationSeconds: number) => ({
  startsAt: at(wall),
  mediaSeconds,
  durationSeconds,
});
const gap = (from: number, to: number) => ({ from: at(from), to: at(to) });
const fill = (wall: number, durationSeconds: number) => [{ startsAt: at(wall), durationSeconds }];

describe('where the wall clock lies in a file after a gap was filled', () => {
  it('moves what comes after the gap', () => {
    const before = [stretch(0, 0, 10), stretch(20, 10, 10), stretch(60, 20, 5)];
    expect(filledTimeline(before, gap(10, 20), fill(10, 9.5))).toEqual({
      atSeconds: 10,
      timeline: [stretch(0, 0, 10), stretch(10, 10, 9.5), stretch(20, 19.5, 10), stretch(60, 29.5, 5)],
    });
  });

  it('parts a stretch that a short gap did not end', () => {
    expect(filledTimeline([stretch(0, 0, 20)], gap(8, 10), fill(8, 2))).toEqual({
      atSeconds: 8,
      timeline: [stretch(0, 0, 8), stretch(8, 8, 2), stretch(10, 10, 12)],
    });
  });

  it('puts what is missing at an end there', () => {
    expect(filledTimeline([stretch(5, 0, 10)], gap(0, 5), fill(0, 5))).toEqual({
      atSeconds: 0,
      timeline: [stretch(0, 0, 5), stretch(5, 5, 10)],
    });
    expect(filledTimeline([stretch(0, 0, 10)], gap(10, 15), fill(10, 5))).toEqual({
      atSeconds: 10,
      timeline: [stretch(0, 0, 10), stretch(10, 10, 5)],
    });
  });
});
