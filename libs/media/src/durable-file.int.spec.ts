import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { oneAtATime, writeContentDurably, writeDurably } from './durable-file.js';
import { StorageFull, StorageRefused } from './errors.js';
import { requireSpace } from './free-space.js';
import { smallDisk, temporaryFolder, type TemporaryFolder } from './media.testing.js';

describe('writeDurably', () => {
  let temporary: TemporaryFolder;
  let folder: string;
  beforeEach(async () => {
    temporary = await temporaryFolder();
    folder = temporary.path;
  });
  afterEach(() => temporary.remove());

  it('makes missing folders, and replaces an existing file', async () => {
    const target = join(folder, 'a', 'b', 'x.txt');
    await writeContentDurably(target, 'one');
    await writeContentDurably(target, 'two');
    expect(await readFile(target, 'utf8')).toBe('two');
    expect(await readdir(join(folder, 'a', 'b'))).toEqual(['x.txt']);
  });

  it('writes under the longest possible name', async () => {
    const target = join(folder, `${'x'.repeat(251)}.mp4`);
    await writeContentDurably(target, 'long');
    expect(await readFile(target, 'utf8')).toBe('long');
  });

  it('shows nothing under the final name before everything is written, and keeps the old file when it fails', async () => {
    const target = join(folder, 'x.txt');
    await writeContentDurably(target, 'old');
    const failed = writeDurably(target, async (path) => {
      await writeFile(path, 'half');
      expect(await readFile(target, 'utf8')).toBe('old');
      throw new Error('interrupted');
    });
    await expect(failed).rejects.toThrow('interrupted');
    expect(await readFile(target, 'utf8')).toBe('old');
    expect(await readdir(folder)).toEqual(['x.txt']);
  });

  it('says which path is refused', async () => {
    await writeFile(join(folder, 'file'), '');
    const refused = writeContentDurably(join(folder, 'file', 'x.txt'), 'x');
    await expect(refused).rejects.toBeInstanceOf(StorageRefused);
    await expect(refused).rejects.toThrow(/file\/x\.txt cannot be written \(ENOTDIR|EEXIST\)/);
  });

  it('reports a full disk as such, and leaves no partial file on it', async () => {
    const disk = join(folder, 'disk');
    const mounted = await smallDisk(disk, 1);
    if (mounted === undefined) return; // The classification itself has its own test without a mount.
    try {
      await expect(writeContentDurably(join(disk, 'x'), Buffer.alloc(4_000_000))).rejects.toBeInstanceOf(StorageFull);
      expect(await readdir(disk)).toEqual([]);
      await expect(requireSpace([{ directory: join(disk, 'new'), bytes: 2_000_000 }])).rejects.toBeInstanceOf(
        StorageFull,
      );
      await requireSpace([{ directory: join(disk, 'new'), bytes: 500_000 }]);
    } finally {
      await mounted.remove();
    }
  });

  it('adds up the space needed on one disk', async () => {
    const needs = [1, 2].map((n) => ({ directory: join(folder, `not-yet-${n}`), bytes: Number.MAX_SAFE_INTEGER / 4 }));
    await expect(requireSpace(needs)).rejects.toMatchObject({ space: { neededBytes: Number.MAX_SAFE_INTEGER / 2 } });
    await requireSpace([{ directory: folder, bytes: 1 }]);
  });
});

describe('oneAtATime', () => {
  it('makes work on one target wait, failed or not, while other targets go on', async () => {
    const order: string[] = [];
    const { promise: gate, resolve: open } = Promise.withResolvers<void>();
    const first = oneAtATime('x', async () => {
      await gate;
      order.push('first');
      throw new Error('failed');
    });
    const second = oneAtATime('./x', async () => order.push('second'));
    await oneAtATime('y', async () => order.push('other'));
    open();
    await expect(first).rejects.toThrow('failed');
    await second;
    expect(order).toEqual(['other', 'first', 'second']);
  });
});
