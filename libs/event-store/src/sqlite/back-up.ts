import Database from 'better-sqlite3';
import { existsSync, mkdirSync, rmSync } from 'node:fs';
import { chmod, copyFile, open, rename, stat } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { EventLogDamaged, EventLogExists } from '../errors.js';
import { asFileFailure } from '../file-failure.js';
import type { LogHead, VerifyProgress } from '../log-verification.js';
import { ChainTable } from './chain-table.js';
import { canonicalPath, openDatabaseReadOnly } from './open-database.js';
import { isChained } from './schema.js';
import { asEventStoreError } from './sqlite-failure.js';
import { headOf, verifyChain } from './verify-chain.js';
import { acquireWriterLock } from './writer-lock.js';

/** Pages between two turns of the event loop: 4 MiB. */
const PAGES_PER_STEP = 1_024;

export interface BackupProgress {
  readonly phase: 'copying' | 'verifying';
  /** Of `total`, in pages of the file or positions of the log. */
  readonly done: number;
  readonly total: number;
}

export interface BackupOptions {
  readonly onProgress?: (progress: BackupProgress) => void;
  /** Ends it with the signal's reason; nothing is left behind. */
  readonly signal?: AbortSignal;
}

export interface RestoreOptions extends BackupOptions {
  /**
   * The head that was reported when the backup was made: with it, a backup that was cut off or rebuilt is refused too.
   */
  readonly expectedHead?: LogHead;
}

export interface BackupResult {
  readonly path: string;
  readonly bytes: number;
  readonly head: LogHead;
}

/**
 * Copies the log at `source` into one new file, even while its writer writes: the copy is the log as it was when the
 * backup began. It appears under its name only once it is complete, sound (`integrity_check`) and its chain was
 * verified.
 * @throws EventLogExists, EventLogNotWritable, EventStoreUnavailable (a full disk), and the errors of opening for
 * reading
 */
export async function backUp(source: string, destination: string, options: BackupOptions = {}): Promise<BackupResult> {
  const path = resolve(destination);
  requireNothingAt(path);
  const { db, path: sourcePath } = openDatabaseReadOnly(source);
  try {
    return await finished(path, options, undefined, async (partial) => {
      // A read transaction holds the snapshot. Without it, every commit in between would make the copy start again.
      db.exec('BEGIN');
      db.prepare('SELECT count(*) FROM sqlite_schema').get();
      await db.backup(partial, {
        progress: ({ totalPages, remainingPages }) => {
          options.signal?.throwIfAborted();
          options.onProgress?.({ phase: 'copying', done: totalPages - remainingPages, total: totalPages });
          return PAGES_PER_STEP;
        },
      });
    });
  } catch (error) {
    throw asEventStoreError(error, error instanceof EventLogDamaged ? sourcePath : path);
  } finally {
    db.close();
  }
}

/**
 * Creates the log at `destination` from a backup. Everything is checked on the copy, before it gets its name.
 * @throws EventLogExists if there is a log, or the rest of one
 * @throws EventStoreLocked while a server has the log open
 * @throws EventLogMissing, EventLogDamaged, EventLogTooNew, EventLogNotWritable, EventStoreUnavailable
 */
export async function restore(
  backup: string,
  destination: string,
  options: RestoreOptions = {},
): Promise<BackupResult> {
  const { db, path: source } = openDatabaseReadOnly(backup);
  db.close();
  const path = canonicalPath(destination);
  try {
    const lock = await acquireWriterLock(path, 0);
    try {
      for (const part of [path, `${path}-wal`, `${path}-journal`]) requireNothingAt(part);
      return await finished(path, options, options.expectedHead, async (partial) => {
        await copyFile(source, partial);
        options.signal?.throwIfAborted();
      });
    } finally {
      lock.release();
    }
  } catch (error) {
    throw asEventStoreError(error, path);
  }
}

/** Makes a copy under another name, checks it, and gives it its final name. Leaves nothing behind if that fails. */
async function finished(
  path: string,
  options: BackupOptions,
  expectedHead: LogHead | undefined,
  copy: (partial: string) => Promise<void>,
): Promise<BackupResult> {
  const partial = `${path}.partial`;
  try {
    mkdirSync(dirname(path), { recursive: true });
    removeAll(partial);
    await copy(partial);
    const head = await check(partial, path, options, expectedHead);
    await chmod(partial, 0o600).catch(() => {
      // A file system without permissions.
    });
    await sync(partial);
    await rename(partial, path);
    await sync(dirname(path));
    return { path, bytes: (await stat(path)).size, head };
  } catch (error) {
    removeAll(partial);
    throw asFileFailure(error, path, 'Nothing was kept.');
  }
}

async function check(
  partial: string,
  path: string,
  { onProgress, signal }: BackupOptions,
  expectedHead: LogHead | undefined,
): Promise<LogHead> {
  const db = new Database(partial);
  try {
    // One file, readable where nothing may be written; the server sets WAL again.
    db.pragma('journal_mode = DELETE');
    const soundness = String(db.pragma('integrity_check(1)', { simple: true }));
    if (soundness !== 'ok')
      throw new EventLogDamaged(`The copy for ${path} is not sound: ${soundness}. ${SOURCE_DAMAGED}`);
    const chain = isChained(db) ? new ChainTable(db) : undefined;
    if (chain === undefined)
      throw new EventLogDamaged(`The log has no hashes yet: start this version's server with it once.`);
    const verification = await verifyChain(chain, {
      ...(signal && { signal }),
      ...(expectedHead && { expectedHead }),
      onProgress: ({ position, until }: VerifyProgress) =>
        onProgress?.({ phase: 'verifying', done: Number(position), total: Number(until) }),
    });
    if (verification.kind === 'intact') return headOf(chain.end());
    throw new EventLogDamaged(
      `The log is ${verification.break} at position ${verification.position}. ${verification.detail} ${SOURCE_DAMAGED}`,
    );
  } finally {
    db.close();
  }
}

const SOURCE_DAMAGED = 'Nothing was kept; use another backup, or find out with "log verify" when it changed.';

function requireNothingAt(path: string): void {
  if (!existsSync(path)) return;
  throw new EventLogExists(
    `${path} already exists, and nothing is ever overwritten. Move it away, or name another file.`,
  );
}

async function sync(path: string): Promise<void> {
  const file = await open(path, 'r');
  try {
    await file.sync();
  } finally {
    await file.close();
  }
}

function removeAll(path: string): void {
  for (const suffix of ['', '-wal', '-shm', '-journal']) rmSync(path + suffix, { force: true });
}
