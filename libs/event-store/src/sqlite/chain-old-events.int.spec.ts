import { describe, expect, it } from '@jest/globals';
import Database from 'better-sqlite3';
import { copyFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { all, event } from '../contract/context.testing.js';
import { chainOldEvents } from './chain-old-events.js';
import { openDatabase } from './open-database.js';
import { prepareSchema } from './schema.js';
import { SqliteEventStore } from './sqlite-event-store.js';
import { inFolder } from './temporary-log.testing.js';

/** Written by the last StreamVault without hashes: 30 events, one of them large. */
const OLD_LOG = fileURLToPath(new URL('fixtures/log-of-schema-1.db', import.meta.url));

async function oldLog(folder: string): Promise<string> {
  const path = join(folder, 'events.db');
  await copyFile(OLD_LOG, path);
  return path;
}

describe('a log from before events carried hashes', () => {
  it('can be read as it is, but reports that it has none', () =>
    inFolder(async (folder) => {
      const reader = await SqliteEventStore.openReadOnly(await oldLog(folder));
      expect(await all(reader.readAll())).toHaveLength(30);
      for (const asked of [reader.head(), reader.verify()]) {
        await expect(asked).rejects.toMatchObject({ code: 'event-store.log-not-chained' });
      }
      await reader.close();
    }));

  it('gets them when it is opened, once, and is otherwise unchanged', () =>
    inFolder(async (folder) => {
      const path = await oldLog(folder);
      const reader = await SqliteEventStore.openReadOnly(path);
      const before = await all(reader.readAll());
      await reader.close();

      const store = await SqliteEventStore.open(path);
      expect(await all(store.readAll())).toEqual(before);
      expect(await all(store.readStream('recording-2'))).toHaveLength(5);
      // Never changes: the same events give the same hash in all future versions.
      const head = { position: 30n, hash: '2058528b57e395fb5a5b940c37d3fec5ee3805607d2010df04bd8485ed98af53' };
      expect(await store.verify()).toEqual({ kind: 'intact', events: 30, head });
      await store.append('recording-1', [event()], 'stream_exists');
      await store.close();

      const again = await SqliteEventStore.open(path);
      expect(await again.verify({ expectedHead: await again.head() })).toMatchObject({ kind: 'intact', events: 31 });
      await again.close();
    }));

  it('continues where it was interrupted', () =>
    inFolder(async (folder) => {
      const path = await oldLog(folder);
      const db = new Database(path);
      grow(db, 3_000);
      prepareSchema(db, path);
      // Broken off in the middle, as by a kill: the second step fails.
      db.exec(
        `CREATE TRIGGER kill BEFORE UPDATE ON event WHEN NEW.position = 1500 BEGIN SELECT raise(ABORT, 'killed'); END`,
      );
      await expect(chainOldEvents(db)).rejects.toThrow('killed');
      db.exec('DROP TRIGGER kill');
      const hashed = db.prepare('SELECT count(*) FROM event WHERE hash IS NOT NULL').pluck();
      expect(hashed.get()).toBe(1_000);
      expect(db.prepare('SELECT hashed_to FROM chaining').pluck().get()).toBe(1_000);
      db.close();

      const reader = await SqliteEventStore.openReadOnly(path);
      await expect(reader.verify()).rejects.toMatchObject({ code: 'event-store.log-not-chained' });
      await reader.close();
      const store = await SqliteEventStore.open(path);
      expect(await store.verify()).toMatchObject({ kind: 'intact', events: 3_000 });
      await store.close();
    }));

  it('on a full disk stays as it was, and gets them when there is room', () =>
    inFolder(async (folder) => {
      const path = await oldLog(folder);
      const grown = new Database(path);
      grow(grown, 5_000);
      prepareSchema(grown, path);
      grown.pragma(`max_page_count = ${String(grown.pragma('page_count', { simple: true }))}`);
      await expect(chainOldEvents(grown)).rejects.toMatchObject({ code: 'SQLITE_FULL' });
      grown.close();
      const { db, lock } = await openDatabase(path, 0);
      expect(db.prepare('SELECT count(*) FROM event WHERE hash IS NULL').pluck().get()).toBe(0);
      db.close();
      lock.release();
    }));
});

/** Adds events like the first one, up to this many. */
function grow(db: Database.Database, to: number): void {
  db.exec(`
    INSERT INTO event (stream_id, revision, category_id, type_id, version, recorded_at, id, data, metadata)
    WITH RECURSIVE n (n) AS (SELECT 31 UNION ALL SELECT n + 1 FROM n WHERE n < ${to})
    SELECT stream_id, n, category_id, type_id, version, recorded_at, 'id-' || n, data, metadata
      FROM n, event WHERE position = 1`);
}
