import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import type { MediaPlaylist, MediaSegment } from '../hls/playlist.js';
import { SegmentPlanner, type EarlierSegment, type PlanStep } from './plan-segments.js';

const START = Date.parse('2026-03-01T12:00:00Z');

interface Shape {
  readonly dated?: boolean;
  readonly name?: (mediaSequence: number) => string;
  /** Added to every date. */
  readonly shiftSeconds?: number;
  readonly with?: Readonly<Record<number, Partial<MediaSegment>>>;
}

/** Segments of two seconds, numbered and dated from the broadcast's beginning. */
function playlist(from: number, to: number, shape: Shape = {}): MediaPlaylist {
  const { dated = true, name = (sequence) => `/seg-${sequence}.ts`, shiftSeconds = 0 } = shape;
  const segments = Array.from({ length: to - from + 1 }, (_, index): MediaSegment => {
    const mediaSequence = from + index;
    return {
      url: `https://x.example${name(mediaSequence)}`,
      identity: name(mediaSequence),
      mediaSequence,
      discontinuitySequence: 0,
      discontinuity: false,
      durationSeconds: 2,
      title: '',
      gap: false,
      ...(dated && { programDateTimeMs: START + (mediaSequence * 2 + shiftSeconds) * 1000 }),
      ...shape.with?.[mediaSequence],
    };
  });
  return {
    kind: 'media',
    targetDurationSeconds: 2,
    mediaSequence: from,
    discontinuitySequence: 0,
    ended: false,
    segments,
    dateRanges: [],
  };
}

const NOW = START + 3_600_000;
const told = (steps: readonly PlanStep[]) =>
  steps.map((step) =>
    step.kind !== 'segment'
      ? `${step.kind} ${(step.fromMs - START) / 1000}-${(step.toMs - START) / 1000}${step.kind === 'gap' ? ` ${step.cause.code}` : ''}`
      : `${step.segment.mediaSequence}${step.reset ? ' reset' : ''}${step.discontinuity ? ' discontinuity' : ''}`,
  );
const had = (from: number, to: number, shape: Shape = {}): readonly EarlierSegment[] =>
  playlist(from, to, shape).segments.map(({ identity, mediaSequence, programDateTimeMs }) => {
    const startsAtMs = programDateTimeMs ?? START + mediaSequence * 2000;
    return { identity, mediaSequence, startsAtMs, endsAtMs: startsAtMs + 2000, estimated: shape.dated === false };
  });

