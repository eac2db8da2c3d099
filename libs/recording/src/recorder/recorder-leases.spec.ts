import { afterEach, beforeEach, expect, it } from '@jest/globals';
import { MemoryEventStore } from '@streamvault/event-store';
import { EventRegistry } from '@streamvault/kernel';
import { recorderLeaseEvents, RecorderLeases } from './recorder-leases.js';

const logger = { info: () => {}, warn: () => {}, error: () => {} };
let stopping: AbortController;
let running: Promise<void>[] = [];
beforeEach(() => {
  stopping = new AbortController();
});
afterEach(async () => {
  stopping.abort();
  await Promise.all(running);
  running = [];
});

/** Two clocks of one machine, both held by the test. */
class Clocks {
  monotonic = 0;
  wall = Date.parse('2026-11-22T12:00:00Z');
  pass(seconds: number): void {
    this.monotonic += seconds * 1000;
    this.wall += seconds * 1000;
  }
  /** The machine is suspended: the monotonic clock stands still. */
  sleep(seconds: number): void {
    this.wall += seconds * 1000;
  }
}

const turns = async (): Promise<void> => {
  for (let turn = 0; turn < 20; turn++) await new Promise((resolve) => setImmediate(resolve));
};

async function hearing(
  store: MemoryEventStore,
  recorderId: string,
  { isAlone = false, signal = stopping.signal } = {},
) {
  const clocks = new Clocks();
  const registry = new EventRegistry(recorderLeaseEvents);
  const parts = { monotonic: () => clocks.monotonic, now: () => clocks.wall };
  const leases = new RecorderLeases({ store, registry, logger, recorderId, isAlone, ...parts });
  running.push(leases.run(signal));
  await turns();
  return { leases, clocks };
}

it('alone with its log, a recorder takes what a former one had at once, and says nothing', async () => {
  const store = new MemoryEventStore();
  const { leases } = await hearing(store, 'b', { isAlone: true });
  expect(leases.mayTake('a')).toBe(true);
  await leases.release();
  expect(await store.headPosition()).toBeUndefined();
});

it('waits the whole time for a recorder that it never heard, and leaves one alone that it hears', async () => {
  const store = new MemoryEventStore();
  const { leases, clocks } = await hearing(store, 'b');
  expect([leases.mayTake(null), leases.mayTake('b'), leases.mayTake('gone')]).toEqual([true, true, false]);
  clocks.pass(15);
  await hearing(store, 'a');
  clocks.pass(6);
  expect([leases.mayTake('gone'), leases.mayTake('a')]).toEqual([true, false]);
  clocks.pass(15);
  expect(leases.mayTake('a')).toBe(true);
});

it('takes over at once from a recorder that said it goes', async () => {
  const store = new MemoryEventStore();
  const { leases } = await hearing(store, 'b');
  const leaving = new AbortController();
  const other = await hearing(store, 'a', { signal: leaving.signal });
  expect(leases.mayTake('a')).toBe(false);
  leaving.abort();
  await other.leases.release();
  await turns();
  expect(leases.mayTake('a')).toBe(true);
});

it('declares nobody dead after it slept itself', async () => {
  const store = new MemoryEventStore();
  const { leases, clocks } = await hearing(store, 'b');
  clocks.pass(19);
  expect(leases.mayTake('a')).toBe(false);
  clocks.sleep(600);
  clocks.pass(2);
  expect(leases.mayTake('a')).toBe(false);
  clocks.pass(21);
  expect(leases.mayTake('a')).toBe(true);
});
