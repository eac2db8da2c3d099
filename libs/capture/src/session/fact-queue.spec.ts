import { describe, expect, it } from '@jest/globals';
import type { CaptureFact } from '../port.js';
import { systemClock } from './clock.js';
import { FactQueue } from './fact-queue.js';

const resumed = (at: string): CaptureFact => ({ kind: 'resumed', at });

describe('facts', () => {
  it('that arrive in the turn in which the previous one was taken are reported too', async () => {
    for (let turns = 0; turns < 12; turns += 1) {
      const told: string[] = [];
      const queue = new FactQueue(
        {
          fact: async (fact) => {
            if (fact.kind === 'resumed') told.push(fact.at);
          },
          progress: () => undefined,
        },
        systemClock,
      );
      queue.push(resumed('first'));
      for (let turn = 0; turn < turns; turn += 1) await Promise.resolve();
      queue.push(resumed('second'));
      await new Promise(setImmediate);
      expect([turns, ...told]).toEqual([turns, 'first', 'second']);
    }
  });
});
