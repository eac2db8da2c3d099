import { closeSync, fsyncSync, ftruncateSync, openSync, statfsSync, statSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';
import { randomBytes } from 'node:crypto';

/** Released at once: more than a commit needs, so that little of it goes to other programs that wait for room. */
const PORTION = 256 * 1024;

/**
 * Room on the disk that is reserved for the log (`events.db.reserve`). On a full disk nothing could be stored, not even
 * that a recording is to be stopped. Then the reserve is given up, bit by bit; it is filled again when there is room.
 */
export class DiskReserve {
  readonly #file: string;
  readonly #bytes: number;

  constructor(log: string, bytes: number) {
    this.#file = `${log}.reserve`;
    this.#bytes = bytes;
  }

  /** Takes what is missing, if the disk has plenty. Never throws: the log works without it. */
  fill(): void {
    try {
      const missing = this.#bytes - this.#size();
      const { bavail, bsize } = statfsSync(dirname(this.#file));
      if (missing <= 0 || bavail * bsize < this.#bytes * 4) return;
      // Random, because some file systems store zeros or repetitions without using room.
      const noise = randomBytes(Math.min(PORTION, missing));
      const file = openSync(this.#file, 'a', 0o600);
      try {
        for (let left = missing; left > 0; left -= noise.length) {
          writeSync(file, noise, 0, Math.min(noise.length, left));
        }
      } finally {
        closeSync(file);
      }
    } catch {
      // Another program took the room in between: it is tried again later.
    }
  }

  /**
   * Gives some of it back to the disk.
   * @returns false if nothing is left
   */
  release(): boolean {
    try {
      const size = this.#size();
      if (size === 0) return false;
      const file = openSync(this.#file, 'r+');
      try {
        ftruncateSync(file, Math.max(0, size - PORTION));
        // The room counts as free once the file system has recorded that.
        fsyncSync(file);
      } finally {
        closeSync(file);
      }
      return true;
    } catch {
      // A disk that fails even at this: the caller reports why it could not write.
      return false;
    }
  }

  #size(): number {
    return statSync(this.#file, { throwIfNoEntry: false })?.size ?? 0;
  }
}
