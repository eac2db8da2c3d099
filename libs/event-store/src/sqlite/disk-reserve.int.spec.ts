import { describe, expect, it } from '@jest/globals';
import Database from 'better-sqlite3';
import { stat, truncate } from 'node:fs/promises';
import { join } from 'node:path';
import { event } from '../contract/context.testing.js';
import { CommitQueue } from './commit-queue.js';
import { DiskReserve } from './disk-reserve.js';
import { SqliteEventStore } from './sqlite-event-store.js';
import { inFolder } from './temporary-log.testing.js';

const MB = 1024 * 1024;
const sizeOf = async (file: string): Promise<number> => (await stat(file)).size;

describe('the room kept for a log', () => {
  it('is given up bit by bit, and filled again', () =>
    inFolder(async (folder) => {
      const log = join(folder, 'events.db');
      const reserve = new DiskReserve(log, MB);
      expect(reserve.release()).toBe(false);
      reserve.fill();
      expect(await sizeOf(`${log}.reserve`)).toBe(MB);
      let released = 0;
      while (reserve.release()) released += 1;
      expect(released).toBe(4);
      expect(await sizeOf(`${log}.reserve`)).toBe(0);
      reserve.fill();
      expect(await sizeOf(`${log}.reserve`)).toBe(MB);
    }));

  it('lies beside a log that is opened with one', () =>
    inFolder(async (folder) => {
      const path = join(folder, 'events.db');
      const store = await SqliteEventStore.open(path, { reserveBytes: MB });
      await store.append('one-1', [event()], 'any');
      await store.close();
      expect(await sizeOf(`${path}.reserve`)).toBe(MB);
      await truncate(`${path}.reserve`, 10);
      await (await SqliteEventStore.open(path, { reserveBytes: MB })).close();
      expect(await sizeOf(`${path}.reserve`)).toBe(MB);
    }));

  it('lets the requested writes succeed after all, once, and in order', () =>
    inFolder(async (folder) => {
      const db = new Database(join(folder, 'full.db'));
      db.exec('CREATE TABLE kept (n INTEGER, what TEXT)');
      const insert = db.prepare('INSERT INTO kept VALUES (?, ?)');
      const pages = Number(db.pragma('page_count', { simple: true }));
      db.pragma(`max_page_count = ${pages}`);
      let released = 0;
      const queue = new CommitQueue(db, {
        onCommit: () => undefined,
        onRollback: () => undefined,
        asError: (error) => error,
        onFull: () => {
          released += 1;
          db.pragma(`max_page_count = ${pages + released}`);
          return released < 10;
        },
      });
      const write = (n: number) => queue.enqueue((atomically) => atomically(() => insert.run(n, 'x'.repeat(3000))), 1);
      await Promise.all([write(1), write(2), write(3)]);
      expect(released).toBeGreaterThan(0);
      expect(db.prepare('SELECT n FROM kept').pluck().all()).toEqual([1, 2, 3]);
      expect(queue.lastFailure).toBeUndefined();
      db.pragma(`max_page_count = ${Number(db.pragma('page_count', { simple: true }))}`);
      released = 10;
      await expect(Promise.all([write(4), write(5)])).rejects.toMatchObject({ code: 'SQLITE_FULL' });
      db.close();
    }));
});
