import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from '@jest/globals';
import { createMedia, locateTools, type Media, runTool } from '@streamvault/media';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

let kept: string;
let input: string;
let folder: string;
let media: Media;

beforeAll(async () => {
  kept = await mkdtemp(join(tmpdir(), 'sv-cut-'));
  input = join(kept, 'a.mp4');
  media = createMedia(await locateTools());
  const picture = ['-f', 'lavfi', '-i', 'testsrc=size=64x48:rate=10:duration=15'];
  const sound = ['-f', 'lavfi', '-i', 'sine=duration=15'];
  const coding = ['-c:v', 'libx264', '-preset', 'ultrafast', '-g', '30', '-pix_fmt', 'yuv420p', '-c:a', 'aac'];
  await runTool({
    program: media.tools.ffmpeg.path,
    args: ['-y', '-loglevel', 'error', ...picture, ...sound, ...coding, input],
  });
});
afterAll(() => rm(kept, { recursive: true }));
beforeEach(async () => {
  folder = await mkdtemp(join(kept, 'test-'));
});
afterEach(() => rm(folder, { recursive: true }));

const range = { fromSeconds: 7, toSeconds: 13, title: `It's "日本語" / ../../etc 🎮` };

it('copies from the key frame before, without coding anything again', async () => {
  const output = join(folder, 'b.mp4');
  const probe = await media.cutVideo({ input, output, ...range, exact: false });
  expect(probe.durationSeconds).toBeGreaterThanOrEqual(5.9);
  expect(probe.durationSeconds).toBeLessThan(9.5);
  expect(probe.title).toBe(range.title);
  expect(await media.decodeErrors(output)).toEqual([]);
});

it('cuts to the frame on demand', async () => {
  const output = join(folder, 'b.mp4');
  const probe = await media.cutVideo({ input, output, ...range, exact: true });
  expect(probe.durationSeconds).toBeCloseTo(6, 0);
  expect(await media.decodeErrors(output)).toEqual([]);
});

it('writes over nothing, and leaves nothing behind', async () => {
  const output = join(folder, 'b.mp4');
  await writeFile(output, 'mine');
  const cut = media.cutVideo({ input, output, ...range, exact: false });
  await expect(cut).rejects.toMatchObject({ code: 'media.target-taken' });
  expect(await readdir(folder)).toEqual(['b.mp4']);
  expect(await readFile(output, 'utf8')).toBe('mine');
});
