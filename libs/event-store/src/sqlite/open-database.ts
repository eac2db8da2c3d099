import Database from 'better-sqlite3';
import { mkdirSync, realpathSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { asEventStoreError, errorCode, notWritable } from './sqlite-failure.js';
import { prepareSchema } from './schema.js';
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
    db = new Database(path, { timeout: 5_000 });
    configure(db);
    prepareSchema(db, path);
    return { db, path, lock, sqliteVersion };
  } catch (error) {
    db?.close();
    lock?.release();
    throw asEventStoreError(error, path);
  }
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
function canonicalPath(file: string): string {
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
