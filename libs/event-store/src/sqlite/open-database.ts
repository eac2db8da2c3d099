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
 * Opens the log for its only writer, creating the folder and the file if they are missing.
 * @throws UnsupportedSqlite, EventStoreLocked, EventLogNotWritable, EventLogDamaged, EventLogTooNew,
 * EventStoreUnavailable
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
 * Makes the log readable for its owner only: it contains who watches what, and when. SQLite gives the files that it
 * creates beside it the same permissions.
 */
function makePrivate(path: string): void {
  try {
    closeSync(openSync(path, 'a', 0o600));
    for (const part of [path, `${path}-wal`, `${path}-shm`, `${path}.lock`])
      if (existsSync(part)) chmodSync(part, 0o600);
  } catch {
    // A file system without permissions, or a file that is not ours: SQLite reports better whether it can be used.
  }
}

/** Another connection to a log that {@link openDatabase} has opened, for the writer's thread. */
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
 * Opens a log for reading, even while its writer lives. Nothing is created, migrated or locked.
 * @throws UnsupportedSqlite, EventLogMissing, EventLogNotWritable, EventLogDamaged, EventLogTooNew,
 * EventStoreUnavailable
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

/** Readers of a log in WAL mode share memory through a file beside it, which must exist or be created. */
function asReadError(error: unknown, path: string): unknown {
  const known = asEventStoreError(error, path);
  if (!(known instanceof EventLogNotWritable)) return known;
  return new EventLogNotWritable(
    `The event log ${path} cannot be read where it is (${messageOf(error)}): even a reader needs to write beside it. ` +
      'Copy the file into a folder that this user may write to, and name the copy.',
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
 * The driver's default for WAL is synchronous=NORMAL, with which a power cut may lose the last commits: FULL syncs
 * each. Fewer and larger checkpoints than the default; a WAL that has grown is truncated.
 */
function configure(db: Database.Database): void {
  db.pragma('journal_mode = WAL');
  db.pragma('synchronous = FULL');
  db.pragma('wal_autocheckpoint = 4000');
  db.pragma('journal_size_limit = 67108864');
  db.pragma('cache_size = -32000');
}

/** One log, one path, whatever name was given: a symbolic link must not bypass the lock. */
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
