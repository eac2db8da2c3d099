import { describe, expect, it } from '@jest/globals';
import type { Gap, Part } from '@streamvault/api-contract';
import { instantAt, layoutTimeline, mediaAt } from './timeline-layout';

const at = (seconds: number): string => new Date(Date.UTC(2026, 10, 22, 21, 0, seconds)).toISOString();
const part = (number: number, from: number, to: number | null, change: Partial<Part> = {}): Part => ({
  number,
  bytes: 1_000_000,
  durationSeconds: (to ?? from + 10) - from,
  openedAt: at(from),
  closedAt: to === null ? null : at(to),
  container: 'ts',
  reason: number === 1 ? 'start' : 'restart',
  ...change,
});
const gap = (from: number, to: number, message = 'The source did not answer.'): Gap => ({
  from: at(from),
  to: at(to),
  seconds: to - from,
  cause: { code: 'source.timeout', message },
});

describe('the timeline', () => {
  it('is not there while nothing was captured', () => {
    expect(layoutTimeline({ parts: [], gaps: [], startedAt: null, endedAt: null }, 0)).toBeUndefined();
  });

  it('shows parts and gaps to scale by the clock', () => {
    const line = layoutTimeline(
      { parts: [part(1, 0, 40), part(2, 60, 100)], gaps: [gap(40, 60)], startedAt: at(0), endedAt: at(100) },
      0,
    )!;
    expect(line.spans.map(({ kind, left, width }) => [kind, Math.round(left), Math.round(width)])).toEqual([
      ['part', 0, 40],
      ['gap', 40, 20],
      ['part', 60, 40],
    ]);
  });

  it('lets the open part grow with the clock', () => {
    const recording = { parts: [part(1, 0, null)], gaps: [], startedAt: at(0), endedAt: null };
    const line = layoutTimeline(recording, Date.parse(at(50)))!;
    expect(line.to).toBe(Date.parse(at(50)));
    expect(line.spans[0]).toMatchObject({ left: 0, width: 100 });
  });

  it('knows where each part begins in the picture, without the gaps', () => {
    const line = layoutTimeline(
      { parts: [part(1, 0, 40), part(2, 60, 100)], gaps: [gap(40, 60)], startedAt: at(0), endedAt: at(100) },
      0,
    )!;
    expect(line.spans.map(({ mediaStart }) => mediaStart)).toEqual([0, 40, 40]);
  });

  it('says the cause of a gap, and of several that a finger cannot tell apart once each', () => {
    const close = [gap(10, 11), gap(12, 13), gap(500, 530, 'The network was down.')];
    const line = layoutTimeline({ parts: [part(1, 0, 1000)], gaps: close, startedAt: at(0), endedAt: at(1000) }, 0)!;
    const gaps = line.spans.filter(({ kind }) => kind === 'gap');
    expect(gaps.map(({ title }) => title)).toEqual(['2 gaps, 2 s in total', 'Gap of 30 s']);
    expect(gaps.map(({ share }) => share)).toEqual([2 / 3, 1]);
    expect(gaps[0]!.detail.match(/did not answer/g)).toHaveLength(1);
    expect(gaps[1]!.detail).toContain('The network was down.');
  });

  it('shows advertising and silence with what became of it, and why', () => {
    const cause = { code: 'source.stalled', message: 'The source answers but offers no new segment.' };
    const line = layoutTimeline(
      {
        parts: [part(1, 0, null)],
        gaps: [],
        ads: [
          { from: at(10), to: at(40), seconds: 30, kept: false },
          { from: at(60), to: at(70), seconds: 10, kept: true },
        ],
        stalls: [{ from: at(80), to: null, cause }],
        startedAt: at(0),
        endedAt: null,
      },
      Date.parse(at(100)),
    )!;
    expect(line.spans.map(({ kind, left, width, title }) => [kind, left, width, title])).toEqual([
      ['part', 0, 100, 'Part 1'],
      ['ad', 10, 30, 'Advertising of 30 s'],
      ['ad', 60, 10, 'Advertising of 10 s'],
      ['stall', 80, 20, 'No bytes for 20 s'],
    ]);
    expect(line.spans[1]!.detail).toContain('Left out.');
    expect(line.spans[2]!.detail).toContain('Kept in the video.');
    expect(line.spans[3]!.detail).toContain(cause.message);
  });

  it.each([3, 95, 3600, 30_000, 400_000, 30 * 86_400])(
    'has a handful of ticks for %d seconds, all of them inside',
    (seconds) => {
      const line = layoutTimeline(
        { parts: [part(1, 0, seconds)], gaps: [], startedAt: at(0), endedAt: at(seconds) },
        0,
      )!;
      expect(line.ticks.length).toBeGreaterThan(0);
      expect(line.ticks.length).toBeLessThanOrEqual(7);
      for (const { left } of line.ticks) expect(left >= 0 && left <= 94).toBe(true);
    },
  );

  it('names the days of a broadcast that goes on for a week', () => {
    const seconds = 7 * 86_400;
    const line = layoutTimeline({ parts: [part(1, 0, seconds)], gaps: [], startedAt: at(0), endedAt: at(seconds) }, 0)!;
    const labels = line.ticks.map(({ label }) => label);
    expect(new Set(labels).size).toBe(labels.length);
    for (const label of labels) expect(label).toMatch(/[A-Za-z]{3}/);
  });

  it('stays readable for a day with a gap and a new part every three minutes', () => {
    const day = 24 * 3600;
    const starts = Array.from({ length: 500 }, (_, index) => Math.round((index * day) / 500));
    const parts = starts.map((from, index) => part(index + 1, from, from + 160));
    const gaps = starts.map((from) => gap(from + 160, from + 170));
    const line = layoutTimeline({ parts, gaps, startedAt: at(0), endedAt: at(day) }, 0)!;
    const of = (kind: string) => line.spans.filter((span) => span.kind === kind);
    expect(line.spans.length).toBeLessThan(200);
    expect(of('gap').length).toBeGreaterThan(50);
    expect(of('part').length).toBeGreaterThan(15);
    expect(of('part').at(0)!.title).toMatch(/^Parts 1 to \d+$/);
    expect(of('part').at(-1)!.title).toMatch(/ to 500$/);
    expect(of('part').at(0)!.mediaStart).toBe(0);
    // Ten seconds of three minutes were lost: no span claims more than it took, and none hides the rest of the strip.
    for (const { title, width, share } of of('gap')) {
      expect(title).toMatch(/gaps, /);
      expect(width).toBeLessThanOrEqual(1);
      expect(share).toBeLessThan(0.15);
    }
    const lefts = line.spans.map(({ left }) => left);
    expect(lefts).toEqual(lefts.toSorted((one, other) => one - other));
  });

  it('finds the instant of a media time, jumping over what is between two parts', () => {
    const recording = { parts: [part(1, 0, 40), part(2, 60, 100)], endedAt: at(100) };
    expect(instantAt(recording, 10)).toBe(Date.parse(at(10)));
    expect(instantAt(recording, 50)).toBe(Date.parse(at(70)));
    expect(instantAt(recording, 500)).toBeNull();
  });

  it('finds the media time of an instant, and of what comes next where nothing was had', () => {
    const recording = { parts: [part(1, 0, 40), part(2, 60, 100)], endedAt: at(100) };
    const mediaOf = (seconds: number): number | null => mediaAt(recording, Date.parse(at(seconds)));
    expect([mediaOf(10), mediaOf(50), mediaOf(70), mediaOf(101)]).toEqual([10, 40, 50, null]);
  });
});
