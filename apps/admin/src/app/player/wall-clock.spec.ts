import { describe, expect, it } from '@jest/globals';
import { secondsAtInstant } from './wall-clock';

const at = (seconds: number): string => new Date(Date.UTC(2026, 11, 1, 2, 0) + seconds * 1000).toISOString();
const moment = (seconds: number): number => Date.parse(at(seconds));

describe('a moment of the broadcast in its file', () => {
  // 30 s, then 21 s that were lost, then a stretch of which the file lacks the first half second.
  const timeline = [
    { startsAt: at(0), mediaSeconds: 0, durationSeconds: 30 },
    { startsAt: at(51.5), mediaSeconds: 30, durationSeconds: 60 },
  ];

  it('is found on both sides of a gap', () => {
    expect(secondsAtInstant(timeline, moment(12.25))).toBeCloseTo(12.25, 6);
    expect(secondsAtInstant(timeline, moment(61.5))).toBeCloseTo(40, 6);
  });

  it('is the first picture after the gap that it lies in', () => {
    expect(secondsAtInstant(timeline, moment(30.5))).toBe(30);
    expect(secondsAtInstant(timeline, moment(51))).toBe(30);
  });

  it('is the beginning where it was before it, and nowhere behind its end', () => {
    expect(secondsAtInstant(timeline, moment(-5))).toBe(0);
    expect(secondsAtInstant(timeline, moment(111.5))).toBe(90);
    expect(secondsAtInstant(timeline, moment(112))).toBeNull();
    expect(secondsAtInstant([], moment(1))).toBeNull();
  });
});
