import { describe, expect, it } from '@jest/globals';
import { InvalidEvent, WrongExpectedRevision } from '../errors.js';
import type { EventStore, ExpectedRevision, NewEvent, StreamName } from '../port.js';
import { all, event, events, ids, type MakeContext, Subscriber, withStore } from './context.testing.js';

export function describeAppending(makeContext: MakeContext): void {
  describe('appending', () => {
    it(
      'gives revisions from 0 and keeps what was appended unchanged',
      withStore(makeContext, async (store) => {
        const first = event({
          id: 'ABCDEF00-1111-4222-8333-444455556666',
          data: { text: 'tschüß \u{1f3a5} \u0000 "\\', deep: [{ n: -1.5e-7 }, [], {}, null, true], big: 2 ** 53 },
        });
        const second = event({ type: 'SomethingElseHappened', version: 3 });
        const result = await store.append('recording-a-b', [first, second], 'no_stream');
        const [a, b] = await all(store.readStream('recording-a-b'));
        expect(result).toMatchObject({ revision: 1n, position: b?.position, alreadyAppended: false });
        expect(a).toMatchObject({ ...first, id: first.id.toLowerCase(), stream: 'recording-a-b', revision: 0n });
        expect(b).toMatchObject({ ...second, stream: 'recording-a-b', revision: 1n });
        expect(a?.recordedAt).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
      }),
    );

    const onMissing: [ExpectedRevision, boolean][] = [['any', true], ['no_stream', true], ['stream_exists', false], [0n, false], [7n, false]]; // prettier-ignore
    it.each(onMissing)('expecting %p of a missing stream: stored %p', (expected, stored) =>
      withStore(makeContext, (store) => expectAppend(store, 'stream-1', expected, stored, 'no_stream'))(),
    );

    const onTwo: [ExpectedRevision, boolean][] = [['any', true], ['stream_exists', true], [1n, true], ['no_stream', false], [0n, false], [2n, false]]; // prettier-ignore
    it.each(onTwo)('expecting %p of a stream at revision 1: stored %p', (expected, stored) =>
      withStore(makeContext, async (store) => {
        await store.append('stream-1', events(2), 'no_stream');
        await expectAppend(store, 'stream-1', expected, stored, 1n);
      })(),
    );

    it(
      'a refused append changes nothing: not the head, not the log, no subscriber, and the next one fits (Emmett #1, #3)',
      withStore(makeContext, async (store) => {
        const stored = events(2);
        await store.append('stream-1', stored, 'no_stream');
        const live = new Subscriber(store);
        await live.caughtUp();
        await expect(store.append('stream-1', events(3), 0n)).rejects.toBeInstanceOf(WrongExpectedRevision);
        await expect(store.append('stream-2', events(3), 'stream_exists')).rejects.toBeInstanceOf(
          WrongExpectedRevision,
        );
        const next = await store.append('stream-1', [event()], 1n);
        expect(next.revision).toBe(2n);
        expect(await store.headRevision('stream-2')).toBeUndefined();
        await live.eventCount(3);
        expect(live.events.map(({ revision }) => revision)).toEqual([0n, 1n, 2n]);
        live.stop();
      }),
    );

    it(
      'fifty simultaneous appends to fifty streams are all stored',
      withStore(makeContext, async (store) => {
        const results = await Promise.all(
          Array.from({ length: 50 }, (_, n) => store.append(`stream-${n}`, events(2), 'no_stream')),
        );
        expect(new Set(results.map(({ position }) => position)).size).toBe(50);
        expect(await ids(store.readAll())).toHaveLength(100);
      }),
    );

    it(
      'of fifty simultaneous appends with the same expected revision of one stream, one wins',
      withStore(makeContext, async (store) => {
        await store.append('stream-1', [event()], 'no_stream');
        const results = await Promise.allSettled(
          Array.from({ length: 50 }, () => store.append('stream-1', [event()], 0n)),
        );
        const lost = results.filter((result) => result.status === 'rejected');
        expect(lost).toHaveLength(49);
        for (const { reason } of lost) expect(reason).toMatchObject({ expected: 0n, actual: 1n });
        expect(await store.headRevision('stream-1')).toBe(1n);
      }),
    );

    it(
      'a failing append among others does not affect them and stores nothing (Emmett #7)',
      withStore(makeContext, async (store) => {
        const taken = event();
        await store.append('stream-3', [taken], 'no_stream');
        const appends = Array.from({ length: 20 }, (_, n) => [event(), event(), event({ type: `Type${n}` })] as const);
        // The third append writes its first event before its second turns out to exist already.
        const results = await Promise.allSettled(
          appends.map(([a, b, c], n) => store.append(`stream-${n}`, n === 3 ? [a, taken, c] : [a, b, c], 'any')),
        );
        expect(results.flatMap(({ status }, n) => (status === 'rejected' ? [n] : []))).toEqual([3]);
        expect(await ids(store.readStream('stream-3'))).toEqual([taken.id]);
        expect(await store.headRevision('stream-3')).toBe(0n);
        for (const n of [2, 4, 19]) {
          expect(await ids(store.readStream(`stream-${n}`))).toEqual(appends[n]?.map(({ id }) => id));
        }
        expect((await store.append('stream-3', [event()], 0n)).revision).toBe(1n);
      }),
    );

    it(
      'stores the events as they were when append was called',
      withStore(makeContext, async (store) => {
        const data = { list: [1, 2] };
        const appended = store.append('stream-1', [event({ data })], 'no_stream');
        data.list.push(3);
        await appended;
        const [read] = await all(store.readStream('stream-1'));
        expect(read?.data).toEqual({ list: [1, 2] });
      }),
    );

    const cyclic: Record<string, unknown> = {};
    cyclic['self'] = [cyclic];
    const bad: [string, Partial<Record<keyof NewEvent, unknown>>][] = [
      ['a bigint', { data: { deep: [{ size: 1n }] } }],
      ['undefined', { data: { size: undefined } }],
      ['a hole in an array', { data: { list: [1, , 3] } }], // oxlint-disable-line no-sparse-arrays
      ['a function', { data: { size: () => 1 } }],
      ['a symbol', { metadata: { size: Symbol('x') } }],
      ['NaN', { data: { size: Number.NaN } }],
      ['Infinity', { data: { size: -Infinity } }],
      ['a date', { data: { at: new Date(0) } }],
      ['a map', { data: { at: new Map() } }],
      ['a class instance', { data: { at: new URL('http://localhost') } }],
      ['a cycle', { data: cyclic }],
      ['an array for data', { data: [] }],
      ['null for data', { data: null }],
      ['text for metadata', { metadata: 'x' }],
      ['an id that is no UUID', { id: '42' }],
      ['no type', { type: '' }],
      ['a system type', { type: '$metadata' }],
      ['a version of 0', { version: 0 }],
      ['a version of 1.5', { version: 1.5 }],
    ];
    it.each(bad)('refuses %s as a whole', (_, overrides) =>
      withStore(makeContext, async (store) => {
        const broken = event(overrides as Partial<NewEvent>);
        await expect(store.append('stream-1', [event(), broken], 'any')).rejects.toBeInstanceOf(InvalidEvent);
        expect(await store.headPosition()).toBeUndefined();
      })(),
    );

    it.each(['', 'nodash', '-id', 'category-', '$system-1', 'a-\n', `a-${'x'.repeat(600)}`, 'a-\ud800'])(
      'refuses the stream name %p',
      (name) =>
        withStore(makeContext, async (store) => {
          await expect(store.append(name as StreamName, [event()], 'any')).rejects.toBeInstanceOf(InvalidEvent);
        })(),
    );

    it(
      'refuses an empty append, a doubled id and an impossible revision',
      withStore(makeContext, async (store) => {
        const twice = event();
        await expect(store.append('stream-1', [] as never, 'any')).rejects.toBeInstanceOf(InvalidEvent);
        await expect(store.append('stream-1', [twice, { ...twice }], 'any')).rejects.toBeInstanceOf(InvalidEvent);
        for (const expected of [-1n, 0, 'exists', undefined]) {
          await expect(store.append('stream-1', [event()], expected as never)).rejects.toBeInstanceOf(InvalidEvent);
        }
      }),
    );
  });
}

async function expectAppend(
  store: EventStore,
  stream: StreamName,
  expected: ExpectedRevision,
  isStored: boolean,
  actual: bigint | 'no_stream',
): Promise<void> {
  const before = await ids(store.readAll());
  const added = event();
  const outcome = await store.append(stream, [added], expected).catch((error: unknown) => error);
  if (isStored) {
    expect(outcome).toMatchObject({ revision: actual === 'no_stream' ? 0n : actual + 1n, alreadyAppended: false });
    expect(await ids(store.readAll())).toEqual([...before, added.id]);
  } else {
    expect(outcome).toBeInstanceOf(WrongExpectedRevision);
    expect(outcome).toMatchObject({ code: 'event-store.wrong-expected-revision', stream, expected, actual });
    expect(await ids(store.readAll())).toEqual(before);
  }
}
