import { describe, expect, it } from '@jest/globals';
import Database from 'better-sqlite3';
import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { chmod, mkdir, readFile, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { all, event, events } from '../contract/context.testing.js';
import { EventLogDamaged, EventLogNotWritable, EventLogTooNew, EventStoreLocked } from '../errors.js';
import { openDatabase } from './open-database.js';
import { SqliteEventStore } from './sqlite-event-store.js';
import { inFolder } from './temporary-log.testing.js';

const AT_ONCE = { lockPatienceMs: 0 };

describe('opening a log', () => {
  it('creates the folder and the file, in WAL mode, with a sync for every commit', () =>
    inFolder(async (folder) => {
      const { db, lock } = await openDatabase(join(folder, 'not', 'there', 'events.db'), 0);
      const pragma = (name: string): unknown => db.pragma(name, { simple: true });
      expect([pragma('journal_mode'), pragma('synchronous'), pragma('busy_timeout')]).toEqual(['wal', 2, 5_000]);
      expect(pragma('wal_autocheckpoint')).toBe(4_000);
      db.close();
      lock.release();
    }));

  it('a second store on the same file is refused, by any name, until the first is closed', () =>
    inFolder(async (folder) => {
      const path = join(folder, 'events.db');
      const first = await SqliteEventStore.open(path);
      await symlink(path, join(folder, 'alias.db'));
      await symlink(folder, join(folder, 'here'));
      for (const name of ['events.db', 'alias.db', join('here', 'events.db')]) {
        await expect(SqliteEventStore.open(join(folder, name), AT_ONCE)).rejects.toBeInstanceOf(EventStoreLocked);
      }
      await first.append('stream-1', [event()], 'no_stream');
      await first.close();
      const second = await SqliteEventStore.open(join(folder, 'alias.db'), AT_ONCE);
      expect(await second.headRevision('stream-1')).toBe(0n);
      await second.close();
    }));

  it('waits for a predecessor that is about to end', () =>
    inFolder(async (folder) => {
      const path = join(folder, 'events.db');
      const first = await SqliteEventStore.open(path);
      const second = SqliteEventStore.open(path, { lockPatienceMs: 30_000 });
      await first.close();
      await (await second).close();
    }));

  it('a failed opening holds no lock', () =>
    inFolder(async (folder) => {
      const path = join(folder, 'events.db');
      await writeFile(path, randomBytes(8_192));
      await expect(SqliteEventStore.open(path, AT_ONCE)).rejects.toBeInstanceOf(EventLogDamaged);
      await writeFile(path, '');
      await (await SqliteEventStore.open(path, AT_ONCE)).close();
    }));

  it('refuses a log of a newer version, and does not change it', () =>
    inFolder(async (folder) => {
      const path = join(folder, 'events.db');
      await (await SqliteEventStore.open(path)).close();
      change(path, 'PRAGMA user_version = 99');
      await expect(SqliteEventStore.open(path, AT_ONCE)).rejects.toBeInstanceOf(EventLogTooNew);
      await expect(SqliteEventStore.open(path, AT_ONCE)).rejects.toThrow(/schema 99.*Upgrade/);
      expect(read(path, 'PRAGMA user_version')).toBe(99);
    }));

  it('refuses an SQLite file that is something else, and does not touch it', () =>
    inFolder(async (folder) => {
      const path = join(folder, 'read-models.db');
      change(path, 'CREATE TABLE video (id INTEGER PRIMARY KEY)');
      await expect(SqliteEventStore.open(path, AT_ONCE)).rejects.toBeInstanceOf(EventLogDamaged);
      expect(read(path, 'SELECT group_concat(name) FROM sqlite_schema')).toBe('video');
    }));

  it('refuses a file that is not a database, and does not touch it', () =>
    inFolder(async (folder) => {
      const path = join(folder, 'events.db');
      const bytes = randomBytes(20_000);
      await writeFile(path, bytes);
      await expect(SqliteEventStore.open(path, AT_ONCE)).rejects.toBeInstanceOf(EventLogDamaged);
      expect(bytes.equals(await readFile(path))).toBe(true);
    }));

  it('reports a damaged page as a damaged log', () =>
    inFolder(async (folder) => {
      const path = join(folder, 'events.db');
      const store = await SqliteEventStore.open(path);
      for (let n = 0; n < 20; n += 1) await store.append('stream-1', events(50), 'any');
      await store.close();
      const bytes = await readFile(path);
      bytes.fill(0xa5, bytes.length / 2 - ((bytes.length / 2) % 4_096), bytes.length);
      await writeFile(path, bytes);
      const outcome = await SqliteEventStore.open(path, AT_ONCE)
        .then(async (reopened) => {
          try {
            return await all(reopened.readAll());
          } finally {
            await reopened.close();
          }
        })
        .catch((error: unknown) => error);
      expect(outcome).toBeInstanceOf(EventLogDamaged);
    }));

  it('reports a place that cannot be written', () =>
    inFolder(async (folder) => {
      await writeFile(join(folder, 'file'), '');
      await mkdir(join(folder, 'folder.db'));
      const places = [join(folder, 'file', 'events.db'), join(folder, 'folder.db'), '/proc/events.db'];
      for (const place of places) {
        const outcome = await SqliteEventStore.open(place, AT_ONCE).catch((error: unknown) => error);
        expect(outcome).toBeInstanceOf(EventLogNotWritable);
        expect(outcome).toMatchObject({ code: 'event-store.not-writable', message: expect.stringContaining(place) });
      }
    }));

  const mayWriteAnywhere = process.getuid?.() === 0;
  (mayWriteAnywhere ? it.skip : it)('says of a folder without write permission that it cannot be written', () =>
    inFolder(async (folder) => {
      const sealed = join(folder, 'sealed');
      await mkdir(sealed);
      await chmod(sealed, 0o500);
      await expect(SqliteEventStore.open(join(sealed, 'events.db'), AT_ONCE)).rejects.toBeInstanceOf(
        EventLogNotWritable,
      );
      expect(existsSync(join(sealed, 'events.db'))).toBe(false);
    }),
  );
});

function change(path: string, sql: string): void {
  const db = new Database(path);
  db.exec(sql);
  db.close();
}

function read(path: string, sql: string): unknown {
  const db = new Database(path, { readonly: true });
  const value = db.prepare(sql).pluck().get();
  db.close();
  return value;
}
