import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { LibraryRoot } from '@streamvault/recording';
import { link, mkdir, mkdtemp, readdir, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { VideoFiles } from './video-files.js';

const video = { file: 'Somebody/show [7].mp4', thumbnailFile: 'Somebody/show [7].jpg' };

describe("a video's files", () => {
  let folder: string;
  let isThere: boolean;
  let files: VideoFiles;
  const at = (name: string) => join(folder, name);

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'streamvault-video-files-'));
    isThere = true;
    files = new VideoFiles(new LibraryRoot(folder, () => Promise.resolve(isThere)));
    await mkdir(at('Somebody'));
    await writeFile(at(video.file), Buffer.alloc(100_000, 1));
    await writeFile(at(video.thumbnailFile), Buffer.alloc(5000, 1));
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  const allocated = async (name: string) => (await stat(at(name))).blocks * 512;

  it('are measured by what the disk allocates, the video first', async () => {
    expect(await files.measure(video)).toEqual([
      { file: video.file, bytes: await allocated(video.file) },
      { file: video.thumbnailFile, bytes: await allocated(video.thumbnailFile) },
    ]);
  });

  it('go with everything beside the video under its name, and the folder with the last of them', async () => {
    await writeFile(at('Somebody/show [7].nfo'), 'x');
    await mkdir(at('Somebody/show [7].trickplay/320 - 10x10'), { recursive: true });
    await writeFile(at('Somebody/show [7].trickplay/320 - 10x10/0.jpg'), Buffer.alloc(9000, 1));
    const measured = await files.measure(video);
    const bytes = measured.reduce((sum, file) => sum + file.bytes, 0);
    expect(await files.remove(measured)).toEqual({ ok: true, bytesFreed: bytes });
    expect(await readdir(folder)).toEqual([]);
  });

  it('do not affect those of other videos', async () => {
    await writeFile(at('Somebody/show [7]-2.mp4'), 'x');
    await files.remove(await files.measure(video));
    expect(await readdir(at('Somebody'))).toEqual(['show [7]-2.mp4']);
  });

  it('free nothing if another hard link keeps them', async () => {
    await link(at(video.file), at('kept.mp4'));
    const measured = await files.measure(video);
    expect(measured[0]).toEqual({ file: video.file, bytes: 0 });
    expect(await files.remove(measured)).toEqual({ ok: true, bytesFreed: await thumbnailBytes(measured) });
    expect((await stat(at('kept.mp4'))).nlink).toBe(1);
  });
  const thumbnailBytes = (measured: { bytes: number }[]) => Promise.resolve(measured[1]?.bytes);

  it('count as freed if an interrupted attempt had removed them already', async () => {
    const measured = await files.measure(video);
    await rm(at(video.file));
    const bytes = measured.reduce((sum, file) => sum + file.bytes, 0);
    expect(await files.remove(measured)).toEqual({ ok: true, bytesFreed: bytes });
    expect(await files.remove(measured)).toEqual({ ok: true, bytesFreed: bytes });
  });

  it('are measured as nothing if the video was gone before', async () => {
    await rm(at('Somebody'), { recursive: true });
    expect(await files.measure(video)).toEqual([{ file: video.file, bytes: 0 }]);
    expect(await files.remove([{ file: video.file, bytes: 0 }])).toEqual({ ok: true, bytesFreed: 0 });
  });

  it('are not reported as removed while their disk is away, nor if it went away meanwhile', async () => {
    const measured = await files.measure(video);
    isThere = false;
    await expect(files.measure(video)).rejects.toMatchObject({ code: 'disk.gone' });
    await expect(files.remove(measured)).rejects.toMatchObject({ code: 'disk.gone' });
    await rm(folder, { recursive: true });
    let looks = 0;
    const vanishing = new VideoFiles(new LibraryRoot(folder, () => Promise.resolve((looks += 1) === 1)));
    await expect(vanishing.remove(measured)).rejects.toMatchObject({ code: 'disk.gone' });
  });

  it('all stay if the video itself cannot be removed', async () => {
    // A folder in place of the file's folder: root is not stopped by permissions, but by this.
    const outside = await mkdtemp(join(tmpdir(), 'streamvault-outside-'));
    await writeFile(join(outside, 'show [7].mp4'), 'precious');
    await rm(at('Somebody'), { recursive: true });
    await symlink(outside, at('Somebody'));
    const removal = await files.remove([
      { file: video.file, bytes: 1 },
      { file: video.thumbnailFile, bytes: 1 },
    ]);
    expect(removal).toMatchObject({ ok: false, isVideoThere: true, cause: { code: 'video.file-stays' } });
    expect(await readdir(outside)).toEqual(['show [7].mp4']);
    await rm(outside, { recursive: true });
  });

  it('never lead out of the library', async () => {
    const removal = await files.remove([{ file: '../../etc/hostname', bytes: 1 }]);
    expect(removal).toMatchObject({
      ok: false,
      cause: { message: expect.stringContaining('is not inside the library') },
    });
  });

  it('that are links are removed without their targets', async () => {
    await writeFile(at('target'), Buffer.alloc(9000, 1));
    await rm(at(video.file));
    await symlink(at('target'), at(video.file));
    const [first] = await files.measure(video);
    expect(first?.bytes).toBe(0);
    expect(await files.remove(first ? [first] : [])).toMatchObject({ ok: true });
    expect((await stat(at('target'))).size).toBe(9000);
  });
});
