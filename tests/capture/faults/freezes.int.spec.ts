import { describe, it } from '@jest/globals';
import type { LiveOrigin } from '../../live-origin/live-origin.js';
import { playOut, type FaultCase } from './fault-case.js';

const WINDOW = 12;
const BEFORE = 8;

/** So that each takes about half a second. */
const inTimeOf = (seconds: number) => ({ rate: seconds * 2 });

/** What has left the playlist after this many seconds. */
const missedOf = (seconds: number) => [{ from: BEFORE, count: seconds - WINDOW, cause: 'source.window-moved' }];

function goOn(origin: LiveOrigin, seconds: number): void {
  origin.advance(seconds - WINDOW);
  // Otherwise the media would start again somewhere.
  origin.broadcast.breakTimeline({ to: BEFORE });
  origin.advance(WINDOW);
}

const CASES: readonly FaultCase[] = [20, 120, 600].flatMap((seconds): readonly FaultCase[] => [
  ...(['ts', 'fmp4'] as const).map((container): FaultCase => ({
    name: `a broadcaster who sends nothing for ${seconds} s (${container})`,
    origin: { container },
    capture: inTimeOf(seconds),
    async play(stage) {
      await stage.broadcast(2);
      await stage.witness.interrupted('source.stalled');
      await stage.pass(seconds);
      stage.origin.broadcast.skipTime(seconds);
      // The clock of the encoder went on.
      stage.origin.broadcast.breakTimeline({ to: 28, marked: false });
      await stage.broadcast(4);
    },
  })),
  {
    name: `a playlist that is the same for ${seconds} s while the broadcast goes on`,
    origin: { window: WINDOW, initial: 6 },
    capture: inTimeOf(seconds),
    lost: missedOf(seconds),
    // A short loss is a hole in the same file.
    parts: seconds - WINDOW > 10 ? ['start', 'gap'] : ['start'],
    async play(stage) {
      await stage.broadcast(2);
      stage.origin.faults.playlist({ kind: 'frozen' });
      goOn(stage.origin, seconds);
      await stage.witness.interrupted('source.stalled');
      await stage.pass(seconds);
      stage.origin.faults.clear();
      await stage.witness.resumed();
      await stage.broadcast(4);
    },
  },
]);

describe('a recording', () => {
  it.each(CASES)('survives $name', playOut);
});
