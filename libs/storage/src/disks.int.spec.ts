import { afterEach, beforeEach, expect, it } from '@jest/globals';
import { mkdir, mkdtemp, rename, rm, statfs } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Disks } from './disks.js';
import { itMounts, mountTmpfs, unmount } from './mounts.testing.js';

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'streamvault-disks-'));
  await mkdir(join(folder, 'work'));
  await mkdir(join(folder, 'library'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const folders = () => [
  { name: 'DATA_DIR', path: join(folder, 'work') },
  { name: 'RECORDINGS_DIR', path: join(folder, 'library') },
];

it('folders on one disk are reported together, with its room', async () => {
  const [disk, ...others] = await new Disks(folders()).read();
  expect(others).toEqual([]);
  expect(disk?.folders).toEqual(folders());
  const { bsize, blocks } = await statfs(folder);
  expect(disk?.room?.totalBytes).toBe(bsize * blocks);
  expect(disk?.room?.freeBytes).toBeGreaterThan(0);
});

it('a folder that is missing is a disk that is gone, until it is back', async () => {
  const disks = new Disks(folders());
  await disks.read();
  await rename(join(folder, 'work'), join(folder, 'elsewhere'));
  expect((await disks.read()).map(({ folders, room }) => [folders[0]?.name, room === undefined])).toEqual([
    ['DATA_DIR', true],
    ['RECORDINGS_DIR', false],
  ]);
  await rename(join(folder, 'elsewhere'), join(folder, 'work'));
  expect(await disks.read()).toHaveLength(1);
});

itMounts('the empty place that a vanished mount leaves is not taken for a disk', async () => {
  const library = join(folder, 'library');
  mountTmpfs(library);
  try {
    const disks = new Disks(folders());
    expect((await disks.read()).map(({ room }) => room?.totalBytes)).toEqual([expect.any(Number), 2 ** 20]);
    unmount(library);
    expect((await disks.read()).map(({ room }) => room === undefined)).toEqual([false, true]);
    mountTmpfs(library);
    expect((await disks.read()).map(({ room }) => room === undefined)).toEqual([false, false]);
  } finally {
    unmount(library);
  }
});

it('a place that is not the right folder is a disk that is gone', async () => {
  const library = join(folder, 'library');
  const disks = new Disks(folders(), (path) => Promise.resolve(path !== library));
  expect((await disks.read()).map(({ folders, room }) => [folders[0]?.name, room === undefined])).toEqual([
    ['DATA_DIR', false],
    ['RECORDINGS_DIR', true],
  ]);
});
