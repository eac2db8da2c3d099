import { DomainError } from '@streamvault/kernel';
import { bytesInWords } from './words.js';

/** Freeing space takes a minute at least. */
const retryAfterSeconds = 60;

/** There is not enough room for another recording. */
export class DiskLow extends DomainError {
  readonly code = 'disk.low';
  readonly kind = 'unavailable';
  constructor(folders: string, freeBytes: number, neededBytes: number) {
    super(
      `Only ${bytesInWords(freeBytes)} are free on the disk of ${folders}, and no recording is started below ` +
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
    super(
      `The disk of ${folders} is no longer there. Mount it again; running recordings then continue by themselves.`,
      {
        retryAfterSeconds,
      },
    );
  }
}
