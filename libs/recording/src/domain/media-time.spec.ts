import { describe, expect, it } from '@jest/globals';
import { array, assert, double, nat, property, record } from 'fast-check';
import { chapterName, chaptersOf, mediaSecondsAt } from './media-time.js';
import { after } from './recording-samples.testing.js';

// Ten minutes, then five missing, then ten more.
const timeline = [
  { startsAt: after(0), mediaSeconds: 0, durationSeconds: 600 },
  { startsAt: after(900), mediaSeconds: 600, durationSeconds: 600 },
];
const called = (seconds: number, title: string | null, category: string | null = null) => ({
  at: after(seconds),
  title,
  category,
});

describe('the time of a file', () => {
  it('leaves out what was not captured', () => {
    expect(mediaSecondsAt(after(-5), timeline)).toBe(0);
    expect(mediaSecondsAt(after(300), timeline)).toBe(300);
    expect(mediaSecondsAt(after(700), timeline)).toBe(600);
    expect(mediaSecondsAt(after(960), timeline)).toBe(660);
    expect(mediaSecondsAt(after(9999), timeline)).toBe(1200);
    expect(mediaSecondsAt(after(5), [])).toBe(0);
  });

  it('never runs backwards and never leaves the file, whatever the clocks say', () => {
    const stretch = record({
      gap: double({ min: -30, max: 500, noNaN: true }),
      lasts: double({ min: 0.1, max: 900, noNaN: true }),
    });
    assert(
      property(
        array(stretch, { minLength: 1, maxLength: 12 }),
        array(nat(20_000), { maxLength: 20 }),
        (stretches, instants) => {
          let wall = 0;
          let media = 0;
          const line = stretches.map(({ gap, lasts }) => {
            const entry = { startsAt: after(wall + gap), mediaSeconds: media, durationSeconds: lasts };
            wall += gap + lasts;
            media += lasts;
            return entry;
          });
          const times = instants.toSorted((a, b) => a - b).map((instant) => mediaSecondsAt(after(instant), line));
          for (const [index, time] of times.entries()) {
            expect(time).toBeGreaterThanOrEqual(times[index - 1] ?? 0);
            expect(time).toBeLessThanOrEqual(media + 1e-6);
          }
          const chapters = chaptersOf(
            instants.map((instant, n) => called(instant, `t${n}`)),
            line,
            media,
          );
          let end = 0;
          for (const { startSeconds, endSeconds } of chapters) {
            expect(startSeconds).toBe(end);
            expect(endSeconds).toBeGreaterThan(startSeconds);
            end = endSeconds;
          }
          expect(end).toBe(chapters.length === 0 ? 0 : media);
        },
      ),
    );
  });
});

describe('chapters', () => {
  it('follow title and category without holes; one that begins in a gap starts after it', () =>
    expect(chaptersOf([called(0, 'One'), called(700, 'Two', 'Music')], timeline, 1200)).toEqual([
      { startSeconds: 0, endSeconds: 600, title: 'One', category: null },
      { startSeconds: 600, endSeconds: 1200, title: 'Two', category: 'Music' },
    ]));

  it('begin with the file, and leave out titles that were corrected at once or came too late', () => {
    expect(chaptersOf([called(100, 'Tpyo'), called(130, 'Typo')], timeline, 1200)).toEqual([
      { startSeconds: 0, endSeconds: 1200, title: 'Typo', category: null },
    ]);
    expect(chaptersOf([called(0, 'One'), called(9999, 'Next day')], timeline, 1200)).toHaveLength(1);
    expect(chaptersOf([], timeline, 1200)).toEqual([]);
  });

  it('have a name whatever is known', () => {
    expect(chapterName({ title: 'One', category: 'Music' })).toBe('Music — One');
    expect(chapterName({ title: null, category: null })).toBe('Untitled');
  });
});
