import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import { randomUUID } from 'node:crypto';
import { EventStoreUnavailable } from '../errors.js';
import type { EventQuery, EventStore, FoundEvents, Position, RecordedEvent, StreamName } from '../port.js';
import {
  all,
  at,
  event,
  type EventStoreContext,
  events,
  fill,
  type MakeContext,
  withStore,
} from './context.testing.js';

type Search = Omit<EventQuery, 'limit'>;

export function describeFinding(makeContext: MakeContext): void {
  describe('finding events', () => {
    it(
      'any mixture of criteria finds the same as checking every event, page by page, from either end',
      withStore(makeContext, async (store, context) => {
        const log = await writeMixedLog(store, context);
        const some = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { nil: undefined, freq: 1 });
        const anEvent = fc.constantFrom(...log);
        const names = (known: string[]) =>
          some(fc.array(fc.constantFrom(...known, 'unheard', 'Unheard'), { maxLength: 4 }));
        const search: fc.Arbitrary<Search> = fc
          .record({
            stream: some(
              fc.oneof(
                anEvent.map(({ stream }): string => stream),
                fc.constantFrom('a-none', 'nodash', ''),
              ),
            ),
            categories: names(['a', 'b', 'c']),
            types: names(['One', 'Two', 'Three', 'Four']),
            correlationId: some(
              fc.oneof(
                anEvent.map(({ metadata }) => metadata.$correlationId),
                fc.constant(randomUUID()),
              ),
            ),
            recordedFrom: some(anEvent.map(({ recordedAt }) => recordedAt)),
            recordedTo: some(anEvent.map(({ recordedAt }) => recordedAt)),
            after: some(anEvent.map(({ position }) => position)),
            before: some(anEvent.map(({ position }) => position)),
            direction: some(fc.constantFrom('forwards' as const, 'backwards' as const)),
          })
          // Criteria that are not used are left out, not undefined.
          .map((record): Search => JSON.parse(JSON.stringify(record, replaceBigint), reviveBigint));
        await fc.assert(
          fc.asyncProperty(search, fc.integer({ min: 9, max: 90 }), async (wanted, limit) => {
            const found = await findAll(store, wanted, limit);
            expect(found.map(({ position }) => position)).toEqual(naive(log, wanted).map(({ position }) => position));
            const known = new Map(log.map((each) => [each.position, each]));
            for (const each of found) expect(each).toEqual(known.get(each.position));
          }),
          { numRuns: 25 },
        );
      }),
    );

    it(
      'a page ends when it is full, and says where to continue only if there is more',
      withStore(makeContext, async (store) => {
        await store.append('stream-1', events(5), 'no_stream');
        const log = await all(store.readAll());
        const find = (query: EventQuery) => store.find(query).then(shape);
        const positions = log.map(({ position }) => position);
        expect(await find({ limit: 5 })).toEqual([positions, undefined]);
        expect(await find({ limit: 4 })).toEqual([positions.slice(0, 4), positions[3]]);
        expect(await find({ limit: 4, after: at(positions, 3) })).toEqual([positions.slice(4), undefined]);
        const newest = positions.toReversed();
        expect(await find({ limit: 2, direction: 'backwards' })).toEqual([newest.slice(0, 2), newest[1]]);
        expect(await find({ limit: 3, direction: 'backwards', before: at(newest, 1) })).toEqual([
          newest.slice(2),
          undefined,
        ]);
        const beyond = (2n ** 80n) as Position;
        expect(await find({ limit: 9, after: beyond })).toEqual([[], undefined]);
        expect(await find({ limit: 9, before: beyond })).toEqual([positions, undefined]);
        expect(await find({ limit: 9, before: 0n as Position })).toEqual([[], undefined]);
      }),
    );

    it(
      'distinguishes correlation ids that begin alike',
      withStore(makeContext, async (store) => {
        const ids = ['schedule-nightly', 'schedule-weekly', 'schedule', 'ü😀schedule-1', 'ü😀schedule-2', ''];
        for (const [n, $correlationId] of ids.entries()) {
          const metadata = {
            $correlationId,
            $causationId: randomUUID(),
            actor: 'test',
            note: { $correlationId: 'other' },
          };
          await store.append(`stream-${n}`, [event({ metadata })], 'any');
        }
        for (const correlationId of ids) {
          const { events: found } = await store.find({ correlationId, limit: 9 });
          expect(found.map(({ metadata }) => metadata.$correlationId)).toEqual([correlationId]);
        }
        expect((await store.find({ correlationId: 'other', limit: 9 })).events).toEqual([]);
      }),
    );

    it(
      'skips events that do not match to the one that does at the far end',
      withStore(makeContext, async (store) => {
        const needle = { $correlationId: randomUUID(), $causationId: randomUUID(), actor: 'test' };
        await store.append('hay-1', [event({ type: 'Needle' })], 'any');
        await fill(store, 'hay-1', 6_000);
        await store.append('hay-2', [event({ metadata: needle })], 'any');
        await fill(store, 'hay-1', 10);
        const correlationId = needle.$correlationId;
        for (const direction of ['forwards', 'backwards'] as const) {
          const found = await findAll(store, { correlationId, categories: ['hay'], direction }, 5);
          expect(found.map(({ stream }) => stream)).toEqual(['hay-2']);
          expect(await findAll(store, { stream: 'hay-1', types: ['Needle'], direction }, 5)).toHaveLength(1);
        }
      }),
    );

    it(
      'what retention hides in a stream is still found',
      withStore(makeContext, async (store) => {
        await store.append('beat-1', events(5), 'no_stream');
        await store.setStreamMetadata('beat-1', { maxCount: 1 });
        expect((await store.find({ categories: ['beat'], limit: 9 })).events).toHaveLength(5);
      }),
    );

    it(
      'an event is found by its position, and by no other',
      withStore(makeContext, async (store) => {
        expect(await store.eventAt(1n as Position)).toBeUndefined();
        await store.append('stream-1', events(3), 'no_stream');
        for (const known of await all(store.readAll())) expect(await store.eventAt(known.position)).toEqual(known);
        const head = (await store.headPosition()) ?? 0n;
        for (const unknown of [0n, head + 1n, 2n ** 62n, 2n ** 80n])
          expect(await store.eventAt(unknown as Position)).toBeUndefined();
      }),
    );

    it(
      'refuses invalid queries, and everything once it is closed',
      withStore(makeContext, async (store) => {
        for (const limit of [0, -1, 1.5, Number.NaN])
          await expect(store.find({ limit })).rejects.toBeInstanceOf(RangeError);
        await expect(store.find({ limit: 1, recordedTo: 'yesterday' })).rejects.toBeInstanceOf(RangeError);
        await store.close();
        await expect(store.find({ limit: 1 })).rejects.toBeInstanceOf(EventStoreUnavailable);
        await expect(store.eventAt(1n as Position)).rejects.toBeInstanceOf(EventStoreUnavailable);
      }),
    );
  });
}

