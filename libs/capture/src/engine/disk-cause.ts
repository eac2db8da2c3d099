import { LedgerUnusable } from '../ledger/entries.js';
import { errorCode } from '../ledger/files.js';
import type { Cause } from '../port.js';

/** What a person should know of a file system's error. */
export function diskCause(error: unknown): Cause {
  if (error instanceof LedgerUnusable) return { code: error.code, message: error.message };
  const code = errorCode(error);
  switch (code) {
    case 'ENOSPC':
    case 'EDQUOT':
      return { code: 'disk.full', message: 'The disk is full. Free some space; the recording goes on by itself.' };
    case 'EACCES':
    case 'EPERM':
    case 'EROFS':
      return {
        code: 'disk.not-writable',
        message: 'The recording folder may not be written to. Give this user the right to write there.',
      };
    default: {
      const said = error instanceof Error ? error.message : String(error);
      return { code: 'disk.failed', message: `The recording could not be written to the disk (${code ?? said}).` };
    }
  }
}
