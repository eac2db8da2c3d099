import { DiskGone } from '@streamvault/storage';
import type { RootPresence } from '../recorder/work-folders.js';

/** The folder of finished videos, which may lie on a disk that comes and goes. */
export class LibraryRoot {
  constructor(
    readonly path: string,
    private readonly isThere: RootPresence,
    /** Identifies the log whose recordings are put there, because other servers may use the same folder. */
    readonly owner?: string,
  ) {}

  /** @throws DiskGone, because what would be written there now could not be found again */
  async requireThere(): Promise<void> {
    if (!(await this.isThere())) throw new DiskGone(this.path);
  }
}
