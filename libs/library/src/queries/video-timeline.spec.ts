import { expect, it } from '@jest/globals';
import { timelineWithin } from './video-timeline.js';

const at = (seconds: number) => new Date(Date.UTC(2026, 10, 30, 20) + seconds * 1000).toISOString();

it('is clipped to a piece of the file, and counted from where that begins', () => {
  const items = [
    { startsAt: at(0), mediaSeconds: 0, durationSeconds: 600 },
    { startsAt: at(900), mediaSeconds: 600, durationSeconds: 600 },
  ];
  expect(timelineWithin(items, 0, 1200)).toEqual(items);
  expect(timelineWithin(items, 590, 610)).toEqual([
    { startsAt: at(590), mediaSeconds: 0, durationSeconds: 10 },
    { startsAt: at(900), mediaSeconds: 10, durationSeconds: 10 },
  ]);
  expect(timelineWithin(items, 600, 605)).toEqual([{ startsAt: at(900), mediaSeconds: 0, durationSeconds: 5 }]);
  expect(timelineWithin([], 0, 10)).toEqual([]);
});
