import { errorCode, messageOf } from '@streamvault/failures';
import Database from 'better-sqlite3';
import { chmodSync, closeSync, existsSync, mkdirSync, openSync, realpathSync, statSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { EventLogMissing, EventLogNotWritable } from '../errors.js';
import { chainOldEvents } from './chain-old-events.js';
import { requireWholeFile } from './file-length.js';
import { asEventStoreError, notWritable } from './sqlite-failure.js';
import { prepareSchema, requireKnownSchema } from './schema.js';
import { requireSafeSqlite } from './sqlite-version.js';
import { acquireWriterLock, type WriterLock } from './writer-lock.js';

export interface OpenDatabase {
  readonly db: Database.Database;
  readonly path: string;
  readonly lock: WriterLock;
  readonly sqliteVersion: string;
}

/**
 * Opens the log for its one writer, making the folder and the file where they are missing.
 *
 * @throws UnsupportedSqlite, EventStoreLocked, EventLogNotWritable, EventLogDamaged, EventLogTooNew, EventStoreUnavailable
 */
export async function openDatabase(file: string, patienceMs: number): Promise<OpenDatabase> {
  const sqliteVersion = linkedSqliteVersion();
  requireSafeSqlite(sqliteVersion);
  const path = canonicalPath(file);
  let lock: WriterLock | undefined;
  let db: Database.Database | undefined;
  try {
    lock = await acquireWriterLock(path, patienceMs);
    requireWholeFile(path);
    makePrivate(path);
    db = new Database(path, { timeout: 5_000 });
    configure(db);
    prepareSchema(db, path);
    await chainOldEvents(db);
    return { db, path, lock, sqliteVersion };
  } catch (error) {
    db?.close();
    lock?.release();
    throw asEventStoreError(error, path);
  }
}

/**
 * Makes the log its owner's alone: it tells who watches what, and when. SQLite gives the files that it makes beside it the same
 * rights.
 */
function makePrivate(path: string): void {
  try {
    closeSync(openSync(path, 'a', 0o600));
    for (const part of [path, `${path}-wal`, `${path}-shm`, `${path}.lock`])
      if (existsSync(part)) chmodSync(part, 0o600);
  } catch {
    // A file system that knows no rights, or a file that is not ours: whether it can be used, SQLite says better.
  }
}

/** A further connection to a log that {@link openDatabase} has opened, for the thread that writes. */
export function openForWriting(path: string): Database.Database {
  const db = new Database(path, { fileMustExist: true, timeout: 5_000 });
  try {
    configure(db);
    return db;
  } catch (error) {
    db.close();
    throw error;
  }
}

export interface ReadOnlyDatabase {
  readonly db: Database.Database;
  readonly path: string;
}

/**
 * Opens a log to read it, also while its writer lives. Nothing is made, migrated or locked.
 *
 * @throws UnsupportedSqlite, EventLogMissing, EventLogNotWritable, EventLogDamaged, EventLogTooNew, EventStoreUnavailable
 */
export function openDatabaseReadOnly(file: string): ReadOnlyDatabase {
  requireSafeSqlite(linkedSqliteVersion());
  const path = existingPath(file);
  let db: Database.Database | undefined;
  try {
    requireWholeFile(path);
    db = new Database(path, { readonly: true, fileMustExist: true, timeout: 5_000 });
    db.pragma('cache_size = -32000');
    requireKnownSchema(db, path, { mayBeNew: false });
    return { db, path };
  } catch (error) {
    db?.close();
    throw asReadError(error, path);
  }
}

/** Readers of a log in WAL share memory through a file beside it, which must be there or be made. */
function asReadError(error: unknown, path: string): unknown {
  const known = asEventStoreError(error, path);
  if (!(known instanceof EventLogNotWritable)) return known;
  return new EventLogNotWritable(
    `The event log ${path} cannot be read where it is (${messageOf(error)}): also a reader needs to write beside it. ` +
      'Copy the file into a folder that this user may write, and name the copy.',
    { cause: error },
  );
}

function existingPath(file: string): string {
  const path = realpathOrUndefined(resolve(file));
  if (path === undefined || !statSync(path).isFile()) {
    throw new EventLogMissing(`There is no event log at ${resolve(file)}. Check DATA_DIR and EVENT_STORE_URL.`);
  }
  return path;
}

/**
 * The driver's default for WAL is synchronous=NORMAL, which a power cut may cost the last commits: FULL syncs each. Fewer
 * and larger checkpoints than the default; a WAL that once grew is cut back.
 */
function configure(db: Database.Database): void {
  db.pragma('journal_mode = WAL');
  db.pragma('synchronous = FULL');
  db.pragma('wal_autocheckpoint = 4000');
  db.pragma('journal_size_limit = 67108864');
  db.pragma('cache_size = -32000');
}

/** One log, one path, however it was named: the lock must not be fooled by a symbolic link. */
export function canonicalPath(file: string): string {
  const path = resolve(file);
  try {
    mkdirSync(dirname(path), { recursive: true });
    return realpathOrUndefined(path) ?? join(realpathSync(dirname(path)), basename(path));
  } catch (error) {
    throw notWritable(path, error);
  }
}

function realpathOrUndefined(path: string): string | undefined {
  try {
    return realpathSync(path);
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return undefined;
    throw error;
  }
}

function linkedSqliteVersion(): string {
  const db = new Database(':memory:');
  try {
    return db.prepare<[], string>('SELECT sqlite_version()').pluck().get() ?? '';
  } finally {
    db.close();
  }
}
