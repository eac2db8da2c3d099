import { describe, expect, it } from '@jest/globals';
import Database from 'better-sqlite3';
import { existsSync } from 'node:fs';
import { readFile, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { all, event, events, fill, ids } from '../contract/context.testing.js';
import { EventLogDamaged, EventLogMissing, EventLogTooNew } from '../errors.js';
import { SqliteEventStore } from './sqlite-event-store.js';
import { inFolder } from './temporary-log.testing.js';

describe('a log opened for reading only', () => {
  it('is read beside its writer, and shows what was committed when a read begins', () =>
    inFolder(async (folder) => {
      const path = join(folder, 'events.db');
      const store = await SqliteEventStore.open(path);
      const reader = await SqliteEventStore.openReadOnly(path);
      expect([await reader.headPosition(), await reader.headRevision('one-1')]).toEqual([undefined, undefined]);
      for (const count of [3, 700]) {
        await fill(store, 'one-1', count);
        expect(await ids(reader.readAll())).toEqual(await ids(store.readAll()));
        expect(await ids(reader.readStream('one-1'))).toEqual(await ids(store.readStream('one-1')));
        expect(await reader.headRevision('one-1')).toBe(await store.headRevision('one-1'));
        expect(await reader.headPosition()).toBe(await store.headPosition());
        expect(await reader.head()).toEqual(await store.head());
        expect(await reader.verify()).toEqual(await store.verify());
      }
      await store.setStreamMetadata('one-1', { maxCount: 2 });
      expect(await all(reader.readStream('one-1'))).toHaveLength(2);
      const { position, hash } = await store.head();
      expect(await reader.hashAt(position)).toBe(hash);
      await reader.close();
      await store.append('one-1', [event()], 'stream_exists');
      await store.close();
    }));

  it('leaves no trace, and needs no writer', () =>
    inFolder(async (folder) => {
      const path = join(folder, 'events.db');
      const store = await SqliteEventStore.open(path);
      await store.append('one-1', events(3), 'no_stream');
      await store.close();
      const before = await readFile(path);
      const reader = await SqliteEventStore.openReadOnly(path);
      expect(await all(reader.readAll())).toHaveLength(3);
      await reader.close();
      expect(before.equals(await readFile(path))).toBe(true);
      await expect(reader.head()).rejects.toMatchObject({ code: 'event-store.unavailable' });
    }));

  it('is not created if missing', () =>
    inFolder(async (folder) => {
      const path = join(folder, 'events.db');
      for (const place of [path, folder]) {
        await expect(SqliteEventStore.openReadOnly(place)).rejects.toBeInstanceOf(EventLogMissing);
      }
      expect(existsSync(path)).toBe(false);
    }));

  it('of a newer version, or of something else, is refused', () =>
    inFolder(async (folder) => {
      const path = join(folder, 'events.db');
      await (await SqliteEventStore.open(path)).close();
      const db = new Database(path);
      db.exec('PRAGMA user_version = 99');
      db.close();
      await expect(SqliteEventStore.openReadOnly(path)).rejects.toBeInstanceOf(EventLogTooNew);
      await writeFile(join(folder, 'else.db'), 'x'.repeat(5_000));
      await writeFile(join(folder, 'empty.db'), '');
      for (const name of ['else.db', 'empty.db']) {
        await expect(SqliteEventStore.openReadOnly(join(folder, name))).rejects.toBeInstanceOf(EventLogDamaged);
      }
    }));
});

describe('a log file that was cut off', () => {
  it.each([0.99, 0.5, 0.1, 0.001])('to %d of its length is refused as such, and not touched', (part) =>
    inFolder(async (folder) => {
      const path = join(folder, 'events.db');
      const store = await SqliteEventStore.open(path);
      await fill(store, 'one-1', 500);
      await store.close();
      const whole = await readFile(path);
      const length = Math.floor(whole.length * part);
      await truncate(path, length);
      for (const open of [() => SqliteEventStore.open(path), () => SqliteEventStore.openReadOnly(path)]) {
        const outcome = await open().catch((error: unknown) => error);
        expect(outcome).toBeInstanceOf(EventLogDamaged);
        expect(String(outcome)).toContain(`was cut off: it has ${length} bytes`);
      }
      expect(whole.subarray(0, length).equals(await readFile(path))).toBe(true);
    }),
  );

  it('is not a file whose newest pages are still in the WAL of a killed writer', () =>
    inFolder(async (folder) => {
      const path = join(folder, 'events.db');
      const copy = join(folder, 'copy.db');
      const store = await SqliteEventStore.open(path);
      await fill(store, 'one-1', 500);
      // As a kill leaves it: nothing of the WAL is in the file yet.
      for (const suffix of ['', '-wal']) await writeFile(copy + suffix, await readFile(path + suffix));
      await store.close();
      const reopened = await SqliteEventStore.open(copy);
      expect(await reopened.verify()).toMatchObject({ kind: 'intact', events: 500 });
      await reopened.close();
    }));
});
