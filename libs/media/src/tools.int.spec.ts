import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { chmod, mkdir, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { MediaToolMissing, MediaToolSettingInvalid } from './errors.js';
import { temporaryFolder, type TemporaryFolder } from './media.testing.js';
import { locateTools } from './tools.js';

describe('locateTools', () => {
  let temporary: TemporaryFolder;
  let folder: string;

  beforeEach(async () => {
    temporary = await temporaryFolder();
    folder = temporary.path;
  });
  afterEach(() => temporary.remove());

  /** A program that answers `-version` like the real one. */
  async function program(path: string, answer: string, mode = 0o755): Promise<string> {
    await mkdir(join(path, '..'), { recursive: true });
    await writeFile(path, `#!/bin/sh\n${answer}\n`);
    await chmod(path, mode);
    return path;
  }
  const saying = (tool: string, version: string) =>
    `echo "${tool} version ${version} Copyright (c) the FFmpeg developers"`;
  const noBundle = () => {
    throw new Error('Cannot find module');
  };
  const systemTools = async () => {
    const ffmpeg = await program(join(folder, 'system', 'ffmpeg'), saying('ffmpeg', '5.1.9-0+deb12u1'));
    const ffprobe = await program(join(folder, 'system', 'ffprobe'), saying('ffprobe', '5.1.9-0+deb12u1'));
    return { ffmpeg, ffprobe, searchPath: `/nowhere::${join(folder, 'system')}` };
  };

  it('takes the program that a setting names, before all others', async () => {
    const { searchPath } = await systemTools();
    const own = await program(join(folder, "my ffmpeg's", 'ffmpeg-9'), saying('ffmpeg', '9.0'));

    expect(await locateTools({ ffmpegPath: own, searchPath })).toEqual({
      ffmpeg: { path: own, version: '9.0', year: undefined, origin: 'setting' },
      ffprobe: {
        path: join(folder, 'system', 'ffprobe'),
        version: '5.1.9-0+deb12u1',
        year: undefined,
        origin: 'system',
      },
    });
  });

  it('finds a bare name in a setting on the PATH', async () => {
    const { searchPath, ffmpeg } = await systemTools();
    const located = await locateTools({ ffmpegPath: 'ffmpeg', searchPath });
    expect(located.ffmpeg).toMatchObject({ path: ffmpeg, origin: 'setting' });
  });

  it.each([
    ['is missing', async () => join(folder, 'none'), /FFMPEG_PATH .*does not exist/],
    ['is a folder', async () => folder, /FFMPEG_PATH .*is not a file/],
    ['may not be executed', () => program(join(folder, 'plain'), '', 0o644), /FFMPEG_PATH .*may not be executed/],
    ['is another program', () => program(join(folder, 'other'), 'echo hello'), /FFMPEG_PATH .*does not answer/],
    [
      'fails',
      () => program(join(folder, 'broken'), 'echo "no libx264.so" >&2; exit 127'),
      /FFMPEG_PATH .*no libx264\.so/,
    ],
    ['is nowhere on the PATH', async () => 'ffmpeg-9', /FFMPEG_PATH .*no program ffmpeg-9 on the PATH/],
  ])('refuses a setting whose program %s, instead of taking another', async (_, path, message) => {
    const { searchPath } = await systemTools();
    const locating = locateTools({ ffmpegPath: await path(), searchPath });
    await expect(locating).rejects.toBeInstanceOf(MediaToolSettingInvalid);
    await expect(locating).rejects.toThrow(message);
  });

  it('names FFPROBE_PATH if that is the wrong one', async () => {
    const { searchPath } = await systemTools();
    await expect(locateTools({ ffprobePath: '/none', searchPath })).rejects.toThrow(/^FFPROBE_PATH /);
  });

  it('falls back to npm if the system has none, and makes the program executable if necessary', async () => {
    const bundled = async (tool: string) =>
      program(join(folder, 'npm', tool), saying(tool, 'N-47683-g0e8eb07980-static'), 0o644);
    const paths = { ffmpeg: await bundled('ffmpeg'), ffprobe: await bundled('ffprobe') };

    const located = await locateTools({ searchPath: '/nowhere', bundled: (tool) => paths[tool] });

    expect(located.ffmpeg).toMatchObject({
      path: paths.ffmpeg,
      version: 'N-47683-g0e8eb07980-static',
      origin: 'bundled',
    });
    expect((await stat(paths.ffprobe)).mode & 0o111).toBe(0o111);
  });

  it.each([
    [
      'ffmpeg version N-47683-g0e8eb07980-static https://x.example/  Copyright (c) 2000-2018 the FFmpeg developers',
      2018,
    ],
    ['ffmpeg version 5.1.9-0+deb12u1 Copyright (c) 2000-2026 the FFmpeg developers', 2026],
  ])('knows its year: %s', async (words, year) => {
    const own = await program(join(folder, 'dated', 'ffmpeg'), `echo "${words}"`);
    const { searchPath } = await systemTools();
    expect((await locateTools({ ffmpegPath: own, searchPath })).ffmpeg.year).toBe(year);
  });

  it('falls back to npm if the system program does not run', async () => {
    const searchPath = join(folder, 'system');
    await program(join(searchPath, 'ffmpeg'), 'exit 1');
    await program(join(searchPath, 'ffprobe'), saying('ffprobe', '5.1'));
    const npm = await program(join(folder, 'npm', 'ffmpeg'), saying('ffmpeg', '4.1'));

    const located = await locateTools({ searchPath, bundled: () => npm });

    expect(located.ffmpeg).toMatchObject({ path: npm, origin: 'bundled' });
    expect(located.ffprobe).toMatchObject({ origin: 'system' });
  });

  it('says what to install if there is nothing at all', async () => {
    const locating = locateTools({ searchPath: '', bundled: noBundle });
    await expect(locating).rejects.toBeInstanceOf(MediaToolMissing);
    await expect(locating).rejects.toThrow(
      /not on the PATH.*Cannot find module.*apt install ffmpeg.*_PATH.*npm package/,
    );
  });

  it('tolerates the plain strings that the npm packages throw', async () => {
    const unsupported = () => {
      // oxlint-disable-next-line no-throw-literal, typescript/only-throw-error -- just what the package does
      throw 'Unsupported platform/architecture: sunos-sparc';
    };
    await expect(locateTools({ searchPath: '', bundled: unsupported })).rejects.toThrow(/Unsupported platform/);
  });
});
