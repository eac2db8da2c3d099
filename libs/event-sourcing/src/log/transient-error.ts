import { EventStoreUnavailable } from '@streamvault/event-store';

/**
 * By `code`, on the error or what caused it. SQLite: result codes (sqlite.org/rescode.html). PostgreSQL: SQLSTATE classes
 * 08 (connection), 53 (resources, a full disk), 57 (shut down), 58 (system), and 40001, 40P01, 55P03 (try again). Node: errno names.
 */
const transientCodes =
  /^(?:SQLITE_(?:BUSY|LOCKED|FULL|IOERR|CANTOPEN|NOMEM|PROTOCOL|INTERRUPT|READONLY|CORRUPT|NOTADB)(?:_|$)|08|53|57|58|40001$|40P01$|55P03$|ECONN|EPIPE$|ETIMEDOUT$|EHOST|ENET|EAI_AGAIN$|ENOTFOUND$|ENOSPC$|EDQUOT$|EMFILE$|ENFILE$|EIO$)/;

/**
 * Whether the surroundings failed (a busy or absent database, a full disk) rather than the work itself, so that the same
 * thing may well succeed later.
 */
export function isTransient(error: unknown): boolean {
  for (let depth = 0; error instanceof Error && depth < 10; depth++) {
    if (error instanceof EventStoreUnavailable) return true;
    if ('code' in error && typeof error.code === 'string' && transientCodes.test(error.code)) return true;
    if (connectionIsGone.test(error.message)) return true;
    error = error.cause;
  }
  return false;
}

/** What drivers say in words only. SQLite has nothing to roll back where a failing commit did so by itself (a full disk). */
const connectionIsGone =
  /no transaction is active|Connection terminated|connection is not open|driver has already been destroyed|timeout exceeded when trying to connect/i;
