import { errorCode } from '@streamvault/failures';
import { EventLogNotWritable, EventStoreUnavailable } from './errors.js';

/** An error of the operating system about a file, as one of the errors that callers know. */
export function asFileFailure(error: unknown, path: string, next: string): unknown {
  const code = errorCode(error);
  switch (code) {
    case 'ENOSPC':
    case 'EDQUOT':
      return new EventStoreUnavailable(`The disk is full while writing ${path}. Free some space. ${next}`, {
        cause: error,
      });
    case 'EACCES':
    case 'EPERM':
    case 'EROFS':
    case 'ENOENT':
    case 'ENOTDIR':
    case 'EISDIR':
      return new EventLogNotWritable(
        `${path} cannot be written (${code}). Name a file in an existing folder that is writable.`,
        {
          cause: error,
        },
      );
    default:
      return error;
  }
}
