import { errorCode, messageOf } from '@streamvault/failures';
import { EventLogDamaged, EventLogNotWritable, EventStoreError, EventStoreUnavailable } from '../errors.js';

/** An SQLite error as one of the errors that callers know. Any other error is returned unchanged. */
export function asEventStoreError(error: unknown, path: string): unknown {
  const code = errorCode(error);
  if (error instanceof EventStoreError || code === undefined || !code.startsWith('SQLITE_')) return error;
  const cause = { cause: error };
  switch (primaryCode(code)) {
    case 'SQLITE_NOTADB':
      return new EventLogDamaged(
        `${path} is not an SQLite database. Restore it from a backup, or move it away to begin a new log.`,
        cause,
      );
    case 'SQLITE_CORRUPT':
      return new EventLogDamaged(
        `The event log ${path} is damaged (${messageOf(error)}). Stop the server and restore the file from a backup; ` +
          'the command ".recover" of the sqlite3 shell saves what is readable.',
        cause,
      );
    case 'SQLITE_READONLY':
    case 'SQLITE_PERM':
    case 'SQLITE_CANTOPEN':
      return notWritable(path, error);
    case 'SQLITE_FULL':
      return new EventStoreUnavailable(
        `The disk of the event log ${path} is full. Free some space; nothing was stored.`,
        cause,
      );
    case 'SQLITE_BUSY':
      return new EventStoreUnavailable(
        `The event log ${path} is held by another program (a backup or an SQLite shell?). Try again.`,
        cause,
      );
    default:
      return new EventStoreUnavailable(`The event log ${path} failed: ${messageOf(error)} (${code}).`, cause);
  }
}

export function notWritable(path: string, cause: unknown): EventLogNotWritable {
  return new EventLogNotWritable(
    `The event log ${path} cannot be opened for writing (${messageOf(cause)}). Its folder and the file must be ` +
      'writable by the user that runs the server.',
    { cause },
  );
}

export function isUniqueViolation(error: unknown): boolean {
  return errorCode(error) === 'SQLITE_CONSTRAINT_UNIQUE';
}

export function isBusy(error: unknown): boolean {
  return errorCode(error)?.startsWith('SQLITE_BUSY') === true;
}

/** SQLITE_READONLY_DIRECTORY, SQLITE_IOERR_FSYNC and similar codes without their last part. */
function primaryCode(code: string): string {
  return code.split('_').slice(0, 2).join('_');
}
