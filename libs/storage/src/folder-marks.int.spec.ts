import { afterEach, beforeEach, expect, it } from '@jest/globals';
import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { FolderMarks } from './folder-marks.js';
import { itMounts, mountTmpfs, unmount } from './mounts.testing.js';

let root: string;
let data: string;
let said: string[];

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'streamvault-marks-'));
  data = join(root, 'data');
  await mkdir(data);
  said = [];
});
afterEach(() => rm(root, { recursive: true, force: true }));

const note = (message: string) => void said.push(message);
/** As the server does at its start. */
async function start(path: string): Promise<{ marks: FolderMarks; isNew: boolean }> {
  const marks = await FolderMarks.open(data, { info: note, warn: note, error: note });
  return { marks, isNew: await marks.take({ name: 'RECORDINGS_DIR', path }) };
}

it('a folder is created, and recognized from then on', async () => {
  const library = join(data, 'library');
  const first = await start(library);
  expect(first.isNew).toBe(true);
  expect(await first.marks.isThere(library)).toBe(true);
  await writeFile(join(library, 'video.mp4'), '');
  const second = await start(library);
  expect(second.isNew).toBe(false);
  expect(await second.marks.isThere(library)).toBe(true);
  await rm(library, { recursive: true });
  expect(await second.marks.isThere(library)).toBe(false);
});

it('a recent check is enough for callers that say so, but not once the folder was found missing', async () => {
  const library = join(data, 'library');
  const { marks } = await start(library);
  expect(await marks.isThere(library)).toBe(true);
  await rm(library, { recursive: true });
  expect(await marks.isThere(library, 60_000)).toBe(true);
  expect(await marks.isThere(library)).toBe(false);
  expect(await marks.isThere(library, 60_000)).toBe(false);
});

it('one from before there were marks is accepted as it is', async () => {
  const library = join(data, 'library');
  await mkdir(library);
  await writeFile(join(library, 'video.mp4'), '');
  expect((await start(library)).isNew).toBe(false);
});

it('one on the disk of the data folder cannot have gone without it: it was removed, and is created again', async () => {
  const library = join(data, 'library');
  await start(library);
  await rm(library, { recursive: true });
  const { marks, isNew } = await start(library);
  expect(isNew).toBe(true);
  expect(await marks.isThere(library)).toBe(true);
  expect(said).toEqual([]);
});

itMounts('one on another disk is waited for, and nothing is put into its empty place', async () => {
  const disk = join(root, 'disk');
  const aside = join(root, 'aside');
  const library = join(disk, 'library');
  await mkdir(disk);
  mountTmpfs(disk);
  try {
    expect((await start(library)).isNew).toBe(true);
    await mkdir(aside);
    await writeFile(join(library, 'video.mp4'), 'x');
  } finally {
    unmount(disk);
  }
  const { marks, isNew } = await start(library);
  expect(isNew).toBe(false);
  expect(await marks.isThere(library)).toBe(false);
  expect(await readdir(disk)).toEqual([]);
  expect(said).toEqual([expect.stringMatching(/The disk of RECORDINGS_DIR .* is not there\. Mount it.*empty file/)]);
  // An operator says that another folder takes its place.
  await mkdir(library);
  await writeFile(join(library, '.streamvault-folder'), '');
  expect(await marks.isThere(library)).toBe(true);
  await start(library);
  expect(said).toHaveLength(1);
});

it('one that another installation uses is reported, and taken over once that is allowed', async () => {
  const library = join(data, 'library');
  const take = async (owner?: string) => {
    const marks = await FolderMarks.open(data, { info: note, warn: note, error: note }, owner);
    await marks.take({ name: 'RECORDINGS_DIR', path: library });
    return marks.warnings;
  };
  // From before marks had an owner: it becomes that of the first installation that comes.
  expect(await take()).toEqual([]);
  expect(await take('one')).toEqual([]);
  expect(await take('one')).toEqual([]);
  const told = expect.stringMatching(/RECORDINGS_DIR .* belongs to another StreamVault \(one; this one is two\)/);
  expect(await take('two')).toEqual([told]);
  expect(said).toEqual([told]);
  expect(await take('one')).toEqual([]);
  await writeFile(join(library, '.streamvault-folder'), '');
  expect(await take('two')).toEqual([]);
});
