import { describe, expect, it } from '@jest/globals';
import {
  type BroadcastWorld,
  type Doing,
  doings,
  firstWorld,
  keyOf,
  next,
  patienceSeconds,
} from './broadcast-world.testing.js';

const longest = 7;

interface Path {
  readonly world: BroadcastWorld;
  readonly doings: readonly Doing[];
}

function problemOf({ recordings, lostSeconds, wasEndedByUnknown }: BroadcastWorld): string | undefined {
  const owners = recordings.map(({ broadcastId }) => broadcastId).filter((id) => id !== null);
  if (new Set(owners).size < owners.length) return 'a broadcast has two recordings';
  if (recordings.filter(({ isActive }) => isActive).length > 1) return 'two recordings run at once';
  if (lostSeconds > patienceSeconds) return `${lostSeconds} live seconds were not recorded`;
  return wasEndedByUnknown ? 'what nobody could see ended a broadcast' : undefined;
}

/** Level by level; worlds that behave alike are explored once, so that every sequence is covered in few steps. */
function explore(secondsPerDoing: number): { readonly explored: number; readonly problem: string | undefined } {
  let level: readonly Path[] = [{ world: firstWorld, doings: [] }];
  const met = new Set([keyOf(firstWorld)]);
  for (let depth = 0; depth < longest; depth++) {
    const after: Path[] = [];
    for (const path of level)
      for (const doing of doings) {
        const world = next(path.world, doing, secondsPerDoing);
        const steps = [...path.doings, doing];
        const problem = problemOf(world);
        if (problem !== undefined) return { explored: met.size, problem: `${problem} after ${steps.join(', ')}` };
        const key = keyOf(world);
        if (met.has(key)) continue;
        met.add(key);
        after.push({ world, doings: steps });
      }
    level = after;
  }
  return { explored: met.size, problem: undefined };
}

describe('every sequence of seven things that can happen to a streamer', () => {
  it.each([5, 90, 250, 800])(
    'makes at most one recording of a broadcast and loses nothing beyond the patience, with %i s between them',
    (seconds) => {
      const { explored, problem } = explore(seconds);
      expect(problem).toBeUndefined();
      // Something was explored at all.
      expect(explored).toBeGreaterThan(300);
    },
  );
});