/** Streams of three categories, four types (not all in each), a few correlation ids, and a clock that jumps. */
async function writeMixedLog(store: EventStore, { advanceClock }: EventStoreContext): Promise<RecordedEvent[]> {
  const correlations = Array.from({ length: 8 }, () => randomUUID());
  const types = ['One', 'Two', 'Three', 'Four'];
  for (let n = 0; n < 120; n += 1) {
    const category = at(['a', 'b', 'c', 'c'], n % 4);
    const stream: StreamName = `${category}-${(n * n) % 5}`;
    const type = category === 'b' ? 'Four' : at(types, (n * 7) % 3);
    const $correlationId = at(correlations, (n * n * 3) % 8);
    await store.append(
      stream,
      events(1 + (n % 3), { type, metadata: { $correlationId, $causationId: randomUUID(), actor: 'test' } }),
      'any',
    );
    advanceClock?.(n % 30 === 29 ? -40 * (n % 7) : n % 3);
  }
  return all(store.readAll());
}

function naive(log: readonly RecordedEvent[], search: Search): readonly RecordedEvent[] {
  const { stream, categories, types, correlationId, recordedFrom, recordedTo, after, before, direction } = search;
  const found = log.filter(
    (each) =>
      (stream === undefined || each.stream === stream) &&
      (categories === undefined || categories.includes(each.stream.split('-')[0] ?? '')) &&
      (types === undefined || types.includes(each.type)) &&
      (correlationId === undefined || each.metadata.$correlationId === correlationId) &&
      (recordedFrom === undefined || each.recordedAt >= recordedFrom) &&
      (recordedTo === undefined || each.recordedAt <= recordedTo) &&
      (after === undefined || each.position > after) &&
      (before === undefined || each.position < before),
  );
  return direction === 'backwards' ? found.toReversed() : found;
}

/** Page by page to the end. */
async function findAll(store: EventStore, search: Search, limit: number): Promise<RecordedEvent[]> {
  const found: RecordedEvent[] = [];
  let next: Position | undefined;
  do {
    const on = next === undefined ? {} : search.direction === 'backwards' ? { before: next } : { after: next };
    const page: FoundEvents = await store.find({ ...search, ...on, limit });
    expect(page.events.length).toBeLessThanOrEqual(limit);
    found.push(...page.events);
    next = page.next;
  } while (next !== undefined);
  return found;
}

const shape = ({ events: found, next }: FoundEvents) => [found.map(({ position }) => position), next];

const replaceBigint = (_key: string, value: unknown): unknown =>
  typeof value === 'bigint' ? { bigint: String(value) } : value;
const reviveBigint = (_key: string, value: unknown): unknown =>
  typeof value === 'object' && value !== null && 'bigint' in value ? BigInt(String(value.bigint)) : value;
