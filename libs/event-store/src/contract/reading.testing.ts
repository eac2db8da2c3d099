import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import { EventStoreUnavailable } from '../errors.js';
import type { EventFilter, EventStore, Position } from '../port.js';
import { all, at, event, events, fill, ids, type MakeContext, revisions, withStore } from './context.testing.js';

export function describeReading(makeContext: MakeContext): void {
  describe('reading a stream', () => {
    it(
      'supports from, limit and both directions (Emmett #5)',
      withStore(makeContext, async (store) => {
        await store.append('stream-1', events(10), 'no_stream');
        await store.append('stream-2', events(3), 'no_stream');
        const read = (options: Parameters<EventStore['readStream']>[1]) =>
          revisions(store.readStream('stream-1', options));
        expect(await read({})).toEqual([0n, 1n, 2n, 3n, 4n, 5n, 6n, 7n, 8n, 9n]);
        expect(await read({ from: 5n, limit: 3 })).toEqual([5n, 6n, 7n]);
        expect(await read({ from: 9n, limit: 3 })).toEqual([9n]);
        expect(await read({ limit: 0 })).toEqual([]);
        expect(await read({ direction: 'backwards', limit: 2 })).toEqual([9n, 8n]);
        expect(await read({ direction: 'backwards', from: 1n })).toEqual([1n, 0n]);
        expect(await read({ direction: 'backwards', from: 99n, limit: 1 })).toEqual([9n]);
        await expect(read({ limit: -1 })).rejects.toBeInstanceOf(RangeError);
      }),
    );

    it(
      'yields nothing past the end, and the head is still the true one (Emmett #5b)',
      withStore(makeContext, async (store) => {
        await store.append('stream-1', events(3), 'no_stream');
        expect(await all(store.readStream('stream-1', { from: 3n }))).toEqual([]);
        expect(await all(store.readStream('stream-1', { from: 2n ** 70n }))).toEqual([]);
        expect(await store.headRevision('stream-1')).toBe(2n);
        for (const name of ['stream-9', 'nodash', '$all'] as 'stream-9'[]) {
          expect(await all(store.readStream(name))).toEqual([]);
          expect(await store.headRevision(name)).toBeUndefined();
        }
      }),
    );

    it(
      'reads over many pages',
      withStore(makeContext, async (store) => {
        await fill(store, 'stream-1', 2_501);
        const forwards = await revisions(store.readStream('stream-1', { from: 1n }));
        expect(forwards).toEqual(Array.from({ length: 2_500 }, (_, n) => BigInt(n + 1)));
        const backwards = await revisions(store.readStream('stream-1', { direction: 'backwards' }));
        expect(backwards).toEqual([...forwards.toReversed(), 0n]);
      }),
    );
  });

  describe('reading the whole log', () => {
    it(
      'is in strictly increasing order, also when written simultaneously; after is exclusive',
      withStore(makeContext, async (store) => {
        await Promise.all(
          Array.from({ length: 40 }, (_, n) => store.append(`c${n % 3}-${n}`, events(30), 'no_stream')),
        );
        const log = await all(store.readAll());
        expect(log).toHaveLength(1_200);
        for (const [n, { position }] of log.entries()) expect(position > (log[n - 1]?.position ?? 0n)).toBe(true);
        expect(log.at(-1)?.position).toBe(await store.headPosition());
        const middle = at(log, 600);
        expect(await ids(store.readAll({ after: middle.position, limit: 550 }))).toEqual(
          log.slice(601, 1_151).map(({ id }) => id),
        );
        expect(await all(store.readAll({ after: (2n ** 80n) as Position }))).toEqual([]);
      }),
    );

    it(
      'ends although its reader appends',
      withStore(makeContext, async (store) => {
        await store.append('stream-1', events(3), 'no_stream');
        for await (const { revision } of store.readAll())
          await store.append('copy-1', [event({ data: { of: Number(revision) } })], 'any');
        expect(await store.headRevision('copy-1')).toBe(2n);
      }),
    );

    it(
      'may be left early, and read again',
      withStore(makeContext, async (store) => {
        await fill(store, 'stream-1', 1_200);
        for await (const { revision } of store.readAll()) if (revision === 700n) break;
        expect(await all(store.readAll())).toHaveLength(1_200);
      }),
    );

    it(
      'an empty log has no head and no events',
      withStore(makeContext, async (store) => {
        expect(await store.headPosition()).toBeUndefined();
        expect(await all(store.readAll())).toEqual([]);
      }),
    );

    it(
      'a category is the filtered log, and ends at the first dash',
      withStore(makeContext, async (store) => {
        for (const stream of ['rec-1', 'recording-1', 'rec-a-b', 'recording-2', 'rec-1'] as const) {
          await store.append(stream, events(2), 'any');
        }
        const log = await all(store.readAll());
        const category = await all(store.readCategory('rec'));
        expect(category).toEqual(log.filter(({ stream }) => stream.startsWith('rec-')));
        expect(await all(store.readAll({ filter: { categories: ['rec'] } }))).toEqual(category);
        expect(await all(store.readCategory('rec', { after: at(category, 1).position, limit: 2 }))).toEqual(
          category.slice(2, 4),
        );
        expect(await all(store.readCategory('rec-a'))).toEqual([]);
        expect(await all(store.readCategory('unheard'))).toEqual([]);
      }),
    );

    it(
      'filters by any of the categories and any of the types',
      withStore(makeContext, async (store) => {
        const categories = Array.from({ length: 24 }, (_, n) => `c${n}`);
        const types = Array.from({ length: 24 }, (_, n) => `Type${n}`);
        await Promise.all(
          Array.from({ length: 700 }, (_, n) =>
            store.append(`c${(n * 7) % 24}-${n % 50}`, [event({ type: `Type${(n * n) % 24}` })], 'any'),
          ),
        );
        const log = await all(store.readAll());
        const names = (known: string[]) =>
          fc.option(fc.array(fc.constantFrom(...known, 'unheard')), { nil: undefined });
        await fc.assert(
          fc.asyncProperty(names(categories), names(types), async (wanted, wantedTypes) => {
            const filter: EventFilter = {
              ...(wanted && { categories: wanted }),
              ...(wantedTypes && { types: wantedTypes }),
            };
            const matching = log.filter(
              ({ stream, type }) =>
                (wanted?.includes(stream.slice(0, stream.indexOf('-'))) ?? true) &&
                (wantedTypes?.includes(type) ?? true),
            );
            expect(await ids(store.readAll({ filter }))).toEqual(matching.map(({ id }) => id));
          }),
          { numRuns: 30 },
        );
      }),
    );
  });

  describe('health and closing', () => {
    it(
      'is healthy while open; once closed, it says so and refuses everything',
      withStore(makeContext, async (store) => {
        expect(await store.health()).toMatchObject({ status: 'ok' });
        const last = store.append('stream-1', [event()], 'no_stream');
        await Promise.all([store.close(), store.close()]);
        await expect(last).resolves.toMatchObject({ revision: 0n });
        expect(await store.health()).toMatchObject({ status: 'down' });
        const refused = expect.objectContaining({ code: 'event-store.unavailable' });
        await expect(store.append('stream-1', [event()], 'any')).rejects.toEqual(refused);
        await expect(all(store.readAll())).rejects.toBeInstanceOf(EventStoreUnavailable);
        await expect(all(store.readStream('stream-1'))).rejects.toBeInstanceOf(EventStoreUnavailable);
        await expect(store.headRevision('stream-1')).rejects.toBeInstanceOf(EventStoreUnavailable);
        await expect(store.headPosition()).rejects.toBeInstanceOf(EventStoreUnavailable);
        expect(() => store.subscribe({ from: 'start', signal: new AbortController().signal })).toThrow(
          EventStoreUnavailable,
        );
      }),
    );
  });
}
