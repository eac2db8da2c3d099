import { describe, expect, it } from '@jest/globals';
import Database from 'better-sqlite3';
import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface, type Interface } from 'node:readline';
import type { Readable } from 'node:stream';
import { all, event } from '../contract/context.testing.js';
import { EventStoreLocked } from '../errors.js';
import { SqliteEventStore } from './sqlite-event-store.js';
import { inFolder } from './temporary-log.testing.js';

const ROUNDS = 8;

describe('a writer process that is killed', () => {
  it('loses no acknowledged append and leaves a sound log, however often', () =>
    inFolder(async (folder) => {
      const path = join(folder, 'events.db');
      const acknowledged: string[] = [];
      for (let round = 0; round < ROUNDS; round += 1) {
        const writer = new WriterProcess(path);
        await writer.lines.next();
        // A different instant of its life each time, including the very beginning.
        for (let left = round * 40 + 1; left > 0; left -= 1) acknowledged.push(await writer.line());
        acknowledged.push(...(await writer.kill()));

        expect(integrity(path)).toBe('ok');
        const store = await SqliteEventStore.open(path, { lockPatienceMs: 0 });
        const log = await all(store.readAll());
        await store.close();
        const stored = new Set(log.map(({ stream, revision, id }) => `${stream} ${revision} ${id}`));
        expect(acknowledged.filter((line) => !stored.has(line))).toEqual([]);
        const heads = new Map<string, bigint>();
        for (const { stream, revision } of log) {
          expect(revision).toBe((heads.get(stream) ?? -1n) + 1n);
          heads.set(stream, revision);
        }
      }
      expect(acknowledged.length).toBeGreaterThan(ROUNDS * 100);
    }));

  it('keeps a second one out while it lives, and leaves no lock behind', () =>
    inFolder(async (folder) => {
      const path = join(folder, 'events.db');
      const writer = new WriterProcess(path);
      expect(await writer.line()).toBe('open');
      await expect(SqliteEventStore.open(path, { lockPatienceMs: 0 })).rejects.toBeInstanceOf(EventStoreLocked);
      const second = new WriterProcess(path);
      expect(await second.line()).toBe('refused event-store.locked');
      await writer.kill();
      const store = await SqliteEventStore.open(path, { lockPatienceMs: 0 });
      await store.append('after-1', [event()], 'no_stream');
      const third = new WriterProcess(path);
      expect(await third.line()).toBe('refused event-store.locked');
      await store.close();
    }));
});

class WriterProcess {
  readonly lines: AsyncIterator<string>;
  readonly #process: ChildProcessByStdio<null, Readable, null>;
  readonly #reader: Interface;

  constructor(path: string) {
    const here = (name: string): string => new URL(name, import.meta.url).href;
    this.#process = spawn(
      process.execPath,
      [
        '--import',
        here('../../../../scripts/typescript-sources.mjs'),
        new URL('writer-process.testing.ts', import.meta.url).pathname,
        path,
      ],
      { stdio: ['ignore', 'pipe', 'inherit'], env: { ...process.env, NODE_OPTIONS: '--no-warnings' } },
    );
    this.#reader = createInterface({ input: this.#process.stdout });
    this.lines = this.#reader[Symbol.asyncIterator]();
  }

  async line(): Promise<string> {
    const { value, done } = await this.lines.next();
    if (done === true) throw new Error('The writer process ended.');
    return value;
  }

  /** Returns its remaining output. A line that the kill cut off does not count. */
  async kill(): Promise<string[]> {
    const exit = once(this.#process, 'exit');
    this.#process.kill('SIGKILL');
    await exit;
    const rest: string[] = [];
    for (let next = await this.lines.next(); next.done !== true; next = await this.lines.next()) rest.push(next.value);
    return rest.filter((line) => /^\S+ \d+ [\da-f-]{36}$/.test(line));
  }
}

function integrity(path: string): unknown {
  const db = new Database(path);
  const result = db.pragma('integrity_check', { simple: true });
  db.close();
  return result;
}
