import { describe, expect, it } from '@jest/globals';
import type { EventStore, Position, SubscriptionMessage } from '../port.js';
import { all, event, events, fill, ids, type MakeContext, Subscriber, withStore } from './context.testing.js';

export function describeSubscribing(makeContext: MakeContext): void {
  describe('subscribing', () => {
    it(
      'delivers existing events, reports once that it caught up, and continues live',
      withStore(makeContext, async (store) => {
        await store.append('stream-1', events(3), 'no_stream');
        const subscriber = new Subscriber(store);
        await subscriber.caughtUp();
        await store.append('stream-1', [event()], 2n);
        await store.append('stream-2', [event()], 'no_stream');
        await subscriber.eventCount(5);
        expect(subscriber.kinds).toEqual(['event', 'event', 'event', 'caughtUp', 'event', 'event']);
        expect(subscriber.events).toEqual(await all(store.readAll()));
        subscriber.stop();
      }),
    );

    it(
      'on an empty log has caught up at once, and wakes for the first event',
      withStore(makeContext, async (store) => {
        const subscriber = new Subscriber(store);
        expect(await subscriber.next()).toEqual({ kind: 'caughtUp' });
        const [message] = await Promise.all([subscriber.next(), store.append('stream-1', [event()], 'no_stream')]);
        expect(message).toMatchObject({ kind: 'event', event: { revision: 0n } });
        subscriber.stop();
      }),
    );

    it(
      'loses and doubles nothing at the switch to live, under load',
      withStore(makeContext, async (store) => {
        await fill(store, 'early-1', 700);
        const writers = Array.from({ length: 8 }, async (_, writer) => {
          for (let n = 0; n < 60; n += 1) await store.append(`load${writer % 2}-${writer}`, events(1 + (n % 3)), 'any');
        });
        const total = 700 + 8 * 120;
        const follow = async (start: Promise<unknown> | undefined): Promise<string[]> => {
          await start;
          const subscriber = new Subscriber(store);
          await subscriber.eventCount(total);
          subscriber.stop();
          return subscriber.events.map(({ id }) => id);
        };
        // Two from the beginning, and one that joins in the middle.
        const followed = await Promise.all([follow(Promise.resolve()), follow(Promise.resolve()), follow(writers[0])]);
        await Promise.all(writers);
        const log = await ids(store.readAll());
        for (const seen of followed) expect(seen).toEqual(log);
      }),
    );

    it(
      'resumes after a given position: 350 events in batches of 100 (Emmett #8)',
      withStore(makeContext, async (store) => {
        await fill(store, 'stream-1', 350, 100);
        const handled: string[] = [];
        let from: Position | 'start' = 'start';
        while (handled.length < 350) {
          const subscriber: Subscriber = new Subscriber(store, from);
          await subscriber.eventCount(Math.min(100, 350 - handled.length));
          subscriber.stop();
          handled.push(...subscriber.events.map(({ id }) => id));
          from = subscriber.events.at(-1)?.position ?? 'start';
        }
        expect(handled).toEqual(await ids(store.readAll()));
        const resumed = new Subscriber(store, from);
        expect(await resumed.next()).toEqual({ kind: 'caughtUp' });
        resumed.stop();
      }),
    );

    it(
      'from the end begins with what is appended after subscribing',
      withStore(makeContext, async (store) => {
        await store.append('stream-1', events(3), 'no_stream');
        const subscriber = new Subscriber(store, 'end');
        const next = event();
        await store.append('stream-1', [next], 'any');
        await subscriber.eventCount(1);
        expect(subscriber.events[0]?.id).toBe(next.id);
        subscriber.stop();
      }),
    );

    it(
      'delivers only matching events, and reports checkpoints over the others',
      withStore(makeContext, async (store) => {
        await store.append('wanted-1', [event()], 'no_stream');
        await fill(store, 'other-1', 1_500);
        const filter = { categories: ['wanted'] };
        const subscriber = new Subscriber(store, 'start', filter);
        await subscriber.caughtUp();
        expect(subscriber.events).toHaveLength(1);
        expect(lastCheckpoint(subscriber.messages)).toBe(await store.headPosition());

        // Also when live: progress is reported although nothing matched.
        const { position } = await store.append('other-1', [event()], 'any');
        await subscriber.until((message) => message.kind === 'checkpoint' && message.position >= position);
        subscriber.stop();

        const resumed = new Subscriber(store, lastCheckpoint(subscriber.messages) ?? 'start', filter);
        const { position: wanted } = await store.append('wanted-2', [event()], 'no_stream');
        await resumed.eventCount(1);
        expect(resumed.events[0]?.position).toBe(wanted);
        resumed.stop();
      }),
    );

    it(
      'wakes for a type that the log had never seen',
      withStore(makeContext, async (store) => {
        await store.append('stream-1', [event()], 'no_stream');
        const subscriber = new Subscriber(store, 'start', { types: ['BrandNew'] });
        await subscriber.caughtUp();
        const brandNew = event({ type: 'BrandNew' });
        await store.append('stream-1', [event(), brandNew], 'any');
        await subscriber.eventCount(1);
        expect(subscriber.events[0]?.id).toBe(brandNew.id);
        subscriber.stop();
      }),
    );

    it(
      'an empty filter matches nothing, and still makes progress',
      withStore(makeContext, async (store) => {
        await store.append('stream-1', events(3), 'no_stream');
        const subscriber = new Subscriber(store, 'start', { types: [] });
        await subscriber.caughtUp();
        expect(subscriber.kinds).toEqual(['checkpoint', 'caughtUp']);
        subscriber.stop();
      }),
    );

    it(
      'tells a slow consumer that it fell behind and that it caught up again, and keeps everything for it',
      withStore(makeContext, async (store) => {
        const subscriber = new Subscriber(store);
        await subscriber.caughtUp();
        await fill(store, 'stream-1', 3_000);
        await subscriber.caughtUp();
        expect(subscriber.kinds.filter((kind) => kind !== 'event')).toEqual(['caughtUp', 'fellBehind', 'caughtUp']);
        expect(subscriber.kinds.indexOf('fellBehind')).toBe(1);
        expect(subscriber.events.map(({ id }) => id)).toEqual(await ids(store.readAll()));
        subscriber.stop();
      }),
    );

    it(
      'ends on abort: before it began, between two events, and while it waits',
      withStore(makeContext, async (store) => {
        await store.append('stream-1', events(3), 'no_stream');
        const early = new Subscriber(store);
        early.stop();
        expect(await early.next()).toBeUndefined();

        const between = new Subscriber(store);
        await between.next();
        between.stop();
        expect(await between.next()).toBeUndefined();

        const waiting = new Subscriber(store);
        await waiting.caughtUp();
        const pending = waiting.next();
        waiting.stop();
        expect(await pending).toBeUndefined();
      }),
    );

    it(
      'ends when the store closes',
      withStore(makeContext, async (store: EventStore) => {
        await store.append('stream-1', events(3), 'no_stream');
        const waiting = new Subscriber(store);
        await waiting.caughtUp();
        const reading = new Subscriber(store);
        await reading.next();
        const pending = waiting.next();
        await store.close();
        expect(await pending).toBeUndefined();
        expect(await reading.next()).toBeUndefined();
      }),
    );
  });
}

function lastCheckpoint(messages: readonly SubscriptionMessage[]): Position | undefined {
  return messages.flatMap((message) => (message.kind === 'checkpoint' ? [message.position] : [])).at(-1);
}
