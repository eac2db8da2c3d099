import { describe, expect, it } from '@jest/globals';
import { join } from 'node:path';
import { all, at, event, events } from '../contract/context.testing.js';
import { makeKurrentDbContext } from '../kurrentdb/contract-context.testing.js';
import { MemoryEventStore } from '../memory/memory-event-store.js';
import type { EventStore, RecordedEvent, StreamName } from '../port.js';
import { SqliteEventStore } from '../sqlite/sqlite-event-store.js';
import { inFolder } from '../sqlite/temporary-log.testing.js';
import { copyLog } from './copy-log.js';
import { exportLog } from './export-log.js';
import { contentOf, fillVaried, serverLike } from './logs.testing.js';
import { asOriginal, ORIGINAL_TIME } from './recorded-events.js';
import { LogsDiffer } from './transfer-errors.js';

const contents = async (store: EventStore): Promise<unknown[]> => (await all(store.readAll())).map(contentOf);

describe('copying a log', () => {
  it('between embedded stores keeps everything, including the hash of the head', () =>
    inFolder(async (folder) => {
      const source = await SqliteEventStore.open(join(folder, 'a.db'));
      await fillVaried(source, 1_700);
      await source.setStreamMetadata('recording-1', { maxCount: 3 });
      await source.setStreamMetadata('recording-2', { maxAge: 60, truncateBefore: 5n });
      const target = await SqliteEventStore.open(join(folder, 'b.db'));
      const memory = new MemoryEventStore();
      for (const store of [target, memory]) {
        const result = await copyLog(source, store);
        expect(result).toEqual({ events: 1_700, appended: 1_700, hash: (await source.head()).hash });
        expect(await contents(store)).toEqual(await contents(source));
        expect(await all(store.readStream('recording-1'))).toHaveLength(3);
      }
      expect(await all(target.readRetention())).toEqual(await all(source.readRetention()));
      expect(await all(memory.readRetention())).toEqual(await all(source.readRetention()));
      expect(await target.verify({ expectedHead: await source.head() })).toMatchObject({ kind: 'intact' });
      await source.close();
      await target.close();
    }));

  it('to a server and back: the times stay in the metadata there, and come out again', async () => {
    const source = new MemoryEventStore({ now: () => Date.UTC(2026, 10, 1) });
    await fillVaried(source, 200);
    const server = serverLike();
    const there = await copyLog(source, server);
    expect(Math.max(...server.appends)).toBeGreaterThan(1);
    const [first] = await all(server.readAll());
    expect(first).toMatchObject({
      recordedAt: expect.stringMatching(/^2030/),
      metadata: { [ORIGINAL_TIME]: '2026-11-01T00:00:00.000Z', actor: 'test' },
    });
    expect((await all(server.readAll())).map(asOriginal).map(contentOf)).toEqual(await contents(source));
    const back = new MemoryEventStore();
    expect(await copyLog(server, back)).toEqual(there);
    expect(await contents(back)).toEqual(await contents(source));
  });

  it('to KurrentDB and back, and an export of it, give the very same log', () =>
    inFolder(async (folder) => {
      const source = await SqliteEventStore.open(join(folder, 'a.db'));
      const back = await SqliteEventStore.open(join(folder, 'b.db'));
      const { store: server, dispose } = await makeKurrentDbContext();
      try {
        await fillVaried(source, 150);
        const fold = async (_: StreamName, of: AsyncIterable<RecordedEvent>): Promise<unknown> =>
          (await all(of)).map(contentOf);
        await copyLog(source, server, { fold });
        await copyLog(server, back, { fold });
        expect(await back.head()).toEqual(await source.head());
        expect(await exportLog(server, join(folder, 'log.ndjson'))).toMatchObject({ hash: (await source.head()).hash });
      } finally {
        await dispose();
        await source.close();
        await back.close();
      }
    }));

  it('an empty one needs nothing', async () => {
    expect(await copyLog(new MemoryEventStore(), new MemoryEventStore())).toMatchObject({ events: 0, appended: 0 });
  });

  it.each(['an embedded store', 'a server'])('that was interrupted continues: to %s', async (kind) => {
    const source = new MemoryEventStore();
    await fillVaried(source, 1_300);
    const target = kind === 'a server' ? serverLike() : new MemoryEventStore();
    const abort = new AbortController();
    const onProgress = ({ phase, events: count }: { phase: string; events: number }): void => {
      if (phase === 'copying' && count >= 100) abort.abort(new Error('interrupted'));
    };
    await expect(copyLog(source, target, { signal: abort.signal, onProgress })).rejects.toThrow('interrupted');
    const done = (await all(target.readAll())).length;
    expect(done).toBeGreaterThan(50);
    expect(done).toBeLessThan(1_300);
    await source.append('late-1', events(3), 'no_stream');
    expect(await copyLog(source, target)).toMatchObject({ events: 1_303, appended: 1_303 - done });
    expect(await copyLog(source, target)).toMatchObject({ events: 1_303, appended: 0 });
  });

  it('takes what the source held at the beginning while it is written', async () => {
    const source = new MemoryEventStore();
    await fillVaried(source, 1_200);
    const onProgress = (): void => void source.append('busy-1', [event()], 'any');
    const target = new MemoryEventStore();
    expect(await copyLog(source, target, { onProgress })).toMatchObject({ events: 1_200 });
    expect(await target.headRevision('busy-1')).toBeUndefined();
  });
});

