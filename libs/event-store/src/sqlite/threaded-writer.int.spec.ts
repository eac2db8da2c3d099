import { describe, expect, it } from '@jest/globals';
import Database from 'better-sqlite3';
import { join } from 'node:path';
import { all, event, events } from '../contract/context.testing.js';
import { EventStoreUnavailable } from '../errors.js';
import { prepareEvents } from '../new-events.js';
import { openDatabase } from './open-database.js';
import { SqliteEventStore } from './sqlite-event-store.js';
import { inFolder } from './temporary-log.testing.js';
import type { Write } from './writer-messages.js';
import { type Committed, ThreadedWriter } from './threaded-writer.js';

const positionOf = ([, position]: readonly [number, number, boolean]): number => position;

function append(stream: `${string}-${string}`): Write {
  return { kind: 'append', stream, events: prepareEvents([event()]), expected: 'any', recordedAt: 0 };
}

/** Impossible for a caller: every write is checked before it is sent. */
const defect = { kind: 'appendRecorded', events: [null] } as unknown as Write;

async function withThread(body: (thread: ThreadedWriter) => Promise<void>): Promise<void> {
  await inFolder(async (folder) => {
    const { db, lock, path } = await openDatabase(join(folder, 'events.db'), 0);
    const thread = await ThreadedWriter.start(path);
    try {
      await body(thread);
    } finally {
      db.close();
      await thread.close();
      lock.release();
    }
  });
}

describe('the writer of a log', () => {
  it('blocks only those who wait for it', () =>
    inFolder(async (folder) => {
      const path = join(folder, 'events.db');
      const store = await SqliteEventStore.open(path);
      await store.append('one-1', events(3), 'no_stream');
      // As with a disk that does not answer: the commit waits as long as this lock is held, here in this very thread.
      const held = new Database(path);
      held.exec('BEGIN IMMEDIATE');
      const appended = store.append('one-1', [event()], 2n);
      expect(await all(store.readStream('one-1'))).toHaveLength(3);
      expect(await store.headPosition()).toBe(3n);
      held.exec('ROLLBACK');
      held.close();
      expect(await appended).toMatchObject({ revision: 3n, position: 4n });
      await store.close();
    }));

  it('shows an event in log and stream as soon as its append resolves, and both alike to woken subscribers', () =>
    inFolder(async (folder) => {
      const store = await SqliteEventStore.open(join(folder, 'events.db'));
      const { signal } = new AbortController();
      const woken = (async () => {
        for await (const message of store.subscribe({ from: 'start', signal })) {
          if (message.kind !== 'event') continue;
          const { revision, stream } = message.event;
          expect(await all(store.readStream(stream, { from: revision, limit: 1 }))).toEqual([message.event]);
          if (revision === 99n) return;
        }
      })();
      for (let n = 0; n < 50; n += 1) {
        const { revision, position } = await store.append('one-1', events(2), 'any');
        expect([await store.headRevision('one-1'), await store.headPosition()]).toEqual([revision, position]);
        expect(await all(store.readStream('one-1', { from: revision }))).toHaveLength(1);
      }
      await woken;
      await store.close();
    }));

  it('stores what was requested before the close, and nothing after', () =>
    inFolder(async (folder) => {
      const path = join(folder, 'events.db');
      const store = await SqliteEventStore.open(path);
      const appends = Array.from({ length: 300 }, (_, n) => store.append(`one-${n}`, [event()], 'no_stream'));
      const closed = store.close();
      await expect(store.append('late-1', [event()], 'any')).rejects.toBeInstanceOf(EventStoreUnavailable);
      expect(await Promise.all(appends)).toHaveLength(300);
      await closed;
      const again = await SqliteEventStore.open(path, { lockPatienceMs: 0 });
      expect(await all(again.readAll())).toHaveLength(300);
      await again.close();
    }));

  it('reports a commit before the results of its writes, once, in order', () =>
    withThread(async (thread) => {
      const told: (readonly Committed[])[] = [];
      let head = 0;
      thread.onCommit = (position, committed) => {
        head = position;
        told.push(committed);
      };
      const seen: number[] = [];
      const writes = Array.from({ length: 20 }, (_, n) =>
        thread.write(append(`one-${n}`), positionOf).then((position) => {
          expect(head).toBeGreaterThanOrEqual(position);
          seen.push(position);
        }),
      );
      await Promise.all(writes);
      expect(seen).toEqual(Array.from({ length: 20 }, (_, n) => n + 1));
      expect(told.flat().map(({ written }) => positionOf(written))).toEqual(seen);
    }));

  it('takes no other part down when it dies: pending and later writes are rejected with the cause', () =>
    withThread(async (thread) => {
      const deaths: unknown[] = [];
      thread.onDeath = (death) => deaths.push(death);
      await thread.write(append('one-1'), positionOf);
      const results = await Promise.allSettled([
        thread.write(defect, positionOf),
        thread.write(append('one-2'), positionOf),
      ]);
      for (const result of results) {
        expect(result).toMatchObject({ status: 'rejected', reason: expect.any(EventStoreUnavailable) });
        expect(result).toMatchObject({ reason: { message: expect.stringMatching(/has died \(.*null.*\).*restart/) } });
      }
      await thread.idle();
      expect(thread.death).toMatchObject({ code: 'event-store.unavailable' });
      expect(deaths).toEqual([thread.death]);
      await expect(thread.write(append('one-3'), positionOf)).rejects.toBe(thread.death);
    }));

  it('is reported when it hangs for seconds, and not given up', () =>
    inFolder(async (folder) => {
      const path = join(folder, 'events.db');
      const store = await SqliteEventStore.open(path);
      const held = new Database(path);
      held.exec('BEGIN IMMEDIATE');
      // SQLite waits longer for a locked file than we wait for the thread.
      const appended = store.append('one-1', [event()], 'any');
      const silent = async () => (await store.health()).detail?.includes('no sign of life') === true;
      while (!(await silent())) await new Promise((resolve) => setTimeout(resolve, 50));
      expect(await store.health()).toMatchObject({ status: 'down' });
      held.exec('ROLLBACK');
      held.close();
      await appended;
      while (await silent()) await new Promise((resolve) => setTimeout(resolve, 50));
      expect(await store.health()).toMatchObject({ status: 'ok' });
      await store.close();
    }));

  it('that stays silent for good has died, for whoever supervises the server to start another', () =>
    inFolder(async (folder) => {
      const path = join(folder, 'events.db');
      await (await SqliteEventStore.open(path)).close();
      const thread = await ThreadedWriter.start(path, 0, 4000);
      const held = new Database(path);
      held.exec('BEGIN IMMEDIATE');
      const death = new Promise<Error>((resolve) => (thread.onDeath = resolve));
      await expect(thread.write(append('one-1'), positionOf)).rejects.toThrow(/no sign of life for 4 s/);
      expect((await death).message).toMatch(/restart StreamVault/);
      held.exec('ROLLBACK');
      held.close();
      await thread.close();
    }));

  it('that cannot begin says why', () =>
    inFolder(async (folder) => {
      await expect(ThreadedWriter.start(join(folder, 'nothing.db'))).rejects.toMatchObject({
        code: 'event-store.not-writable',
      });
    }));
});
