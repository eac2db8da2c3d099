import { afterEach, beforeEach, expect, it } from '@jest/globals';
import { createMedia, locateTools, type Media } from '@streamvault/media';
import { execFile } from 'node:child_process';
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

let folder: string;
let media: Media;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sv-cut-'));
  media = createMedia(await locateTools({}));
  const { ffmpeg } = media.tools;
  const source = [
    '-f',
    'lavfi',
    '-i',
    'testsrc=size=64x48:rate=10:duration=20',
    '-f',
    'lavfi',
    '-i',
    'sine=duration=20',
  ];
  const coding = ['-c:v', 'libx264', '-g', '30', '-pix_fmt', 'yuv420p', '-c:a', 'aac'];
  await promisify(execFile)(ffmpeg.path, ['-y', '-loglevel', 'error', ...source, ...coding, join(folder, 'a.mp4')]);
});
afterEach(() => rm(folder, { recursive: true }));

const range = { fromSeconds: 7, toSeconds: 13, title: `It's "日本語" / ../../etc 🎮` };

it('copies from the key frame before, without coding anything again', async () => {
  const output = join(folder, 'b.mp4');
  const probe = await media.cutVideo({ input: join(folder, 'a.mp4'), output, ...range, exact: false });
  expect(probe.durationSeconds).toBeGreaterThanOrEqual(5.9);
  expect(probe.durationSeconds).toBeLessThan(9.5);
  expect(probe.title).toBe(range.title);
  expect(await media.decodeErrors(output)).toEqual([]);
});

it('cuts to the frame on demand', async () => {
  const output = join(folder, 'b.mp4');
  const probe = await media.cutVideo({ input: join(folder, 'a.mp4'), output, ...range, exact: true });
  expect(probe.durationSeconds).toBeCloseTo(6, 0);
  expect(await media.decodeErrors(output)).toEqual([]);
});

it('writes over nothing, and leaves nothing behind', async () => {
  const output = join(folder, 'b.mp4');
  await writeFile(output, 'mine');
  const cut = media.cutVideo({ input: join(folder, 'a.mp4'), output, ...range, exact: false });
  await expect(cut).rejects.toMatchObject({ code: 'media.target-taken' });
  expect((await readdir(folder)).toSorted()).toEqual(['a.mp4', 'b.mp4']);
});
