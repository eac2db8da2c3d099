import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import { execFile } from 'node:child_process';
import { chmod, mkdir, mkdtemp, rename, rm, symlink, utimes, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { openInside, type OpenedFile } from './open-inside.js';

const execute = promisify(execFile);

describe('openInside', () => {
  let base: string;
  let root: string;

  beforeEach(async () => {
    base = await mkdtemp(join(tmpdir(), 'streamvault-serving-'));
    root = join(base, 'library');
    await mkdir(join(root, 'Streamer'), { recursive: true });
    await mkdir(join(base, 'library-of-others'));
    await writeFile(join(root, 'Streamer', 'video.mp4'), 'moving picture');
    await writeFile(join(base, 'secret.txt'), 'secret');
    await writeFile(join(base, 'library-of-others', 'video.mp4'), 'not ours');
  });
  afterEach(async () => {
    await chmod(join(root, 'Streamer'), 0o755).catch(() => undefined);
    await rm(base, { recursive: true, force: true });
  });

  async function opened(path: string): Promise<OpenedFile> {
    const result = await openInside(root, path);
    if (!result.ok) throw new Error(`refused: ${result.reason}`);
    return result;
  }

  it('opens a file by its relative or its absolute path', async () => {
    for (const path of ['Streamer/video.mp4', './Streamer/../Streamer/video.mp4', join(root, 'Streamer/video.mp4')]) {
      const file = await opened(path);
      expect(await file.handle.readFile('utf8')).toBe('moving picture');
      expect(file.size).toBe(14);
      expect(file.etag).toMatch(/^"[0-9a-z]+-[0-9a-z]+-[0-9a-z]+"$/);
      await file.handle.close();
    }
  });

  it('opens files in a library that is itself a link, and targets of links that stay inside', async () => {
    await symlink(root, join(base, 'link-to-library'));
    await symlink('video.mp4', join(root, 'Streamer', 'same.mp4'));
    for (const [folder, path] of [
      [join(base, 'link-to-library'), 'Streamer/video.mp4'],
      [join(base, 'link-to-library'), join(root, 'Streamer/video.mp4')],
      [root, 'Streamer/same.mp4'],
    ] as const) {
      const result = await openInside(folder, path);
      expect(result.ok).toBe(true);
      if (result.ok) await result.handle.close();
    }
  });

  it.each([
    ['nothing is there', 'Streamer/none.mp4', 'missing'],
    ['the folder is not there', 'Nobody/video.mp4', 'missing'],
    ['a file is taken for a folder', 'Streamer/video.mp4/video.mp4', 'missing'],
    ['the name is longer than a name can be', `Streamer/${'x'.repeat(300)}.mp4`, 'missing'],
    ['the path is longer than a path can be', 'x/'.repeat(5000), 'missing'],
    ['there is a NUL in it', 'Streamer/video.mp4\0.jpg', 'missing'],
    ['it is a folder', 'Streamer', 'not-a-file'],
    ['it is the library', '', 'not-a-file'],
    ['it is the library by its name', '.', 'not-a-file'],
    ['it climbs out', '../secret.txt', 'outside'],
    ['it climbs out behind a folder', 'Streamer/../../secret.txt', 'outside'],
    ['it is absolute and elsewhere', '/etc/passwd', 'outside'],
    ['it is in a folder whose name only begins the same', '../library-of-others/video.mp4', 'outside'],
    ['it climbs out to nothing', '../none.txt', 'outside'],
  ])('refuses if %s', async (_, path, reason) => {
    expect(await openInside(root, path)).toMatchObject({ ok: false, reason });
  });

  it('refuses an empty file, and says why', async () => {
    await writeFile(join(root, 'empty.jpg'), '');
    expect(await openInside(root, 'empty.jpg')).toEqual({ ok: false, reason: 'empty' });
  });

  it('refuses links that lead out, by file, by folder, by chain', async () => {
    await symlink(join(base, 'secret.txt'), join(root, 'file-link'));
    await symlink('../secret.txt', join(root, 'relative-link'));
    await symlink(base, join(root, 'folder-link'));
    await symlink('file-link', join(root, 'chain'));
    for (const path of ['file-link', 'relative-link', 'folder-link/secret.txt', 'chain', 'folder-link']) {
      expect(await openInside(root, path)).toEqual({ ok: false, reason: 'outside' });
    }
  });

  it('treats dangling links and links in a circle as missing', async () => {
    await symlink('gone', join(root, 'dangling'));
    await symlink('circle-2', join(root, 'circle-1'));
    await symlink('circle-1', join(root, 'circle-2'));
    expect(await openInside(root, 'dangling')).toMatchObject({ ok: false, reason: 'missing' });
    expect(await openInside(root, 'circle-1')).toMatchObject({ ok: false, reason: 'missing', errno: 'ELOOP' });
  });

  it('neither waits on a pipe nor takes a socket for a file', async () => {
    await execute('mkfifo', [join(root, 'pipe')]);
    const server = createServer().listen(join(root, 'socket'));
    await new Promise((resolve) => server.once('listening', resolve));
    try {
      expect(await openInside(root, 'pipe')).toMatchObject({ ok: false, reason: 'not-a-file' });
      expect(await openInside(root, 'socket')).toMatchObject({ ok: false, reason: 'not-a-file' });
    } finally {
      server.close();
    }
  });

  it('calls a file unreadable if the system does not allow reading it', async () => {
    await writeFile(join(root, 'private.mp4'), 'private');
    await chmod(join(root, 'private.mp4'), 0o000);
    await chmod(join(root, 'Streamer'), 0o000);
    await asOrdinaryUser(base, async () => {
      expect(await openInside(root, 'private.mp4')).toEqual({ ok: false, reason: 'unreadable', errno: 'EACCES' });
      expect(await openInside(root, 'Streamer/video.mp4')).toEqual({
        ok: false,
        reason: 'unreadable',
        errno: 'EACCES',
      });
    });
  });

  it('refuses if the library itself is missing, or not a folder', async () => {
    expect(await openInside(join(base, 'none'), 'video.mp4')).toMatchObject({ ok: false, reason: 'missing' });
    expect(await openInside(join(base, 'secret.txt'), 'video.mp4')).toMatchObject({ ok: false, reason: 'missing' });
    expect(await openInside('/\0', 'video.mp4')).toMatchObject({ ok: false, reason: 'missing' });
  });

  it('gives another tag after every change, and the same without one', async () => {
    const path = join(root, 'Streamer', 'video.mp4');
    const tagOf = async () => {
      const { etag, handle } = await opened(path);
      await handle.close();
      return etag;
    };
    const seen = [await tagOf()];
    expect(await tagOf()).toBe(seen[0]);

    await utimes(path, 1, 1);
    seen.push(await tagOf());
    await writeFile(join(root, 'other'), 'moving PICTURE');
    await utimes(join(root, 'other'), 1, 1);
    await rename(join(root, 'other'), path);
    seen.push(await tagOf());
    await writeFile(path, 'longer than before');
    await utimes(path, 1, 1);
    seen.push(await tagOf());
    expect(new Set(seen).size).toBe(4);
  });

  it('never throws, and never opens what is not inside, whatever the path', async () => {
    const piece = fc.oneof(
      fc.constantFrom('..', '.', '', 'Streamer', 'video.mp4', 'secret.txt', 'link', '/', '\\', '~', '%2e%2e', '\ud800'),
      fc.string({ unit: 'binary' }),
    );
    await symlink(base, join(root, 'link'));
    const path = fc.array(piece, { maxLength: 6 }).map((pieces) => pieces.join('/'));
    await fc.assert(
      fc.asyncProperty(path, async (text) => {
        const result = await openInside(root, text);
        if (!result.ok) return;
        const content = await result.handle.readFile('utf8');
        await result.handle.close();
        expect(content).toBe('moving picture');
      }),
      { numRuns: 500 },
    );
  });

  /** Root may read everything, so this test runs as an ordinary user for a moment. */
  async function asOrdinaryUser(folder: string, test: () => Promise<void>): Promise<void> {
    if (process.geteuid?.() !== 0) return test();
    await chmod(folder, 0o755);
    process.seteuid?.(65_534);
    try {
      return await test();
    } finally {
      process.seteuid?.(0);
    }
  }
});
