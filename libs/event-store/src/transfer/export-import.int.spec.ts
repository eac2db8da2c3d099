import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import Database from 'better-sqlite3';
import { appendFile, cp, mkdtemp, readFile, rm, stat, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { all, event, events } from '../contract/context.testing.js';
import { MemoryEventStore } from '../memory/memory-event-store.js';
import { SqliteEventStore } from '../sqlite/sqlite-event-store.js';
import { inFolder } from '../sqlite/temporary-log.testing.js';
import { exportLog } from './export-log.js';
import { importLog } from './import-log.js';
import { contentOf, fillVaried, serverLike } from './logs.testing.js';
import { InvalidExport, LogsDiffer } from './transfer-errors.js';

const EVENTS = 320;

/** A log and its export, made once; each test gets a copy. */
let template: string;
beforeAll(async () => {
  template = await mkdtemp(join(tmpdir(), 'streamvault-export-'));
  const store = await SqliteEventStore.open(join(template, 'events.db'));
  await fillVaried(store, EVENTS);
  await store.setStreamMetadata('recording-2', { maxCount: 4, maxAge: 1e9, truncateBefore: 2n });
  await exportLog(store, join(template, 'log.ndjson'));
  await store.close();
});
afterAll(() => rm(template, { recursive: true, force: true }));

/** A log, its export, and a place to import it to. */
async function exported(
  body: (given: { store: SqliteEventStore; file: string; folder: string; target: SqliteEventStore }) => Promise<void>,
): Promise<void> {
  await inFolder(async (folder) => {
    await cp(template, folder, { recursive: true });
    const file = join(folder, 'log.ndjson');
    const store = await SqliteEventStore.open(join(folder, 'events.db'));
    const target = await SqliteEventStore.open(join(folder, 'target.db'));
    try {
      await body({ store, file, folder, target });
    } finally {
      await store.close();
      await target.close();
    }
  });
}

describe('an export', () => {
  it('has a line per event, exact to the last digit, and ends with the head', () =>
    exported(async ({ store, file }) => {
      const lines = (await readFile(file, 'utf8')).trimEnd().split('\n');
      const { position, hash } = await store.head();
      expect(lines).toHaveLength(EVENTS + 3);
      expect(JSON.parse(lines.at(-1)!)).toEqual({ end: { events: EVENTS, position: String(position), hash } });
      const log = await all(store.readAll());
      const written = lines.slice(1, -2).map((line) => JSON.parse(line) as object);
      expect(written).toEqual(
        log.map((one) => ({ ...one, position: String(one.position), revision: String(one.revision) })),
      );
    }));

  it('imports into the very same log, and again without a change', () =>
    exported(async ({ store, file, target }) => {
      const { hash } = await store.head();
      expect(await importLog(file, target)).toEqual({ events: EVENTS, appended: EVENTS, hash });
      expect(await all(target.readAll())).toEqual(await all(store.readAll()));
      expect(await target.head()).toEqual(await store.head());
      expect(await all(target.readRetention())).toEqual(await all(store.readRetention()));
      expect(await importLog(file, target)).toMatchObject({ events: EVENTS, appended: 0 });
    }));

  it.each([0, 5, 20, 1_000, 40_000, 'end - 1'])('cut off at %p is continued to the very same file', (where) =>
    exported(async ({ store, file }) => {
      const whole = await readFile(file);
      await truncate(file, typeof where === 'number' ? where : whole.length - 1);
      const result = await exportLog(store, file);
      expect(result).toMatchObject({ events: EVENTS, matchesChain: true });
      if (where === 40_000) expect(result.resumedAfter).toBeGreaterThan(3);
      expect(whole.equals(await readFile(file))).toBe(true);
    }),
  );

  it('that is complete is continued with what came since', () =>
    exported(async ({ store, file, target }) => {
      await importLog(file, target);
      await store.append('late-1', events(5), 'no_stream');
      expect(await exportLog(store, file)).toMatchObject({ events: EVENTS + 5, resumedAfter: EVENTS });
      expect(await importLog(file, target)).toMatchObject({ events: EVENTS + 5, appended: 5 });
      expect(await target.head()).toEqual(await store.head());
    }));

  it('of an empty log can be imported', () =>
    inFolder(async (folder) => {
      const file = join(folder, 'log.ndjson');
      await exportLog(new MemoryEventStore(), file);
      expect(await importLog(file, new MemoryEventStore())).toMatchObject({ events: 0 });
    }));

  it('of a server resumes by its positions, with or without holes', () =>
    inFolder(async (folder) => {
      const file = join(folder, 'log.ndjson');
      const server = serverLike();
      await fillVaried(server, 300);
      const { hash } = await exportLog(server, file);
      await truncate(file, Math.floor((await stat(file)).size / 2));
      expect(await exportLog(server, file)).toMatchObject({ events: 300, hash, matchesChain: undefined });
      const target = new MemoryEventStore();
      await importLog(file, target);
      expect((await all(target.readAll())).map(contentOf)).toEqual((await all(server.readAll())).map(contentOf));
    }));

  it('ends when aborted, and continues later', () =>
    exported(async ({ store, folder, file }) => {
      const second = join(folder, 'second.ndjson');
      const abort = new AbortController();
      const onProgress = (): void => abort.abort(new Error('enough'));
      await expect(exportLog(store, second, { signal: abort.signal, onProgress })).rejects.toThrow('enough');
      expect(await exportLog(store, second)).toMatchObject({ events: EVENTS });
      expect((await readFile(second)).equals(await readFile(file))).toBe(true);
    }));

  it('never overwrites another file', () =>
    exported(async ({ store, folder, file }) => {
      const mine = join(folder, 'mine.txt');
      await writeFile(mine, 'mine\n');
      await expect(exportLog(store, mine)).rejects.toBeInstanceOf(InvalidExport);
      expect(await readFile(mine, 'utf8')).toBe('mine\n');
      const other = new MemoryEventStore();
      await other.append('one-1', [event()], 'no_stream');
      const before = await readFile(file);
      await expect(exportLog(other, file)).rejects.toBeInstanceOf(LogsDiffer);
      expect(before.equals(await readFile(file))).toBe(true);
      const nowhere = exportLog(store, join(folder, 'no', 'where.ndjson'));
      await expect(nowhere).rejects.toMatchObject({ code: 'event-store.not-writable' });
    }));

  it('reports when the log is not the one from which its hashes were made', () =>
    exported(async ({ store, folder }) => {
      const db = new Database(join(folder, 'events.db'));
      db.exec(`UPDATE event SET data = '{"n":1}' WHERE position = 300`);
      db.close();
      const reader = await SqliteEventStore.openReadOnly(join(folder, 'events.db'));
      expect(await exportLog(reader, join(folder, 'x.ndjson'))).toMatchObject({ events: EVENTS, matchesChain: false });
      await reader.close();
      await store.health();
    }));
});

describe('an import', () => {
  it.each<[what: string, damage: (text: string) => string]>([
    ['without its end', (text) => text.slice(0, text.lastIndexOf('{"end"'))],
    ['cut off within a line', (text) => text.slice(0, text.length / 2)],
    ['with an event less', (text) => text.split('\n').toSpliced(40, 1).join('\n')],
    ['with a changed event', (text) => text.replace('"n":40', '"n":41')],
    [
      'with two events swapped',
      (text) => text.split('\n').with(40, text.split('\n')[41]!).with(41, text.split('\n')[40]!).join('\n'),
    ],
    ['with a line that is none', (text) => text.replace('"stream":"recording-3"', '"stream":""')],
    ['with something behind its end', (text) => `${text}{"end":{"events":0,"position":"0","hash":""}}\n`],
    ['of a later format', (text) => text.replace('"streamvaultLog":1', '"streamvaultLog":2')],
    ['that is something else', () => '{"hello":"world"}\n'],
    ['that is empty', () => ''],
  ])('of a file %s is refused before anything is written', (_, damage) =>
    exported(async ({ file, target }) => {
      await writeFile(file, damage(await readFile(file, 'utf8')));
      await expect(importLog(file, target)).rejects.toBeInstanceOf(InvalidExport);
      expect(await target.headPosition()).toBeUndefined();
    }),
  );

  it('of a missing file says so', async () => {
    await expect(importLog('/nowhere/log.ndjson', new MemoryEventStore())).rejects.toThrow(/There is no readable file/);
  });

  it('that was interrupted continues', () =>
    exported(async ({ store, file, target }) => {
      const abort = new AbortController();
      const onProgress = ({ phase }: { phase: string }): void => {
        if (phase === 'copying') abort.abort(new Error('interrupted'));
      };
      await expect(importLog(file, target, { signal: abort.signal, onProgress })).rejects.toThrow('interrupted');
      expect(await target.headPosition()).toBeGreaterThan(0n);
      const { appended } = await importLog(file, target);
      expect(appended).toBeLessThan(EVENTS);
      expect(await target.head()).toEqual(await store.head());
    }));

  it('into a log with other events is refused', () =>
    exported(async ({ file, target }) => {
      await target.append('mine-1', [event()], 'no_stream');
      await expect(importLog(file, target)).rejects.toBeInstanceOf(LogsDiffer);
      expect(await all(target.readAll())).toHaveLength(1);
    }));

  it('does not read an endless line into memory', () =>
    inFolder(async (folder) => {
      const file = join(folder, 'huge');
      await writeFile(file, '');
      await truncate(file, 200 * 1024 * 1024);
      await appendFile(file, 'x');
      await expect(importLog(file, new MemoryEventStore())).rejects.toThrow(/does not end/);
    }));
});
