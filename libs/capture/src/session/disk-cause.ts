import { errorCode, messageOf } from '@streamvault/failures';
import { LedgerUnusable } from '../ledger/entries.js';
import type { Cause } from '../port.js';

/** What a person should know of a file system's error. */
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
          'The disk, or a limit of this user, takes no file of that size. Lift it; the recording goes on by itself.',
      };
    case 'ENOENT':
    case 'ENODEV':
    case 'ENXIO':
    case 'ESTALE':
      return {
        code: 'disk.gone',
        message: `The recording folder is not there any more (${code}). Mount its disk again; the recording goes on by itself.`,
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
      // A defect, or something that a source sent: the disk is not to blame, and nobody waits for it.
      const said = messageOf(error);
      return {
        code: 'capture.defect',
        message: `The capture failed of something unforeseen (${said}). Report it with the log.`,
      };
    }
  }
}

/** An errno name of the operating system; Node's own codes (`ERR_INVALID_ARG_VALUE`) speak of the program. */
const isOfSystem = (code: string | undefined): boolean => code !== undefined && /^E(?!RR_)[A-Z0-9]+$/.test(code);

/** Whether the same files can be written again as soon as there is room. After any other failure they have to be opened anew. */
export const isWantOfRoom = ({ code }: Cause): boolean => code === 'disk.full';

/** The disk under a capture failed: what is there has to be looked through before anything is added to it. */
export class DiskFailed extends Error {
  readonly code: string;

  constructor({ code, message }: Cause, options?: ErrorOptions) {
    super(message, options);
    this.name = new.target.name;
    this.code = code;
  }
}
