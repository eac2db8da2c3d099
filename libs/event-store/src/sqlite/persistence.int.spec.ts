import { describe, expect, it } from '@jest/globals';
import Database from 'better-sqlite3';
import { existsSync } from 'node:fs';
import { chmod, readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { all, event, events, fill, ids, revisions, Subscriber } from '../contract/context.testing.js';
import { SqliteEventStore } from './sqlite-event-store.js';
import { inFolder } from './temporary-log.testing.js';

describe('the content of a log', () => {
  it('is there again after reopening: events, heads, retention, and which appends it has seen', () =>
    inFolder(async (folder) => {
      const path = join(folder, 'events.db');
      const first = await SqliteEventStore.open(path);
      const batch = events(5);
      const result = await first.append('stream-1', batch, 'no_stream');
      await first.append('other-1', events(2), 'no_stream');
      await first.setStreamMetadata('stream-1', { maxCount: 2 });
      const before = await all(first.readAll());
      await first.close();
      expect(existsSync(`${path}-wal`)).toBe(false);

      const second = await SqliteEventStore.open(path);
      expect(await all(second.readAll())).toEqual(before);
      expect(await second.headPosition()).toBe(before.at(-1)!.position);
      expect(await revisions(second.readStream('stream-1'))).toEqual([3n, 4n]);
      expect(await second.append('stream-1', batch, 'no_stream')).toEqual({ ...result, alreadyAppended: true });
      expect((await second.append('stream-1', [event()], 4n)).revision).toBe(5n);
      await second.close();
    }));

  it('can be read by its owner only, also if it once was public', () =>
    inFolder(async (folder) => {
      const path = join(folder, 'events.db');
      const modes = async () => {
        const files = (await readdir(folder)).filter((name) => name.startsWith('events.db') || name === 'backup.db');
        return Promise.all(files.map(async (name) => (await stat(join(folder, name))).mode & 0o777));
      };
      const first = await SqliteEventStore.open(path);
      await first.append('stream-1', [event()], 'any');
      expect(new Set(await modes())).toEqual(new Set([0o600]));
      await first.backUp(join(folder, 'backup.db'));
      await first.close();
      await chmod(path, 0o644);
      await (await SqliteEventStore.open(path)).close();
      expect(new Set(await modes())).toEqual(new Set([0o600]));
    }));

  it('never gives a position twice, whatever was deleted', () =>
    inFolder(async (folder) => {
      const path = join(folder, 'events.db');
      const first = await SqliteEventStore.open(path);
      const { position } = await first.append('stream-1', events(3), 'no_stream');
      await first.close();
      const db = new Database(path);
      db.exec('DELETE FROM event WHERE revision > 0');
      db.close();
      const second = await SqliteEventStore.open(path);
      const next = await second.append('stream-1', [event()], 0n);
      expect(next.position > position).toBe(true);
      await second.close();
    }));

  it('may be large: payloads beyond what a page carries arrive complete, in streams, log and subscriptions', () =>
    inFolder(async (folder) => {
      const store = await SqliteEventStore.open(join(folder, 'events.db'));
      const sizes = [10, 16_000, 17_000, 200_000, 5_000_000, 20];
      const batch = sizes.map((size) => event({ data: { text: 'ä'.repeat(size) } }));
      const long = event({ metadata: { $correlationId: 'c', $causationId: 'c', actor: 'x'.repeat(40_000) } });
      for (const one of [...batch, long]) await store.append('stream-1', [one], 'any');
      const log = await all(store.readAll());
      expect(log.map(({ data }) => (data['text'] as string | undefined)?.length)).toEqual([...sizes, undefined]);
      expect(log.at(-1)).toMatchObject(long);
      expect(await all(store.readStream('stream-1'))).toEqual(log);
      const subscriber = new Subscriber(store);
      await subscriber.caughtUp();
      expect(subscriber.events).toEqual(log);
      subscriber.stop();
      await store.close();
    }));

  it('is found across long stretches that do not match, with progress in between', () =>
    inFolder(async (folder) => {
      const store = await SqliteEventStore.open(join(folder, 'events.db'));
      const first = event({ type: 'Rare' });
      const last = event({ type: 'Rare' });
      await store.append('stream-1', [first], 'any');
      await fill(store, 'stream-1', 60_000, 3_000);
      await store.append('stream-1', [last], 'any');
      const filter = { types: ['Rare'] };
      expect(await ids(store.readAll({ filter }))).toEqual([first.id, last.id]);
      const subscriber = new Subscriber(store, 'start', filter);
      await subscriber.caughtUp();
      expect(subscriber.kinds).toEqual(['event', 'checkpoint', 'event', 'caughtUp']);
      subscriber.stop();
      await store.close();
    }));

  it('can be read by others while it is written', () =>
    inFolder(async (folder) => {
      const path = join(folder, 'events.db');
      const store = await SqliteEventStore.open(path);
      await store.append('stream-1', events(3), 'no_stream');
      const reader = new Database(path, { readonly: true });
      reader.exec('BEGIN');
      expect(reader.prepare('SELECT count(*) FROM event').pluck().get()).toBe(3);
      await store.append('stream-1', [event()], 2n);
      expect(reader.prepare('SELECT count(*) FROM event').pluck().get()).toBe(3);
      reader.close();
      await store.close();
    }));

  it('a failed write shows in the health until one succeeds', () =>
    inFolder(async (folder) => {
      const path = join(folder, 'events.db');
      const store = await SqliteEventStore.open(path);
      // Another program writes for longer than the store is patient.
      const other = new Database(path);
      other.exec('BEGIN IMMEDIATE');
      const code = 'event-store.unavailable';
      await expect(store.append('stream-1', [event()], 'any')).rejects.toMatchObject({ code });
      expect(await store.health()).toMatchObject({
        status: 'down',
        detail: expect.stringContaining('held by another'),
      });
      other.exec('ROLLBACK');
      other.close();
      await store.append('stream-1', [event()], 'no_stream');
      expect(await store.health()).toMatchObject({ status: 'ok' });
      await store.close();
    }));
});
