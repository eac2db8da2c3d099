import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';

const MARK = 'stood-still';

/**
 * Marks the folder of a recording while its source makes the thread hang. If the mark is still there when the recording
 * is to continue, StreamVault or its thread was killed meanwhile, and the recording does not continue by itself.
 */
export const quarantine = {
  mark(directory: string): void {
    try {
      writeFileSync(path.join(directory, MARK), '');
    } catch {
      // There is no folder yet, or no room. If the thread hangs again, it is noticed again.
    }
  },

  clear(directory: string): void {
    rmSync(path.join(directory, MARK), { force: true });
  },

  /** Whether the folder was marked. Removes the mark, because a second request means to try again. */
  take(directory: string): boolean {
    try {
      readFileSync(path.join(directory, MARK));
    } catch {
      return false;
    }
    quarantine.clear(directory);
    return true;
  },
};
