import { expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import { chaptersWithin, clockText, gapsWithin, wallClockAt } from './cut-range.js';

const cause = { code: 'x', message: 'lost' };
const gap = (from: string, to: string) => ({ from, to, seconds: (Date.parse(to) - Date.parse(from)) / 1000, cause });
const video = {
  recordedAt: '2026-11-30T20:00:00.000Z',
  gaps: [gap('2026-11-30T20:01:00.000Z', '2026-11-30T20:01:30.000Z')],
};

it('counts what was not captured on the wall clock', () => {
  expect(wallClockAt(video, 30)).toBe('2026-11-30T20:00:30.000Z');
  expect(wallClockAt(video, 70)).toBe('2026-11-30T20:01:40.000Z');
  expect(gapsWithin(video.gaps, wallClockAt(video, 50), wallClockAt(video, 70))).toEqual(video.gaps);
  expect(gapsWithin(video.gaps, wallClockAt(video, 70), wallClockAt(video, 80))).toEqual([]);
});

it('keeps chapters of a piece without holes, within the piece, in its own time', () => {
  fc.assert(
    fc.property(
      fc.array(fc.double({ min: 1, max: 500, noNaN: true }), { minLength: 1, maxLength: 8 }),
      fc.double({ min: 0, max: 0.9, noNaN: true }),
      fc.double({ min: 0.05, max: 1, noNaN: true }),
      (lengths, start, share) => {
        let at = 0;
        const chapters = lengths.map((length, index) => {
          const startSeconds = at;
          at += length;
          return { startSeconds, endSeconds: at, title: `${index}`, category: null };
        });
        const from = at * start;
        const to = from + (at - from) * share;
        const within = chaptersWithin(chapters, from, to);
        expect(within[0]?.startSeconds).toBe(0);
        expect(within.at(-1)?.endSeconds).toBeCloseTo(to - from, 6);
        for (const [index, { startSeconds, endSeconds }] of within.entries()) {
          expect(endSeconds).toBeGreaterThan(startSeconds);
          expect(startSeconds).toBeCloseTo(within[index - 1]?.endSeconds ?? 0, 6);
        }
      },
    ),
  );
});

it('tells times as people do', () => {
  expect([0, 65.9, 3723].map((seconds) => clockText(seconds))).toEqual(['0:00', '1:05', '1:02:03']);
});
