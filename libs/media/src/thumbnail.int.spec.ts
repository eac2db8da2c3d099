import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { copyFile, mkdir, readdir, readFile, stat, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { MediaToolFailed, NoVideoStream, StorageRefused } from './errors.js';
import { createMedia } from './media.js';
import { temporaryFolder, toolsToTest, type TemporaryFolder } from './media.testing.js';
import { runTool } from './run-tool.js';

describe.each(await toolsToTest())('makeThumbnail with ffmpeg of the %s', (_, tools) => {
  const media = createMedia(tools);
  /** Three seconds of 320 × 180, for all who need no picture of their own. */
  let shared: string;
  let temporary: TemporaryFolder;
  let folder: string;
  let round = 0;

  beforeAll(async () => {
    temporary = await temporaryFolder();
    folder = temporary.path;
    shared = await video('shared.mp4', 'testsrc2=size=320x180:rate=10:duration=3', ['-g', '10']);
  });
  beforeEach(async () => {
    folder = join(temporary.path, `it's ${++round} 日本`);
    await mkdir(folder);
  });
  afterAll(() => temporary.remove());

  async function video(name: string, filters: string, args: readonly string[] = []): Promise<string> {
    const path = join(folder, name);
    const encode = ['-c:v', 'libx264', '-preset', 'ultrafast', '-pix_fmt', 'yuv420p'];
    await runTool({
      program: tools.ffmpeg.path,
      args: ['-loglevel', 'error', '-y', '-f', 'lavfi', '-i', filters, ...encode, ...args, `file:${path}`],
    });
    return path;
  }

  async function sizeOf(path: string) {
    const { video } = await media.probe(path);
    return { codec: video?.codec, width: video?.width, height: video?.height };
  }

  /** Mean brightness, 0 to 255, of the picture scaled to one pixel. */
  async function brightnessOf(path: string): Promise<number> {
    const args = [
      '-loglevel',
      'error',
      '-i',
      `file:${path}`,
      '-vf',
      'scale=1:1:flags=area,format=gray',
      '-f',
      'rawvideo',
      'pipe:1',
    ];
    const { stdout } = await runTool({ program: tools.ffmpeg.path, args });
    return stdout[0] ?? -1;
  }

  it('makes a JPEG of the requested width and the right shape', async () => {
    const output = join(folder, 'thumbs', 'thumb %03d.jpg');

    const thumbnail = await media.makeThumbnail({ input: shared, output, width: 160 });

    expect(thumbnail).toEqual({ path: output, bytes: (await stat(output)).size, reused: false });
    await copyFile(output, join(folder, 'copy.jpg')); // ffmpeg treats a % in the name of a picture as a sequence.
    expect(await sizeOf(join(folder, 'copy.jpg'))).toEqual({ codec: 'mjpeg', width: 160, height: 90 });
    expect((await readFile(output)).subarray(0, 3)).toEqual(Buffer.from([0xff, 0xd8, 0xff]));
    expect(await readdir(join(folder, 'thumbs'))).toEqual(['thumb %03d.jpg']);
  });

  it('never enlarges, and corrects pixels that are not square', async () => {
    await media.makeThumbnail({ input: shared, output: join(folder, 'small.jpg'), width: 640 });
    expect(await sizeOf(join(folder, 'small.jpg'))).toEqual({ codec: 'mjpeg', width: 320, height: 180 });

    const wide = await video('wide.mp4', 'testsrc2=size=180x144:rate=10:duration=1,setsar=64/45');
    await media.makeThumbnail({ input: wide, output: join(folder, 'wide.jpg'), width: 128 });
    expect(await sizeOf(join(folder, 'wide.jpg'))).toEqual({ codec: 'mjpeg', width: 128, height: 72 });
  });

  it('looks elsewhere if the requested place is black', async () => {
    const black = ['-vf', "drawbox=t=fill:color=black:enable='lt(t,4.5)'", '-g', '10'];
    const input = await video('intro.mp4', 'testsrc2=size=160x90:rate=10:duration=10', black);
    await media.makeThumbnail({ input, output: join(folder, 'thumb.jpg') });
    expect(await brightnessOf(join(folder, 'thumb.jpg'))).toBeGreaterThan(60);
  });

  it('takes a black picture if everything is black', async () => {
    const input = await video('black.mp4', 'color=black:size=160x90:rate=10:duration=2');
    await media.makeThumbnail({ input, output: join(folder, 'thumb.jpg') });
    expect(await sizeOf(join(folder, 'thumb.jpg'))).toMatchObject({ width: 160 });
  });

  it.each([
    ['a single frame', 0.03, undefined],
    ['a third of a second', 0.33, undefined],
    ['a place behind the end', undefined, 3600],
    ['a place before the beginning', undefined, -5],
  ])('handles %s', async (_name, seconds, atSeconds) => {
    const input =
      seconds === undefined ? shared : await video('short.mp4', `testsrc2=size=160x90:rate=30:duration=${seconds}`);
    const output = join(folder, 'thumb.jpg');
    await media.makeThumbnail({ input, output, ...(atSeconds !== undefined && { atSeconds }) });
    expect(await brightnessOf(output)).toBeGreaterThan(60);
  });

  it('reports that audio has no picture', async () => {
    const input = join(folder, 'sound.mp4');
    const args = ['-loglevel', 'error', '-f', 'lavfi', '-i', 'sine=duration=2', '-c:a', 'aac', `file:${input}`];
    await runTool({ program: tools.ffmpeg.path, args });

    const output = join(folder, 'thumb.jpg');
    await expect(media.makeThumbnail({ input, output })).rejects.toBeInstanceOf(NoVideoStream);
    await expect(stat(output)).rejects.toMatchObject({ code: 'ENOENT' });
  });

  it('keeps a complete thumbnail, and makes a broken or outdated one again', async () => {
    const input = shared;
    const output = join(folder, 'thumb.jpg');
    const first = await media.makeThumbnail({ input, output });
    expect(await media.makeThumbnail({ input, output })).toEqual({ ...first, reused: true });

    await writeFile(output, (await readFile(output)).subarray(0, 500));
    expect(await media.makeThumbnail({ input, output })).toEqual(first);

    await utimes(output, 1, 1);
    expect(await media.makeThumbnail({ input, output })).toEqual(first);
  });

  it('explains a missing or broken video and an impossible target', async () => {
    const output = join(folder, 'thumb.jpg');
    await expect(media.makeThumbnail({ input: join(folder, 'none.mp4'), output })).rejects.toBeInstanceOf(
      MediaToolFailed,
    );
    await writeFile(join(folder, 'broken.mp4'), 'no video at all');
    await expect(media.makeThumbnail({ input: join(folder, 'broken.mp4'), output })).rejects.toBeInstanceOf(
      MediaToolFailed,
    );

    await mkdir(join(folder, 'taken.jpg'));
    const refused = media.makeThumbnail({ input: shared, output: join(folder, 'taken.jpg') });
    await expect(refused).rejects.toBeInstanceOf(StorageRefused);
    expect(await readdir(folder)).toEqual(['broken.mp4', 'taken.jpg']);
  });

  it('finds the faults of a damaged video, and none in a good one', async () => {
    expect(await media.decodeErrors(shared)).toEqual([]);

    const bytes = await readFile(shared);
    bytes.fill(0x55, Math.floor(bytes.length / 2), Math.floor(bytes.length * 0.75));
    await writeFile(join(folder, 'damaged.mp4'), bytes);
    expect(await media.decodeErrors(join(folder, 'damaged.mp4'))).not.toEqual([]);

    await writeFile(join(folder, 'nonsense.mp4'), 'no video at all');
    expect(await media.decodeErrors(join(folder, 'nonsense.mp4'))).toContainEqual(
      expect.stringContaining('Invalid data'),
    );
    expect(await media.decodeErrors(join(folder, 'none.mp4'))).toContainEqual(expect.stringContaining('No such file'));
  });
});
