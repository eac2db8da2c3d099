import { describe, expect, it } from '@jest/globals';
import Database from 'better-sqlite3';
import { existsSync } from 'node:fs';
import { copyFile, mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { all, at, event, events, fill } from '../contract/context.testing.js';
import { EventLogDamaged, EventLogExists, EventLogMissing, EventStoreLocked } from '../errors.js';
import { restore } from './back-up.js';
import { SqliteEventStore } from './sqlite-event-store.js';
import { inFolder } from './temporary-log.testing.js';

describe('a backup', () => {
  it('taken under load is the log at one instant, and can be restored', () =>
    inFolder(async (folder) => {
      const backup = join(folder, 'backups', 'one.db');
      const store = await SqliteEventStore.open(join(folder, 'events.db'));
      await fill(store, 'before-1', 5_000);
      const before = await all(store.readAll());

      const done = new AbortController();
      const writers = Array.from({ length: 8 }, async (_, writer) => {
        while (!done.signal.aborted) await store.append(`load-${writer}`, events(3), 'any');
      });
      const phases = new Set<string>();
      const result = await store.backUp(backup, { onProgress: ({ phase }) => phases.add(phase) });
      done.abort();
      await Promise.all(writers);
      const after = await all(store.readAll());
      expect([...phases]).toEqual(['copying', 'verifying']);
      expect(after.length).toBeGreaterThan(before.length);
      // The live log still contains the head at which the backup was taken.
      expect(await store.verify({ expectedHead: result.head })).toMatchObject({ kind: 'intact' });
      await store.close();
      expect(await readdir(join(folder, 'backups'))).toEqual(['one.db']);

      const path = join(folder, 'elsewhere', 'events.db');
      const restored = await restore(backup, path, { expectedHead: result.head });
      expect(restored.head).toEqual(result.head);
      const second = await SqliteEventStore.open(path);
      const log = await all(second.readAll());
      expect(log).toEqual(after.slice(0, log.length));
      expect(at(log, -1).position).toBe(result.head.position);
      await second.append('before-1', [event()], 4_999n);
      await second.close();
    }));

  it('uses a connection of its own, beside a writer that continues', () =>
    inFolder(async (folder) => {
      const path = join(folder, 'events.db');
      const store = await SqliteEventStore.open(path);
      await fill(store, 'one-1', 20_000, 2_000);
      const reader = await SqliteEventStore.openReadOnly(path);
      let appended = 0;
      const backup = reader.backUp(join(folder, 'backup.db'), { onProgress: () => void write() });
      const write = async (): Promise<void> => {
        await store.append('two-1', [event()], 'any');
        appended += 1;
      };
      const { head } = await backup;
      expect(appended).toBeGreaterThan(1);
      expect(head.position).toBe(20_000n);
      await reader.close();
      await store.close();
    }));

  it('never overwrites, and leaves no trace when it is aborted', () =>
    inFolder(async (folder) => {
      const store = await SqliteEventStore.open(join(folder, 'events.db'));
      await fill(store, 'one-1', 1_200);
      await writeFile(join(folder, 'taken.db'), 'mine');
      await expect(store.backUp(join(folder, 'taken.db'))).rejects.toBeInstanceOf(EventLogExists);
      expect(await readFile(join(folder, 'taken.db'), 'utf8')).toBe('mine');

      for (const phase of ['copying', 'verifying']) {
        const abort = new AbortController();
        const backup = store.backUp(join(folder, 'aborted.db'), {
          signal: abort.signal,
          onProgress: (progress) => progress.phase === phase && abort.abort(new Error('enough')),
        });
        await expect(backup).rejects.toThrow('enough');
        expect((await readdir(folder)).filter((name) => name.startsWith('aborted'))).toEqual([]);
      }
      await store.close();
    }));

  it('of a manipulated log is not kept, and says where', () =>
    inFolder(async (folder) => {
      const path = join(folder, 'events.db');
      const store = await SqliteEventStore.open(path);
      await store.append('one-1', events(5), 'no_stream');
      await store.close();
      const db = new Database(path);
      db.exec('UPDATE event SET version = 9 WHERE position = 3');
      db.close();
      const reader = await SqliteEventStore.openReadOnly(path);
      const outcome = await reader.backUp(join(folder, 'backup.db')).catch((error: unknown) => error);
      expect(outcome).toBeInstanceOf(EventLogDamaged);
      expect(String(outcome)).toContain('changed at position 3');
      expect(existsSync(join(folder, 'backup.db'))).toBe(false);
      await reader.close();
    }));
});

describe('restoring', () => {
  const backedUp = async (folder: string): Promise<string> => {
    const store = await SqliteEventStore.open(join(folder, 'source.db'));
    await store.append('one-1', events(5), 'no_stream');
    await store.backUp(join(folder, 'backup.db'));
    await store.close();
    return join(folder, 'backup.db');
  };

  it('never overwrites a log, nor the rest of one', () =>
    inFolder(async (folder) => {
      const backup = await backedUp(folder);
      for (const left of ['a.db', 'b.db-wal', 'c.db-journal']) {
        await writeFile(join(folder, left), 'mine');
        const path = join(folder, `${left.slice(0, 1)}.db`);
        await expect(restore(backup, path)).rejects.toBeInstanceOf(EventLogExists);
        expect(await readFile(join(folder, left), 'utf8')).toBe('mine');
      }
    }));

  it('is refused while a server holds the log', () =>
    inFolder(async (folder) => {
      const backup = await backedUp(folder);
      const running = await SqliteEventStore.open(join(folder, 'events.db'));
      await expect(restore(backup, join(folder, 'events.db'))).rejects.toBeInstanceOf(EventStoreLocked);
      await running.close();
    }));

  it('refuses a backup that is missing, damaged, or not the expected one', () =>
    inFolder(async (folder) => {
      const path = join(folder, 'events.db');
      const backup = await backedUp(folder);
      await expect(restore(join(folder, 'nothing.db'), path)).rejects.toBeInstanceOf(EventLogMissing);
      const db = new Database(join(folder, 'backup.db'));
      const position = db.prepare<[], number>('SELECT max(position) FROM event').pluck().get();
      db.close();
      const expectedHead = { position: BigInt(position ?? 0) as never, hash: '1'.repeat(64) };
      await expect(restore(backup, path, { expectedHead })).rejects.toBeInstanceOf(EventLogDamaged);
      const bytes = await readFile(backup);
      const bad = join(folder, 'bad.db');
      await copyFile(backup, bad);
      // In the middle of a page's rows, where the file structure shows nothing: only the chain does.
      bytes.write('other happened', bytes.indexOf('what happened'));
      await writeFile(bad, bytes);
      await expect(restore(bad, path)).rejects.toBeInstanceOf(EventLogDamaged);
      await mkdir(join(folder, 'x'));
      expect((await readdir(folder)).filter((name) => name.startsWith('events.db') && !name.endsWith('.lock'))).toEqual(
        [],
      );
    }));
});
