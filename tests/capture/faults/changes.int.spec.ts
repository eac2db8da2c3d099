import { describe, it } from '@jest/globals';
import { SMALL, SMALLER, type Profile } from '../../live-origin/live-origin.js';
import { playOut, type FaultCase } from './fault-case.js';

const CHANGES: readonly (readonly [what: string, alternate: Profile, containers: readonly ('ts' | 'fmp4')[]])[] = [
  ['resolution', SMALLER, ['ts', 'fmp4']],
  // Whichever container it comes in, the joined video is encoded: each of these costs as much as all others of this file.
  ['codec (H.264 to HEVC)', { ...SMALL, name: '180p-hevc', codec: 'hevc' }, ['fmp4']],
  ['sample rate', { ...SMALL, name: '180p-44100', sampleRate: 44_100 }, ['ts']],
];

const DISCONTINUITIES: readonly FaultCase[] = CHANGES.flatMap(([what, alternate, containers]) =>
  containers.map((container): FaultCase => ({
    name: `another ${what} and back (${container})`,
    origin: { container, alternate },
    parts: ['start', 'discontinuity', 'discontinuity'],
    async play(stage) {
      await stage.broadcast(2);
      stage.origin.broadcast.breakTimeline({ to: 3, alternate: true });
      await stage.broadcast(4);
      stage.origin.broadcast.breakTimeline({ to: 20, alternate: false });
      await stage.broadcast(4);
    },
  })),
);

const OTHERS: readonly FaultCase[] = [
  ...(['ts', 'fmp4'] as const).map((container): FaultCase => ({
    name: `other timestamps (${container})`,
    origin: { container },
    async play(stage) {
      await stage.broadcast(2);
      stage.origin.broadcast.breakTimeline();
      await stage.broadcast(3);
      stage.origin.broadcast.breakTimeline({ to: 0 });
      await stage.broadcast(3);
    },
  })),
  {
    name: 'another init section for the same tracks',
    origin: { container: 'fmp4' },
    parts: ['start', 'discontinuity', 'discontinuity'],
    async play(stage) {
      await stage.broadcast(2);
      stage.origin.broadcast.changeInit();
      await stage.broadcast(3);
      stage.origin.broadcast.breakTimeline();
      stage.origin.broadcast.changeInit();
      await stage.broadcast(3);
    },
  },
];

const KEYS: readonly FaultCase[] = (['given', 'by number'] as const).flatMap((vector): readonly FaultCase[] => [
  {
    name: `another key every 3 segments, the vector ${vector}`,
    origin: { keys: { every: 3, vector } },
    play: (stage) => stage.broadcast(10),
  },
  {
    name: `a key that is not to be had at first, the vector ${vector}`,
    origin: { keys: { every: 3, vector } },
    async play(stage) {
      stage.origin.faults.keys({ kind: 'status', status: 503 }, [2], 2);
      stage.origin.faults.keys({ kind: 'truncated' }, [3], 1);
      await stage.broadcast(10);
    },
  },
  {
    name: `a key that is never to be had, the vector ${vector}`,
    origin: { keys: { every: 3, vector } },
    capture: { settings: { segmentRetrySeconds: 5 } },
    lost: [{ from: 9, count: 3, cause: 'source.forbidden' }],
    async play(stage) {
      stage.origin.faults.keys({ kind: 'status', status: 403 }, [3]);
      await stage.broadcast(10);
    },
  },
]);

describe('a recording', () => {
  it.each([...DISCONTINUITIES, ...OTHERS, ...KEYS])('continues over $name', playOut);
});
