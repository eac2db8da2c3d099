import { expect, it } from '@jest/globals';
import { StartRetries } from './start-retries.js';

it('tries a recording that got nothing again, soon at first and then less often, once for each failure', () => {
  const retries = new StartRetries();
  const at: number[] = [];
  let now = 0;
  for (let failure = 0; failure < 9; failure++) {
    retries.plan(1, 7, `failure ${failure}`, now);
    // The same failure, told again.
    retries.plan(1, 7, `failure ${failure}`, now);
    expect(retries.has(1)).toBe(true);
    const planned = now;
    while (retries.due(now).length === 0) now += 500;
    at.push((now - planned) / 1000);
    expect([retries.due(now), retries.has(1)]).toEqual([[], false]);
  }
  expect(at).toEqual([1, 2, 4, 8, 16, 32, 60, 60, 60]);
});

it('begins from the front for another broadcast, and forgets what records', () => {
  const retries = new StartRetries();
  retries.plan(1, 7, 'a', 0);
  retries.plan(1, 7, 'b', 0);
  retries.plan(1, 8, 'c', 0);
  expect(retries.due(999)).toEqual([]);
  expect(retries.due(1000)).toMatchObject([{ broadcastId: 8 }]);
  retries.plan(1, 8, 'd', 1000);
  retries.forget(1);
  expect(retries.due(1e9)).toEqual([]);
});
