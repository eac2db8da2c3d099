import { DomainError } from '@streamvault/kernel';
import { bytesInWords } from './words.js';

/** A minute is how long tidying up takes at the least. */
const retryAfterSeconds = 60;

/** There is not enough room to begin another recording. */
export class DiskLow extends DomainError {
  readonly code = 'disk.low';
  readonly kind = 'unavailable';
  constructor(folders: string, freeBytes: number, neededBytes: number) {
    super(
      `Only ${bytesInWords(freeBytes)} are free on the disk of ${folders}, and no recording is begun below ` +
        `${bytesInWords(neededBytes)} (DISK_REFUSE). Free some space or move RECORDINGS_DIR, then start again.`,
      { freeBytes, neededBytes, retryAfterSeconds },
    );
  }
}

/** A folder is not where it was when the server started. */
export class DiskGone extends DomainError {
  readonly code = 'disk.gone';
  readonly kind = 'unavailable';
  constructor(folders: string) {
    super(`The disk of ${folders} is not there any more. Mount it again; what is running goes on by itself then.`, {
      retryAfterSeconds,
    });
  }
}
