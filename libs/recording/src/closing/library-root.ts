import { DiskGone } from '@streamvault/storage';
import type { RootPresence } from '../recorder/work-folders.js';

/** The folder of finished videos, which may lie on a disk that comes and goes. */
export class LibraryRoot {
  constructor(
    readonly path: string,
    private readonly isThere: RootPresence,
    /** A word for the log whose recordings are put there: other servers may have been given the same folder. */
    readonly owner?: string,
  ) {}

  /** @throws DiskGone: what would be written there now could not be found again */
  async requireThere(): Promise<void> {
    if (!(await this.isThere())) throw new DiskGone(this.path);
  }
}
