import { errorCode } from '@streamvault/failures';
import { closeSync, openSync, readSync, statSync } from 'node:fs';
import { EventLogDamaged } from '../errors.js';

const HEADER_LENGTH = 100;

/**
 * Detects a file that was cut off, before it is read as the shorter log that it seems to be, or written to. From the
 * file's own header (https://sqlite.org/fileformat2.html#the_database_header): page size at 16, pages at 28, which is
 * valid if the counters at 24 and 92 agree. While there is a WAL, pages may be in there, and SQLite itself checks.
 * @throws EventLogDamaged
 */
export function requireWholeFile(path: string): void {
  const size = sizeOf(path);
  if (size === undefined || size === 0 || (sizeOf(`${path}-wal`) ?? 0) > 0) return;
  const header = headerOf(path);
  if (!header.toString('latin1').startsWith('SQLite format 3\0')) return;
  const pageSize = header.readUInt16BE(16) === 1 ? 65_536 : header.readUInt16BE(16);
  const pages = header.readUInt32BE(24) === header.readUInt32BE(92) ? header.readUInt32BE(28) : 1;
  const expected = Math.max(HEADER_LENGTH, pageSize * pages);
  if (size >= expected) return;
  throw new EventLogDamaged(
    `The event log ${path} was cut off: it has ${size} bytes of ${expected}. Nothing was changed. ` +
      'Restore it from a backup; the command ".recover" of the sqlite3 shell saves what is readable.',
  );
}

function headerOf(path: string): Buffer {
  const header = Buffer.alloc(HEADER_LENGTH);
  const file = openSync(path, 'r');
  try {
    readSync(file, header, 0, HEADER_LENGTH, 0);
  } finally {
    closeSync(file);
  }
  return header;
}

function sizeOf(path: string): number | undefined {
  try {
    const found = statSync(path);
    return found.isFile() ? found.size : undefined;
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return undefined;
    throw error;
  }
}
