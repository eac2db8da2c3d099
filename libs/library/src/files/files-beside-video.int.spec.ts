import { afterEach, beforeEach, expect, it } from '@jest/globals';
import type { LibraryRoot } from '@streamvault/recording';
import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { FilesBesideVideo } from './files-beside-video.js';

let root: string;
let files: FilesBesideVideo;
const video = { file: 'Chess/Final.mp4', thumbnailFile: 'Chess/Final.jpg' };
const sum = 'a1'.repeat(32);

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'sv-files-'));
  const library: Pick<LibraryRoot, 'path' | 'requireThere'> = { path: root, requireThere: () => Promise.resolve() };
  files = new FilesBesideVideo(library as LibraryRoot);
  await mkdir(join(root, 'Chess/Final.storyboard'), { recursive: true });
  await writeFile(join(root, 'Chess/Final.mp4'), 'moving pictures');
});
afterEach(() => rm(root, { recursive: true }));

it('names the video and what stands beside it, folders with all that is in them', async () => {
  await writeFile(join(root, 'Chess/Final.jpg'), 'picture');
  await writeFile(join(root, 'Chess/Final.storyboard/0.jpg'), 'four');
  await writeFile(join(root, 'Chess/Final.storyboard/1.jpg'), 'more');
  await writeFile(join(root, 'Chess/Final.sha256'), `${sum}  Final.mp4\n`);
  await writeFile(join(root, 'Chess/Another.mp4'), 'not of this video');
  expect(await files.list(video)).toEqual({
    items: [
      { file: 'Chess/Final.mp4', bytes: 15, kind: 'video' },
      { file: 'Chess/Final.jpg', bytes: 7, kind: 'thumbnail' },
      { file: 'Chess/Final.storyboard', bytes: 8, kind: 'storyboard' },
      { file: 'Chess/Final.sha256', bytes: 76, kind: 'checksum' },
    ],
    sha256: sum,
  });
});

it('leaves out links, and a checksum that is none', async () => {
  await writeFile(join(root, 'elsewhere'), 'secret');
  await symlink(join(root, 'elsewhere'), join(root, 'Chess/Final.nfo'));
  await writeFile(join(root, 'Chess/Final.sha256'), 'not a checksum');
  const { items, sha256 } = await files.list(video);
  expect(items.map(({ kind }) => kind)).toEqual(['video', 'storyboard', 'checksum']);
  expect(sha256).toBeNull();
});

it('has nothing to say where the video is gone or leads out of the library', async () => {
  await symlink('/etc/hostname', join(root, 'Chess/Link.mp4'));
  for (const file of ['Chess/Gone.mp4', 'Chess/Link.mp4', '../Final.mp4'])
    expect(await files.list({ ...video, file })).toEqual({ items: [], sha256: null });
});
