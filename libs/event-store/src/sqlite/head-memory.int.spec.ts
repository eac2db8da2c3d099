import { describe, expect, it } from '@jest/globals';
import Database from 'better-sqlite3';
import { copyFile, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { event, events } from '../contract/context.testing.js';
import { SqliteEventStore } from './sqlite-event-store.js';
import { inFolder } from './temporary-log.testing.js';

/** A log of ten events, and a copy of the file from when it had six. */
async function grown(folder: string): Promise<{ path: string; older: string }> {
  const path = join(folder, 'events.db');
  const older = join(folder, 'older.db');
  const first = await SqliteEventStore.open(path);
  await first.append('one-1', events(6), 'any');
  await first.close();
  await copyFile(path, older);
  const second = await SqliteEventStore.open(path);
  await second.append('one-1', events(4), 'any');
  await second.close();
  return { path, older };
}

describe('the head that is kept beside a log', () => {
  it('is written when the log is closed, for its owner alone', () =>
    inFolder(async (folder) => {
      const { path } = await grown(folder);
      const store = await SqliteEventStore.open(path);
      const { position, hash } = await store.head();
      expect(JSON.parse(await readFile(`${path}.head`, 'utf8'))).toEqual({ position: String(position), hash });
      expect((await stat(`${path}.head`)).mode & 0o777).toBe(0o600);
      expect(await store.health()).toMatchObject({ status: 'ok' });
      await store.close();
    }));

  it("recognizes an older file in the log's place, at each start until that is accepted", () =>
    inFolder(async (folder) => {
      const { path, older } = await grown(folder);
      await copyFile(older, path);
      const store = await SqliteEventStore.open(path);
      const told = expect.stringMatching(/went back: it had reached position 10.*delete .*events\.db\.head/);
      expect(await store.health()).toEqual({ status: 'warn', detail: told });
      await store.append('one-1', events(8), 'any');
      await store.close();
      // It is longer than ever by now, and still not the original log.
      const again = await SqliteEventStore.open(path);
      expect(again.findings).toEqual([expect.stringMatching(/position 10/)]);
      await rm(`${path}.head`);
      await again.append('one-1', [event()], 'any');
      await again.close();
      const accepted = await SqliteEventStore.open(path);
      expect(accepted.findings).toEqual([]);
      await accepted.close();
    }));

  it('is satisfied when the right file is back', () =>
    inFolder(async (folder) => {
      const { path, older } = await grown(folder);
      const right = join(folder, 'right.db');
      await copyFile(path, right);
      await copyFile(older, path);
      await (await SqliteEventStore.open(path)).close();
      await copyFile(right, path);
      const store = await SqliteEventStore.open(path);
      expect(store.findings).toEqual([]);
      await store.close();
    }));

  it('recognizes events that were changed and hashed again', () =>
    inFolder(async (folder) => {
      const { path } = await grown(folder);
      const db = new Database(path);
      db.exec(`UPDATE event SET data = '{"n":99}' WHERE position = 3; UPDATE event SET hash = NULL;
        INSERT INTO chaining VALUES (0)`);
      db.close();
      const store = await SqliteEventStore.open(path);
      expect(await store.verify()).toMatchObject({ kind: 'broken', break: 'rewritten', position: 10n });
      expect(await store.health()).toMatchObject({
        status: 'warn',
        detail: expect.stringMatching(/is not the one it was/),
      });
      await store.close();
      const reader = await SqliteEventStore.openReadOnly(path);
      expect(await reader.verify()).toMatchObject({ kind: 'broken', break: 'rewritten' });
      await reader.close();
    }));

  it('is ignored if it is torn', () =>
    inFolder(async (folder) => {
      const { path } = await grown(folder);
      await writeFile(`${path}.head`, '{"position":"1');
      const store = await SqliteEventStore.open(path);
      expect(store.findings).toEqual([]);
      await store.close();
      expect(JSON.parse(await readFile(`${path}.head`, 'utf8'))).toMatchObject({ position: '10' });
    }));
});
