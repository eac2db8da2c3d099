import { EventStoreUnavailable } from '@streamvault/event-store';

/**
 * By `code`, on the error or its cause. SQLite: result codes (sqlite.org/rescode.html). PostgreSQL: SQLSTATE classes 08
 * (connection), 28 (log-in), 3D (no such database), 53 (resources, a full disk), 57 (shut down), 58 (system), XX
 * (internal), and 25006 (a standby), 25P03 (idle too long), 40001, 40P01, 55P03 (try again), 42501 (not allowed). Node:
 * errno names.
 */
const transientCodes =
  /^(?:SQLITE_(?:BUSY|LOCKED|FULL|IOERR|CANTOPEN|NOMEM|PROTOCOL|INTERRUPT|READONLY|CORRUPT|NOTADB)(?:_|$)|(?:08|28|3D|53|57|58|XX)[0-9A-Z]{3}$|25006$|25P03$|40001$|40P01$|55P03$|42501$|ECONN|EPIPE$|ETIMEDOUT$|EHOST|ENET|EAI_AGAIN$|ENOTFOUND$|ENOSPC$|EDQUOT$|EMFILE$|ENFILE$|EIO$)/;

/**
 * Whether the environment failed (a busy or missing database, a full disk) rather than the work itself, so that a retry
 * may succeed.
 */
export function isTransient(error: unknown): boolean {
  // Checked by its properties, not by its class: a driver's sockets may fail with errors of another realm.
  for (let depth = 0; typeof error === 'object' && error !== null && depth < 10; depth++) {
    if (error instanceof EventStoreUnavailable) return true;
    if ('code' in error && typeof error.code === 'string' && transientCodes.test(error.code)) return true;
    if ('message' in error && typeof error.message === 'string' && connectionIsGone.test(error.message)) return true;
    // A name with several addresses fails with one error for each.
    if ('errors' in error && Array.isArray(error.errors) && error.errors.some((each) => isTransient(each))) return true;
    error = 'cause' in error ? error.cause : undefined;
  }
  return false;
}

/**
 * What drivers report only as text. SQLite has nothing to roll back if a failing commit already did so (a full disk).
 */
const connectionIsGone =
  /no transaction is active|Connection terminated|is not queryable|connection is not open|driver has already been destroyed|timeout exceeded when trying to connect|Query read timeout/i;
