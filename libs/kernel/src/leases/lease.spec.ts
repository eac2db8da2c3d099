import { beforeEach, describe, expect, it } from '@jest/globals';
import { EventStoreUnavailable, MemoryEventStore } from '@streamvault/event-store';
import { EventRegistry } from '../event-registry.js';
import { kernelEvents } from '../kernel-events.js';
import { Lease } from './lease.js';

class SometimesAway extends MemoryEventStore {
  isAway = false;
  override append(...all: Parameters<MemoryEventStore['append']>) {
    if (this.isAway) return Promise.reject(new EventStoreUnavailable('away'));
    return super.append(...all);
  }
}

const quiet = { info: () => {}, warn: () => {} };
const registry = new EventRegistry(kernelEvents);

describe('a lease', () => {
  let store: SometimesAway;
  let seconds: number;
  /** By how much the wall clock is ahead of the clock that stands still while a machine sleeps. */
  let sleptSeconds: number;
  beforeEach(() => {
    store = new SometimesAway();
    seconds = 0;
    sleptSeconds = 0;
  });

  const process = (holder: string, isAlone = false) =>
    new Lease({
      store,
      registry,
      logger: quiet,
      name: 'twitch',
      isAlone,
      holder,
      monotonic: () => seconds * 1000,
      now: () => (1_800_000_000 + seconds + sleptSeconds) * 1000,
    });
  const words = async () => {
    const all: unknown[] = [];
    for await (const { type, data } of store.readStream('lease-twitch'))
      all.push([type, data['holder'], data['epoch']]);
    return all;
  };

  it('has one holder of many, however they race', async () => {
    const all = ['a', 'b', 'c'].map((name) => process(name));
    for (let round = 0; round < 5; round += 1) {
      const held = await Promise.all(all.map((each) => each.look()));
      expect(held.filter(Boolean)).toHaveLength(1);
      seconds += 5;
    }
  });

  it('goes over at once when its holder leaves', async () => {
    const [a, b] = [process('a'), process('b')];
    await a.look();
    expect(await b.look()).toBe(false);
    await a.release();
    expect(await b.look()).toBe(true);
    expect(await a.look()).toBe(false);
    expect(await words()).toEqual([
      ['LeaseHeld', 'a', 1],
      ['LeaseLeft', 'a', 1],
      ['LeaseHeld', 'b', 2],
    ]);
  });

  it('is taken over from a holder that is silent, and not from one that speaks', async () => {
    const [a, b] = [process('a'), process('b')];
    await a.look();
    for (; seconds < 60; seconds += 5) {
      expect(await a.look()).toBe(true);
      expect(await b.look()).toBe(false);
    }
    seconds += 20;
    expect(await b.look()).toBe(true);
    // It was only frozen: with its next word it learns that it lost the lease.
    expect(await a.look()).toBe(false);
    expect(a.isHeld).toBe(false);
  });

  it('is given up by a holder that cannot speak before another may take it', async () => {
    const [a, b] = [process('a'), process('b')];
    await a.look();
    await b.look();
    store.isAway = true;
    seconds = 14;
    expect(await a.look()).toBe(true);
    seconds = 16;
    expect(await a.look()).toBe(false);
    store.isAway = false;
    seconds = 21;
    expect(await b.look()).toBe(true);
  });

  it('is not taken by a process that slept, until it has listened again', async () => {
    const [a, b] = [process('a'), process('b')];
    await a.look();
    await b.look();
    sleptSeconds = 3600;
    seconds = 22;
    expect(await b.look()).toBe(false);
    seconds = 43;
    expect(await b.look()).toBe(true);
  });

  it('does the work while it is held, ends it when it is lost, and leaves it at the end', async () => {
    const times = { renewMs: 1, ttlMs: 20_000 };
    const lease = new Lease({ store, registry, logger: quiet, name: 'twitch', isAlone: false, holder: 'a', times });
    const stopping = new AbortController();
    const begun: AbortSignal[] = [];
    const wakes: (() => void)[] = [];
    const next = () => new Promise<void>((resolve) => wakes.push(resolve));
    const first = next();
    const done = lease.whileHeld(stopping.signal, async (held) => {
      begun.push(held);
      wakes.shift()?.();
      await new Promise((resolve) => held.addEventListener('abort', resolve));
    });
    await first;
    const second = next();
    // Another process declares it dead, and leaves.
    const [thief, epoch] = ['thief', 7];
    const metadata = { commandId: 'x', correlationId: 'x', causationId: 'x', actor: 'x', now: '' };
    const word = (type: string) => registry.toNewEvent({ type, data: { holder: thief, epoch, at: '' } }, metadata);
    await store.append('lease-twitch', [word('LeaseHeld')], 'any');
    await new Promise((resolve) => begun[0]?.addEventListener('abort', resolve));
    await store.append('lease-twitch', [{ ...word('LeaseLeft'), id: 'b7a3c1de-0000-4000-8000-000000000001' }], 'any');
    await second;
    stopping.abort();
    await done;
    expect(begun.map(({ aborted }) => aborted)).toEqual([true, true]);
    expect((await words()).at(-1)).toEqual(['LeaseLeft', 'a', 8]);
  });

  it('is always held, and costs nothing, where no other process can be', async () => {
    const alone = process('a', true);
    expect(await alone.look()).toBe(true);
    await alone.whileHeld(new AbortController().signal, () => Promise.resolve());
    expect(await words()).toEqual([]);
  });
});