describe('SegmentPlanner', () => {
  it('begins at the oldest segment and then takes what is new', () => {
    const planner = new SegmentPlanner();
    expect(told(planner.plan(playlist(10, 12), NOW))).toEqual(['10', '11', '12']);
    expect(told(planner.plan(playlist(10, 12), NOW))).toEqual([]);
    expect(told(planner.plan(playlist(12, 14), NOW))).toEqual(['13', '14']);
  });

  it('has nothing to do with an empty playlist', () => {
    expect(new SegmentPlanner().plan({ ...playlist(0, 0), segments: [] }, NOW)).toEqual([]);
  });

  it('reports what left the window between two reloads', () => {
    const planner = new SegmentPlanner();
    planner.plan(playlist(0, 2), NOW);
    expect(told(planner.plan(playlist(6, 7), NOW))).toEqual(['gap 6-12 source.window-moved', '6', '7']);
  });

  it('derives the gap from numbers if there are no dates', () => {
    const planner = new SegmentPlanner();
    const [first] = planner.plan(playlist(0, 2, { dated: false }), NOW);
    expect(first).toMatchObject({ startsAtMs: NOW - 6000, estimated: true });
    const [gap] = planner.plan(playlist(6, 7, { dated: false }), NOW + 10_000);
    expect(gap).toMatchObject({ fromMs: NOW, toMs: NOW + 6000 });
  });

  it('turns what the source marks as missing into a gap, and hands its discontinuity on', () => {
    const planner = new SegmentPlanner();
    const marked = playlist(0, 3, { with: { 1: { gap: true, discontinuity: true } } });
    expect(told(planner.plan(marked, NOW))).toEqual(['0', 'gap 2-4 source.gap', '2 discontinuity', '3']);
  });

  it('takes a pause of the broadcast as a discontinuity, not as a loss', () => {
    const paused = { 2: { programDateTimeMs: START + 24_000 }, 3: { programDateTimeMs: START + 26_900 } };
    expect(told(new SegmentPlanner().plan(playlist(0, 3, { with: paused }), NOW))).toEqual([
      '0',
      '1',
      '2 discontinuity',
      '3',
    ]);
  });

  it('leaves advertising out without calling it a gap, and hands its discontinuity on', () => {
    const marked = playlist(0, 4, { with: { 1: { title: 'Amazon', discontinuity: true }, 2: { title: 'Amazon' } } });
    expect(told(new SegmentPlanner().plan(marked, NOW))).toEqual(['0', 'ad 2-4', 'ad 4-6', '3 discontinuity', '4']);
    expect(told(new SegmentPlanner([], 'keep').plan(marked, NOW))).toEqual(['0', '1 discontinuity', '2', '3', '4']);
  });

  it('continues from the middle of advertising without reporting it twice', () => {
    const ad = { mediaSequence: 6, identity: '/seg-6.ts', startsAtMs: START + 14_000, endsAtMs: START + 14_000 };
    const planner = new SegmentPlanner([...had(3, 4), { ...ad, estimated: false }]);
    const ads = Object.fromEntries([5, 6, 7, 8].map((sequence) => [sequence, { title: 'Amazon' }]));
    expect(told(planner.plan(playlist(4, 9, { with: ads }), NOW))).toEqual(['ad 14-16', 'ad 16-18', '9']);
  });

  it('continues from a ledger with the next segment', () => {
    const planner = new SegmentPlanner(had(3, 5));
    expect(told(planner.plan(playlist(4, 7), NOW))).toEqual(['6', '7']);
  });

  it('reports what was missed while away', () => {
    const planner = new SegmentPlanner(had(3, 5));
    expect(told(planner.plan(playlist(9, 10), NOW))).toEqual(['gap 12-18 capture.was-away', '9', '10']);
  });

  it('recognizes a playlist that is some seconds old', () => {
    const planner = new SegmentPlanner();
    planner.plan(playlist(4, 9), NOW);
    for (const [from, to] of [
      [2, 7],
      [3, 8],
    ] as const) {
      expect(planner.plan(playlist(from, to), NOW)).toEqual([]);
      expect(planner.plan(playlist(from, to, { dated: false }), NOW)).toEqual([]);
    }
    expect(told(planner.plan(playlist(5, 10), NOW))).toEqual(['10']);
  });

  it('follows a source that restarts its numbers, by its dates', () => {
    const planner = new SegmentPlanner();
    planner.plan(playlist(100, 102), NOW);
    const anew = playlist(0, 1, { name: (sequence) => `/b-${sequence}.ts`, shiftSeconds: 206 });
    expect(told(planner.plan(anew, NOW))).toEqual(['0 reset discontinuity', '1']);
    expect(planner.epoch).toBe(1);
  });

  it('reports what was lost when the source restarted its numbers later', () => {
    const planner = new SegmentPlanner();
    planner.plan(playlist(100, 102), NOW);
    const anew = playlist(0, 0, { name: () => '/b.ts', shiftSeconds: 220 });
    expect(told(planner.plan(anew, NOW))).toEqual(['gap 206-220 source.sequence-reset', '0 reset discontinuity']);
  });

  it('follows a source that restarts its numbers without dates, once it goes on', () => {
    const planner = new SegmentPlanner();
    planner.plan(playlist(100, 102, { dated: false }), NOW);
    const name = (sequence: number) => `/b-${sequence}.ts`;
    expect(planner.plan(playlist(0, 1, { dated: false, name }), NOW)).toEqual([]);
    expect(planner.plan(playlist(0, 1, { dated: false, name }), NOW)).toEqual([]);
    expect(told(planner.plan(playlist(0, 2, { dated: false, name }), NOW)).at(-1)).toBe('2');
  });

  it('notices numbers that were reused between two reloads', () => {
    const planner = new SegmentPlanner();
    planner.plan(playlist(5, 9), NOW);
    const anew = playlist(7, 10, { name: (sequence) => `/b-${sequence}.ts`, shiftSeconds: 600 });
    expect(told(planner.plan(anew, NOW))).toEqual([
      'gap 20-614 source.sequence-reset',
      '7 reset discontinuity',
      '8',
      '9',
      '10',
    ]);
  });

  it('does not take renumbered segments twice', () => {
    const planner = new SegmentPlanner();
    planner.plan(playlist(0, 5), NOW);
    const renumbered = playlist(1000, 1003, { name: (sequence) => `/seg-${sequence - 996}.ts`, shiftSeconds: -1992 });
    expect(told(planner.plan(renumbered, NOW))).toEqual(['1002 reset discontinuity', '1003']);
  });

  it('takes a jump of numbers without a jump of time as a new count, not as a loss', () => {
    const planner = new SegmentPlanner();
    planner.plan(playlist(0, 5), NOW);
    const jumped = playlist(1000, 1001, { shiftSeconds: -1988 });
    expect(told(planner.plan(jumped, NOW))).toEqual(['1000 reset discontinuity', '1001']);
  });

  it('finds its place by names when numbers slip', () => {
    const planner = new SegmentPlanner();
    planner.plan(playlist(0, 5), NOW);
    const slipped = (by: number) => ({ name: (sequence: number) => `/seg-${sequence - by}.ts`, shiftSeconds: -2 * by });
    expect(told(planner.plan(playlist(2, 7, slipped(1)), NOW))).toEqual(['7 reset discontinuity']);
    expect(told(planner.plan(playlist(3, 8), NOW))).toEqual(['7 reset discontinuity', '8']);
  });

  it('takes a segment once that is listed twice', () => {
    const planner = new SegmentPlanner();
    const twin = { identity: '/seg-2.ts', programDateTimeMs: START + 4000 };
    const behind = { identity: '/seg-3.ts', programDateTimeMs: START + 6000 };
    const steps = planner.plan(playlist(0, 4, { with: { 3: twin, 4: behind } }), NOW);
    expect(told(steps)).toEqual(['0', '1', '2', '4 reset discontinuity']);
    expect(told(planner.plan(playlist(1, 4), NOW))).toEqual(['4 reset discontinuity']);
  });

  it('reports what was listed after its place was taken', () => {
    const planner = new SegmentPlanner();
    const early = { identity: '/seg-4.ts', programDateTimeMs: START + 8000 };
    planner.plan(playlist(0, 3, { with: { 3: early } }), NOW);
    const late = ['gap 6-8 source.listed-late', '5 reset discontinuity'];
    expect(told(planner.plan(playlist(1, 5), NOW))).toEqual(late);
    expect(told(planner.plan(playlist(1, 6), NOW))).toEqual(['6']);
  });

  it('takes a picture each time it is shown again', () => {
    const slate = { identity: '/slate.ts' };
    const steps = new SegmentPlanner().plan(playlist(0, 4, { with: { 1: slate, 2: slate, 3: slate } }), NOW);
    expect(told(steps)).toEqual(['0', '1', '2', '3', '4']);
  });

  it('trusts numbers that go on, even if the same names come round again', () => {
    const planner = new SegmentPlanner();
    const name = (sequence: number) => `/loop-${sequence % 4}.ts`;
    planner.plan(playlist(0, 3, { dated: false, name }), NOW);
    expect(told(planner.plan(playlist(2, 6, { dated: false, name }), NOW))).toEqual(['4', '5', '6']);
  });

  it('takes every listed segment once and in order, and accounts for all others', () => {
    const looks = fc.array(fc.tuple(fc.nat(6), fc.integer({ min: 1, max: 8 })), { minLength: 1, maxLength: 30 });
    fc.assert(
      fc.property(looks, fc.boolean(), (moves, dated) => {
        const planner = new SegmentPlanner();
        const steps: PlanStep[] = [];
        let last = 10;
        let first: number | undefined;
        const listed = new Set<number>();
        for (const [forward, window] of moves) {
          last += forward;
          const look = playlist(last - window + 1, last, { dated });
          first ??= last - window + 1;
          for (const segment of look.segments) if (segment.mediaSequence >= first) listed.add(segment.mediaSequence);
          steps.push(...planner.plan(look, NOW));
        }
        const taken = steps.flatMap((step) => (step.kind === 'segment' ? [step.segment.mediaSequence] : []));
        expect(taken).toEqual([...new Set(taken)].toSorted((a, b) => a - b));
        const lost = steps.reduce((sum, step) => sum + (step.kind === 'gap' ? (step.toMs - step.fromMs) / 2000 : 0), 0);
        expect(taken.length + Math.round(lost)).toBe(last - (first ?? last) + 1);
        for (const sequence of taken) expect(listed.has(sequence)).toBe(true);
      }),
      { numRuns: 500 },
    );
  });

  it.each([true, false])(
    'plans a long list piece by piece as it does at once, also if it grows meanwhile (dated: %s)',
    (dated) => {
      const odd = { 3: { gap: true }, 5: { title: 'Amazon' }, 6: { discontinuity: true } };
      const list = playlist(0, 29, { dated, with: odd });
      const whole = new SegmentPlanner().plan(list, NOW);
      const planner = new SegmentPlanner();
      const pieces = [planner.plan(list, NOW, 7)];
      expect([pieces[0]?.length, planner.hasMore]).toEqual([7, true]);
      while (planner.hasMore) pieces.push(planner.plan(list, NOW + pieces.length, 7));
      expect(pieces.flat()).toEqual(whole);
      expect(told(planner.plan(playlist(0, 31, { dated, with: odd }), NOW, 7))).toEqual(['30', '31']);
      expect(planner.hasMore).toBe(false);
    },
  );

  describe.each([true, false])('for a list that moves while its numbers stand still (dated: %s)', (dated) => {
    /** Segments from..to of a list that always numbers them from 0. */
    const still = (from: number, to: number): MediaPlaylist => {
      const moved = playlist(from, to, { dated });
      const segments = moved.segments.map((segment, index) => ({ ...segment, mediaSequence: index }));
      return { ...moved, mediaSequence: 0, segments };
    };

    it('takes each segment once, in one part', () => {
      const planner = new SegmentPlanner();
      const taken = [still(0, 4), still(1, 5), still(1, 5), still(4, 8), still(5, 9)].map((list, nth) =>
        told(planner.plan(planner.numbered(list), NOW + nth * 2000)),
      );
      expect(taken).toEqual([['0', '1', '2', '3', '4'], ['5'], [], ['6', '7', '8'], ['9']]);
    });

    it('goes on from what was taken before', () => {
      const planner = new SegmentPlanner(had(0, 6, { dated }));
      expect(told(planner.plan(planner.numbered(still(4, 8)), NOW))).toEqual(['7', '8']);
    });
  });
});
