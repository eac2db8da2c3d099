import { describe, it } from '@jest/globals';
import type { PublishedSegment } from '../../live-origin/live-origin.js';
import { playOut, type FaultCase } from './fault-case.js';

const at = (segments: readonly PublishedSegment[], index: number) => segments.findIndex((each) => each.index === index);

/** The segment is listed twice in a row, and those after it have the next numbers. */
const doubled = (index: number) => (segments: readonly PublishedSegment[]) =>
  segments.flatMap((segment) => (segment.index === index ? [segment, segment] : [segment]));

/** Two neighbours are swapped. */
function swapped(index: number) {
  return (segments: readonly PublishedSegment[]): readonly PublishedSegment[] => {
    const first = at(segments, index);
    const [left, right] = [segments[first], segments[first + 1]];
    return left === undefined || right === undefined ? segments : segments.toSpliced(first, 2, right, left);
  };
}

/** The segment is missing, and those after it have numbers that are too low. */
const hidden = (index: number) => (segments: readonly PublishedSegment[]) =>
  segments.filter((segment) => segment.index !== index);

const NUMBERS: readonly FaultCase[] = [
  ...[false, true].map((reuseNames): FaultCase => ({
    name: `numbers that begin at 0 again, with names ${reuseNames ? 'that were used before' : 'of their own'}`,
    parts: ['start', 'sequence-reset', 'sequence-reset'],
    async play(stage) {
      await stage.broadcast(4);
      stage.origin.broadcast.resetSequence({ reuseNames });
      await stage.broadcast(5);
      stage.origin.broadcast.resetSequence({ reuseNames });
      await stage.broadcast(3);
    },
  })),
  {
    name: 'numbers that begin at 0 again when some segments had not been looked at',
    lost: [{ from: 8, count: 3, cause: 'source.sequence-reset' }],
    parts: ['start', 'sequence-reset'],
    async play(stage) {
      await stage.broadcast(2);
      stage.origin.advance(3);
      stage.origin.broadcast.resetSequence();
      await stage.broadcast(4);
    },
  },
  {
    name: 'numbers that begin anew much higher',
    parts: ['start', 'sequence-reset'],
    async play(stage) {
      await stage.broadcast(4);
      stage.origin.broadcast.resetSequence({ to: 5000 });
      await stage.broadcast(4);
    },
  },
  {
    name: 'numbers of the same segments that jump forward',
    parts: ['start', 'sequence-reset'],
    async play(stage) {
      await stage.broadcast(4);
      stage.origin.broadcast.renumber(1000);
      await stage.broadcast(4);
    },
  },
  {
    name: 'numbers of the same segments that jump forward when some had not been looked at',
    lost: [{ from: 10, count: 4, cause: 'source.window-moved' }],
    async play(stage) {
      await stage.broadcast(4);
      stage.origin.advance(10);
      stage.origin.broadcast.renumber(1000);
      await stage.broadcast(4);
    },
  },
  {
    name: 'numbers of the same segments that jump back',
    parts: ['start', 'sequence-reset', 'sequence-reset'],
    async play(stage) {
      await stage.broadcast(4);
      stage.origin.broadcast.renumber(1000);
      await stage.broadcast(2);
      stage.origin.broadcast.renumber(-1000);
      await stage.broadcast(4);
    },
  },
  {
    name: 'numbers of the same segments that slip by one',
    parts: ['start', 'sequence-reset', 'sequence-reset'],
    async play(stage) {
      await stage.broadcast(2);
      stage.origin.broadcast.renumber(1);
      await stage.broadcast(2);
      stage.origin.broadcast.renumber(-1);
      await stage.broadcast(4);
    },
  },
  {
    name: 'an edge that is 4 segments behind, every other time',
    async play(stage) {
      await stage.broadcast(2);
      stage.origin.faults.playlist({ kind: 'stale', behind: 4 });
      await stage.broadcast(10);
    },
  },
];

const LISTS: readonly FaultCase[] = [
  {
    name: 'a segment that is listed twice for as long as it is listed',
    parts: ['start', 'sequence-reset', 'sequence-reset'],
    async play(stage) {
      await stage.broadcast(2);
      stage.origin.broadcast.list(doubled(9));
      await stage.broadcast(12);
    },
  },
  {
    name: 'a segment that is listed twice for a moment',
    parts: ['start', 'sequence-reset', 'sequence-reset'],
    async play(stage) {
      await stage.broadcast(2);
      stage.origin.broadcast.list(doubled(9));
      await stage.broadcast(4);
      stage.origin.broadcast.list();
      await stage.broadcast(4);
    },
  },
  {
    name: 'two segments that are listed in the wrong order',
    async play(stage) {
      await stage.broadcast(2);
      stage.origin.broadcast.list(swapped(9));
      stage.origin.advance(4);
      await stage.broadcast(8);
    },
  },
  {
    name: 'two segments that are listed in the wrong order for a moment',
    async play(stage) {
      await stage.broadcast(2);
      stage.origin.broadcast.list(swapped(9));
      stage.origin.advance(4);
      await stage.origin.shown();
      stage.origin.broadcast.list();
      await stage.broadcast(4);
    },
  },
  {
    name: 'a segment that is listed only when later ones have been',
    lost: [{ from: 9, count: 1, cause: 'source.listed-late' }],
    parts: ['start', 'sequence-reset'],
    async play(stage) {
      await stage.broadcast(2);
      stage.origin.broadcast.list(hidden(9));
      stage.origin.advance(3);
      await stage.origin.shown();
      await stage.stored();
      stage.origin.broadcast.list();
      await stage.broadcast(4);
    },
  },
];

/** By the clock, because reloading often enough is the point. A late reload loses the segment. */
const EDGES = [1, 2, 3].map((window): FaultCase => {
  const pace = window === 1 ? 4 : 10;
  return {
    name: `a playlist of ${window === 1 ? 'one segment' : `${window} segments`}`,
    origin: { window, pace },
    capture: { rate: pace },
    play: (stage) => stage.pass(10),
  };
});

const ADDRESSES: readonly FaultCase[] = (['tokens', 'changingPaths'] as const).flatMap((how): readonly FaultCase[] => {
  const what = how === 'tokens' ? 'tokens that change' : 'paths that change';
  const origin = { [how]: true };
  return [
    {
      name: `${what} with every look`,
      origin,
      play: (stage) => stage.broadcast(10),
    },
    {
      name: `${what} with every look, and a capture that begins again`,
      origin,
      parts: ['start', 'restart'],
      async play(stage) {
        await stage.broadcast(3);
        await stage.restart();
        stage.origin.advance(2);
        await stage.broadcast(3);
      },
    },
    {
      name: `${what} with every look, and numbers that jump`,
      origin,
      parts: ['start', 'sequence-reset', 'sequence-reset'],
      async play(stage) {
        await stage.broadcast(3);
        stage.origin.broadcast.renumber(1000);
        await stage.broadcast(3);
        stage.origin.broadcast.renumber(-900);
        await stage.broadcast(3);
      },
    },
  ];
});

describe('a recording', () => {
  it.each([...NUMBERS, ...LISTS, ...EDGES, ...ADDRESSES])('has each segment once and in order after $name', playOut);
});
