import { errorCode, messageOf } from '@streamvault/failures';
import { LedgerUnusable } from '../ledger/entries.js';
import type { Cause } from '../port.js';

/** Explains an error of the file system to a person. */
export function diskCause(error: unknown): Cause {
  if (error instanceof LedgerUnusable) return { code: error.code, message: error.message };
  const code = errorCode(error);
  switch (code) {
    case 'ENOSPC':
    case 'EDQUOT':
      return { code: 'disk.full', message: 'The disk is full. Free some space; the recording goes on by itself.' };
    case 'EFBIG':
      return {
        code: 'disk.full',
        message:
          'The disk, or a limit of this user, does not allow a file of that size. Lift the limit; the recording goes on by itself.',
      };
    case 'ENOENT':
    case 'ENODEV':
    case 'ENXIO':
    case 'ESTALE':
      return {
        code: 'disk.gone',
        message: `The recording folder is no longer there (${code}). Mount its disk again; the recording goes on by itself.`,
      };
    case 'EACCES':
    case 'EPERM':
    case 'EROFS':
      return {
        code: 'disk.not-writable',
        message: 'The recording folder may not be written to. Give this user the right to write there.',
      };
    default: {
      if (isOfSystem(code))
        return { code: 'disk.failed', message: `The recording could not be written to the disk (${code}).` };
      // A defect, or data that a source sent: the disk is not the cause, and waiting for it would not help.
      const said = messageOf(error);
      return {
        code: 'capture.defect',
        message: `The capture failed unexpectedly (${said}). Report it with the log.`,
      };
    }
  }
}

/** An errno name of the operating system. Node's own codes (`ERR_INVALID_ARG_VALUE`) concern the program. */
const isOfSystem = (code: string | undefined): boolean => code !== undefined && /^E(?!RR_)[A-Z0-9]+$/.test(code);

/**
 * Whether the same files can be written again as soon as there is room. After any other failure they have to be opened
 * again.
 */
export const isWantOfRoom = ({ code }: Cause): boolean => code === 'disk.full';

/** The disk failed during a capture: the files have to be checked before anything is added to them. */
export class DiskFailed extends Error {
  readonly code: string;

  constructor({ code, message }: Cause, options?: ErrorOptions) {
    super(message, options);
    this.name = new.target.name;
    this.code = code;
  }
}
