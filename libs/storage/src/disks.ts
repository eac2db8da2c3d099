import { stat, statfs } from 'node:fs/promises';
import { dirname } from 'node:path';

export interface WatchedFolder {
  /** The user's name for it: the setting that contains its path. */
  readonly name: string;
  readonly path: string;
}

/** A file system, and which of the watched folders are on it. */
export interface DiskReading {
  readonly folders: readonly WatchedFolder[];
  /** Undefined if it is gone: its mount, or the folder itself. */
  readonly room: { readonly freeBytes: number; readonly totalBytes: number } | undefined;
}

/** Asks the operating system about the folders' disks. */
export class Disks {
  /**
   * Folders that were mount points when they were first seen. One that no longer is one is an empty place, not a disk.
   */
  readonly #mounts = new Set<string>();

  /** @param isThere whether the right folder is at a path now */
  constructor(
    private readonly folders: readonly WatchedFolder[],
    private readonly isThere: (path: string) => Promise<boolean> = () => Promise.resolve(true),
  ) {}

  /** One per disk, in the order of the folders. */
  async read(): Promise<DiskReading[]> {
    const disks = new Map<number | string, { folders: WatchedFolder[]; room: DiskReading['room'] }>();
    for (const folder of this.folders) {
      const device = await this.#device(folder.path);
      const known = disks.get(device ?? folder.path);
      if (known) known.folders.push(folder);
      else
        disks.set(device ?? folder.path, {
          folders: [folder],
          room: device === undefined ? undefined : await roomOf(folder.path),
        });
    }
    return [...disks.values()];
  }

  async #device(path: string): Promise<number | undefined> {
    try {
      const [{ dev }, { dev: above }] = await Promise.all([stat(path), stat(dirname(path))]);
      if (dev !== above) this.#mounts.add(path);
      else if (this.#mounts.has(path)) return undefined;
      return (await this.isThere(path)) ? dev : undefined;
    } catch {
      // Whatever the reason (EIO, ENOENT, ESTALE), nothing can be written there now.
      return undefined;
    }
  }
}

async function roomOf(path: string): Promise<DiskReading['room']> {
  try {
    const { bavail, bsize, blocks } = await statfs(path);
    // Some network file systems report nothing; then a write will show it.
    if (blocks === 0) return { freeBytes: Infinity, totalBytes: Infinity };
    return { freeBytes: bavail * bsize, totalBytes: blocks * bsize };
  } catch {
    // As above.
    return undefined;
  }
}