describe('a target that does not fit', () => {
  const target = async (body: (store: EventStore) => Promise<unknown>): Promise<EventStore> => {
    const store = new MemoryEventStore({ now: () => 0 });
    await body(store);
    return store;
  };

  it('is refused and not changed', async () => {
    const source = new MemoryEventStore({ now: () => 0 });
    const shared = event();
    await source.append('one-1', [shared, event()], 'no_stream');
    const { data, ...rest } = shared;
    const targets = [
      await target((store) => store.append('one-1', [event()], 'any')),
      await target((store) => store.append('two-1', [shared], 'any')),
      await target((store) => store.append('one-1', [{ ...rest, data: { ...data, more: 1 } }], 'any')),
      await target((store) => store.append('one-1', [shared, event()], 'any')),
      await target(async (store) => {
        await copyLog(source, store);
        await store.append('one-1', [event()], 'any');
      }),
    ];
    for (const store of targets) {
      const before = await all(store.readAll());
      await expect(copyLog(source, store)).rejects.toBeInstanceOf(LogsDiffer);
      expect(await all(store.readAll())).toEqual(before);
    }
  });

  it('and a source that has lost events, is distinguished from a good copy', async () => {
    const source = new MemoryEventStore();
    await source.append('one-1', events(4), 'no_stream');
    async function* scavenged(): AsyncGenerator<RecordedEvent> {
      for await (const each of source.readAll()) if (each.revision !== 1n) yield each;
    }
    const holed = { readAll: () => scavenged(), readStream: (stream: StreamName) => source.readStream(stream) };
    for (const store of [new MemoryEventStore(), serverLike()]) {
      const outcome = await copyLog(holed, store).catch((error: unknown) => error);
      expect(outcome).toBeInstanceOf(LogsDiffer);
      expect(String(outcome)).toContain('Revision 0 of one-1');
    }
  });

  it('because another program wrote to it meanwhile, is detected at the end', async () => {
    const source = new MemoryEventStore();
    await fillVaried(source, 1_200);
    const store = new MemoryEventStore();
    const onProgress = (): void => void store.append('alien-1', [event()], 'any');
    await expect(copyLog(source, store, { onProgress })).rejects.toBeInstanceOf(LogsDiffer);
  });
});

describe('the folded states', () => {
  it('are compared stream by stream, each once, up to what was copied', async () => {
    const source = new MemoryEventStore();
    await fillVaried(source, 100);
    const folded: [StreamName, number][] = [];
    const fold = async (stream: StreamName, of: AsyncIterable<RecordedEvent>): Promise<unknown> => {
      const list = await all(of);
      folded.push([stream, list.length]);
      return { last: at(list, -1).data };
    };
    const store = new MemoryEventStore();
    const onProgress = (): void => void source.append('recording-0', [event()], 'any');
    await copyLog(source, store, { fold, onProgress });
    expect(folded).toHaveLength(14);
    expect(new Set(folded.map(String)).size).toBe(7);
  });

  it('that differ are an error that names the stream', async () => {
    const source = new MemoryEventStore();
    await fillVaried(source, 20);
    let calls = 0;
    const fold = async (stream: StreamName): Promise<unknown> => (stream === 'recording-3' ? (calls += 1) : stream);
    await expect(copyLog(source, new MemoryEventStore(), { fold })).rejects.toThrow(/state of recording-3/);
  });
});

describe('appending what was recorded elsewhere', () => {
  it.each(['memory', 'sqlite'])('is all or nothing: %s', (kind) =>
    inFolder(async (folder) => {
      const store = kind === 'memory' ? new MemoryEventStore() : await SqliteEventStore.open(join(folder, 'events.db'));
      const source = new MemoryEventStore();
      await source.append('one-1', events(3), 'no_stream');
      await source.append('two-1', events(1), 'no_stream');
      const [a, b, c, d] = await all(source.readAll());
      const refusals = [
        [[a!, c!], 'event-store.wrong-expected-revision'],
        [[a!, { ...b!, id: a!.id }], 'event-store.event-id-conflict'],
        [[a!, { ...b!, recordedAt: 'yesterday' }], 'event-store.invalid-event'],
      ] as const;
      for (const [batch, code] of refusals) {
        await expect(store.appendRecorded(batch)).rejects.toMatchObject({ code });
        expect(await all(store.readAll())).toEqual([]);
      }
      await store.appendRecorded([a!, b!, d!]);
      await store.appendRecorded([c!]);
      expect((await all(store.readAll())).map(contentOf)).toEqual([a!, b!, d!, c!].map(contentOf));
      if (store instanceof SqliteEventStore) expect(await store.verify()).toMatchObject({ events: 4 });
      await store.close();
    }),
  );
});
