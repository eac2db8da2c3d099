import { beforeEach, describe, expect, it } from '@jest/globals';
import { EventStoreUnavailable, type EventStore, MemoryEventStore } from '@streamvault/event-store';
import { CommandHandling } from '../command-handling.js';
import type { ReadEvent } from '../event-registry.js';
import { command, DamagedStore, registry, Till, type TillEvent } from '../scenario.testing.js';
import { followLog, type LogReaction } from './follow-log.js';

/** A log whose subscriptions break after a number of messages. */
class FlakyLog extends MemoryEventStore {
  breakAfter: number[] = [];
  subscribed: unknown[] = [];

  override async *subscribe(options: Parameters<EventStore['subscribe']>[0]) {
    this.subscribed.push(options.from);
    let left = this.breakAfter.shift() ?? Infinity;
    for await (const message of super.subscribe(options)) {
      if (left-- === 0) throw new EventStoreUnavailable('the connection broke');
      yield message;
    }
  }
}

describe('followLog', () => {
  let store: FlakyLog;
  let stop: AbortController;
  let seen: number[];
  const pay = async (...amounts: number[]) => {
    const handling = new CommandHandling({ store, registry });
    for (const amount of amounts) {
      const what = { pay: 'in', amount } as const;
      await handling.handle({ stream: 'till-1', decider: new Till(), command: what, metadata: command() });
    }
  };
  /** Ends when 99 was paid in. */
  const follow = (more: Partial<LogReaction<TillEvent>> = {}) =>
    followLog<TillEvent>({
      store,
      registry,
      from: 'start',
      signal: stop.signal,
      backoff: { firstMs: 1, maxMs: 2 },
      handle: (event: ReadEvent<TillEvent>) => {
        seen.push(event.data.amount);
        if (event.data.amount === 99) stop.abort();
      },
      onError: (error) => {
        throw error;
      },
      ...more,
    });

  beforeEach(() => {
    store = new FlakyLog();
    stop = new AbortController();
    seen = [];
  });

  it('handles existing and new events', async () => {
    await pay(1, 2);
    const caughtUp = Promise.withResolvers<void>();
    const following = follow({ onCaughtUp: caughtUp.resolve });
    await caughtUp.promise;
    await pay(3, 99);
    await following;
    expect(seen).toEqual([1, 2, 3, 99]);
  });

  it('resumes a broken subscription after the last handled event', async () => {
    await pay(1, 2, 3, 4, 99);
    store.breakAfter = [2, 0, 1];
    const errors: unknown[] = [];
    await follow({ onError: (error) => void errors.push(error) });
    expect(seen).toEqual([1, 2, 3, 4, 99]);
    expect(errors).toHaveLength(3);
    expect(store.subscribed).toHaveLength(4);
  });

  it('misses nothing that came while a subscription from the end was broken', async () => {
    await pay(1, 2);
    store.breakAfter = [0];
    const broken = Promise.withResolvers<void>();
    const following = follow({ from: 'end', onError: () => broken.resolve() });
    await pay(3);
    await broken.promise;
    await pay(99);
    await following;
    expect(seen).toEqual([3, 99]);
  });

  it('retries an event until it is handled, and keeps the order', async () => {
    await pay(1, 2, 99);
    let failures = 3;
    const failed: unknown[] = [];
    await follow({
      handle: ({ data }) => {
        if (data.amount === 2 && failures-- > 0) throw new Error('not now');
        seen.push(data.amount);
        if (data.amount === 99) stop.abort();
      },
      onError: (_, event) => void failed.push(event?.revision),
    });
    expect(seen).toEqual([1, 2, 99]);
    expect(failed).toEqual([1n, 1n, 1n]);
  });

  it('skips or stops when told to', async () => {
    await pay(1, 2, 3, 4);
    await follow({
      handle: ({ data }) => {
        if (data.amount % 2 === 0) throw new Error('odd ones only');
        seen.push(data.amount);
      },
      onError: (_, event) => (event?.revision === 1n ? 'skip' : 'stop'),
    });
    expect(seen).toEqual([1, 3]);
  });

  it('treats an unreadable event like one that it cannot handle', async () => {
    await pay(1);
    await store.append(
      'till-1',
      [
        {
          id: '00000000-0000-4000-8000-000000000001',
          type: 'FromTheFuture',
          version: 1,
          data: {},
          metadata: { $correlationId: '', $causationId: '', actor: '' },
        },
      ],
      'any',
    );
    await pay2(store);
    const unreadable: unknown[] = [];
    await follow({
      onError: (_, event) => {
        unreadable.push(event?.type);
        return 'skip';
      },
    });
    expect(seen).toEqual([1, 99]);
    expect(unreadable).toEqual(['FromTheFuture']);
  });

  it('reports its progress, also over events that it does not handle', async () => {
    await pay(1, 2);
    const head = (await store.headPosition())!;
    const progress = Promise.withResolvers<void>();
    const following = follow({
      filter: { types: ['PaidOut'] },
      onProgress: (position) => {
        if (position === head) progress.resolve();
      },
    });
    await progress.promise;
    stop.abort();
    await following;
    expect(seen).toEqual([]);
  });

  it('skips an event that is damaged in the log, and reports it once', async () => {
    const damaged = new DamagedStore(2n);
    const handling = new CommandHandling({ store: damaged, registry });
    for (const amount of [1, 2, 3]) {
      const what = { pay: 'in', amount } as const;
      const stream = `till-${amount}` as const;
      await handling.handle({ stream, decider: new Till(), command: what, metadata: command() });
    }
    await pay2(damaged);
    const told: unknown[] = [];
    await follow({ store: damaged, onError: (error) => void told.push(error) });
    expect(seen).toEqual([1, 3, 99]);
    expect(told).toEqual([expect.objectContaining({ code: 'log.damaged' })]);
  });

  it('ends when the signal aborts, also while it waits to retry', async () => {
    await pay(1);
    const tried = Promise.withResolvers<void>();
    const following = follow({
      backoff: { firstMs: 600_000, maxMs: 600_000 },
      handle: () => {
        throw new Error('never');
      },
      onError: () => tried.resolve(),
    });
    await tried.promise;
    stop.abort();
    await following;
  });
});

/** On another stream: the first one could not be folded any more. */
async function pay2(store: EventStore): Promise<void> {
  const handling = new CommandHandling({ store, registry });
  const what = { pay: 'in', amount: 99 } as const;
  await handling.handle({ stream: 'till-9', decider: new Till(), command: what, metadata: command() });
}
