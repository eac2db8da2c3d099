import { errorCode } from '@streamvault/failures';
import { stat, statfs } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { StorageFull } from './errors.js';

export interface SpaceNeed {
  /** Need not exist yet. */
  readonly directory: string;
  readonly bytes: number;
}

/**
 * Refuses early rather than fill the disk that captures write to. Folders on one disk share its space.
 * @throws StorageFull with both numbers
 */
export async function requireSpace(needs: readonly SpaceNeed[]): Promise<void> {
  const perDisk = new Map<number, SpaceNeed>();
  for (const need of needs) {
    const directory = await nearestExisting(need.directory);
    const { dev } = await stat(directory);
    perDisk.set(dev, { directory, bytes: need.bytes + (perDisk.get(dev)?.bytes ?? 0) });
  }
  for (const { directory, bytes } of perDisk.values()) {
    const { bavail, bsize, blocks } = await statfs(directory);
    const freeBytes = bavail * bsize;
    // Some network file systems report nothing; then the write itself will fail.
    if (blocks > 0 && freeBytes < bytes) throw new StorageFull(directory, { neededBytes: bytes, freeBytes });
  }
}

async function nearestExisting(directory: string): Promise<string> {
  let folder = resolve(directory);
  for (;;) {
    try {
      await stat(folder);
      return folder;
    } catch (error) {
      // Not created yet: it will be on its parent's disk. The root always exists.
      if (errorCode(error) !== 'ENOENT' || folder === dirname(folder)) throw error;
      folder = dirname(folder);
    }
  }
}
