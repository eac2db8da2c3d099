import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';

const MARK = 'stood-still';

/**
 * Marks the folders of recordings whose sources have a thread stand still, for as long as it does. One that is still there when its
 * recording is to go on had StreamVault ended, or its thread: it does not go on by itself.
 */
export const quarantine = {
  mark(directory: string): void {
    try {
      writeFileSync(path.join(directory, MARK), '');
    } catch {
      // There is no folder yet, or no room. Should it come to it, the same is noticed again.
    }
  },

  clear(directory: string): void {
    rmSync(path.join(directory, MARK), { force: true });
  },

  /** Whether it was marked. It is not any more: who asks for it a second time wants it tried again. */
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
