import Database from 'better-sqlite3';
import { closeSync, openSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { EventStoreLocked } from '../errors.js';
import { isBusy } from './sqlite-failure.js';

const RETRY_MS = 50;

export interface WriterLock {
  release(): void;
}

/**
 * One writer per log, across processes and within one. The lock is the operating system's own, on a file beside the log
 * that SQLite holds for us. It dies with the process, so a kill leaves nothing to clean up, and the remaining file
 * means nothing. (Deleting it while a server runs would let a second one in.)
 * @param patienceMs how long a predecessor may take to end
 * @throws EventStoreLocked; SqliteError if the file cannot be created
 */
export async function acquireWriterLock(logPath: string, patienceMs: number): Promise<WriterLock> {
  const deadline = performance.now() + patienceMs;
  for (;;) {
    const lock = tryLock(`${logPath}.lock`);
    if (lock !== undefined) return lock;
    if (performance.now() >= deadline) {
      throw new EventStoreLocked(
        `Another StreamVault has the event log ${logPath} open, and only one may write. Stop it first, or give this one ` +
          'its own DATA_DIR.',
      );
    }
    await sleep(RETRY_MS);
  }
}

/** Created before SQLite does, which would make it readable by all. */
function makePrivate(path: string): void {
  try {
    closeSync(openSync(path, 'a', 0o600));
  } catch {
    // SQLite reports better why the file cannot be created.
  }
}

function tryLock(path: string): WriterLock | undefined {
  makePrivate(path);
  const file = new Database(path, { timeout: 0 });
  try {
    file.exec('BEGIN EXCLUSIVE');
    return { release: () => file.close() };
  } catch (error) {
    file.close();
    if (isBusy(error)) return undefined;
    throw error;
  }
}
