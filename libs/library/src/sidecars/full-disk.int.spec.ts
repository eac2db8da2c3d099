import { afterEach, beforeEach, expect } from '@jest/globals';
import { copyDurably, StorageFull, writeContentDurably } from '@streamvault/media';
import { itMounts, mountTmpfs, unmount } from '../../../storage/src/mounts.testing.js';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { writeOwnFile } from './own-file.js';

let disk: string;
const [old, recent] = ['what was there', 'x'.repeat(200_000)];

/** What the steps write beside a video, each as it writes it. */
const writers = {
  'a checksum': (file: string) => writeContentDurably(file, recent),
  'an info file': (file: string) => writeOwnFile(file, recent, () => true),
  artwork: (file: string) => copyDurably(join(disk, 'picture.jpg'), file),
} as const;

beforeEach(async () => {
  disk = await mkdtemp(join(tmpdir(), 'streamvault-full-'));
});
afterEach(() => rm(disk, { recursive: true, force: true }));

for (const [what, write] of Object.entries(writers))
  itMounts(
    `${what} for which a disk has no room leaves what was there, says why, and is written when there is`,
    async () => {
      mountTmpfs(disk);
      try {
        const file = join(disk, 'file');
        await writeFile(file, old);
        await writeFile(join(disk, 'picture.jpg'), recent);
        await writeFile(join(disk, 'filler'), Buffer.alloc(1 << 20)).catch(() => undefined);
        await expect(write(file)).rejects.toBeInstanceOf(StorageFull);
        expect(await readFile(file, 'utf8')).toBe(old);
        expect((await readdir(disk)).toSorted()).toEqual(['file', 'filler', 'picture.jpg']);
        await rm(join(disk, 'filler'));
        await write(file);
        expect(await readFile(file, 'utf8')).toBe(recent);
      } finally {
        unmount(disk);
      }
    },
  );
