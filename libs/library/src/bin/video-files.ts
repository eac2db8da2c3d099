import { errorCode } from '@streamvault/failures';
import { Injectable } from '@nestjs/common';
import { LibraryRoot } from '@streamvault/recording';
import type { Stats } from 'node:fs';
import { lstat, readdir, realpath, rm, rmdir, unlink } from 'node:fs/promises';
import { dirname, join, resolve, sep } from 'node:path';
import type { DoomedFile } from '../domain/video-state.js';
import { pathsOfVideo } from '../naming/sidecars.js';

export type Removal =
  | { readonly ok: true; readonly bytesFreed: number }
  | {
      readonly ok: false;
      readonly cause: { readonly code: string; readonly message: string };
      readonly isVideoThere: boolean;
    };

/** The unit of `st_blocks` in POSIX, whatever the block size of the file system is. */
const blockBytes = 512;

/** The files of videos on the disk: what removing them would free, and removing them. */
@Injectable()
export class VideoFiles {
  constructor(private readonly root: LibraryRoot) {}

  /**
   * The existing files of a video, always with the video itself first, and what removing each would free.
   * @throws DiskGone
   */
  async measure(video: { file: string; thumbnailFile: string }): Promise<DoomedFile[]> {
    await this.root.requireThere();
    const measured: DoomedFile[] = [];
    for (const file of pathsOfVideo(video)) {
      const bytes = await bytesFreedBy(this.#inside(file));
      if (bytes !== undefined || file === video.file) measured.push({ file, bytes: bytes ?? 0 });
    }
    return measured;
  }

  /** What removing this one file would free; 0 if it does not exist, or another hard link keeps it. */
  async freedBy(file: string): Promise<number> {
    return (await bytesFreedBy(this.#inside(file))) ?? 0;
  }

  /**
   * Removes the files in order, and stops at the first that cannot be removed. The video comes first, so if it stays,
   * everything stays. A missing file was removed by an interrupted attempt, and counts with what was measured then.
   * @throws DiskGone
   */
  async remove(files: readonly DoomedFile[]): Promise<Removal> {
    await this.root.requireThere();
    let bytesFreed = 0;
    for (const [index, { file, bytes }] of files.entries()) {
      try {
        bytesFreed += (await this.#removeOne(file)) ?? bytes;
      } catch (error) {
        return { ok: false, cause: causeOf(file, error), isVideoThere: index === 0 };
      }
    }
    // On a disk that went away meanwhile, every file is "missing".
    await this.root.requireThere();
    await this.#removeEmptyFolder(files[0]?.file);
    return { ok: true, bytesFreed };
  }

  /** @returns what that freed; undefined if nothing was there */
  async #removeOne(file: string): Promise<number | undefined> {
    const path = this.#inside(file);
    const bytes = await bytesFreedBy(path);
    if (bytes === undefined) return undefined;
    const [root, folder] = await Promise.all([realpath(this.root.path), realpath(dirname(path))]);
    // A link on the way may lead anywhere; what is there is not ours to remove.
    if (folder !== root && !folder.startsWith(withSeparator(root))) throw new OutsideLibrary();
    if ((await lstat(path)).isDirectory()) await rm(path, { recursive: true });
    else await unlink(path);
    return bytes;
  }

  #inside(file: string): string {
    const path = resolve(this.root.path, file);
    if (!path.startsWith(withSeparator(resolve(this.root.path)))) throw new OutsideLibrary();
    return path;
  }

  /** A streamer's folder is removed with its last video. */
  async #removeEmptyFolder(file: string | undefined): Promise<void> {
    if (file === undefined || dirname(file) === '.') return;
    await rmdir(join(this.root.path, dirname(file))).catch(() => undefined);
  }
}

class OutsideLibrary extends Error {
  readonly code = 'outside';
}

const withSeparator = (path: string): string => (path.endsWith(sep) ? path : path + sep);

/**
 * Undefined if there is nothing. Nothing is freed if another hard link keeps the blocks; of a link, only the link is
 * removed.
 */
async function bytesFreedBy(path: string): Promise<number | undefined> {
  const there = await statIfThere(path);
  if (there === undefined) return undefined;
  if (!there.isDirectory()) return there.isFile() && there.nlink > 1 ? 0 : there.blocks * blockBytes;
  const names = await readdir(path, { recursive: true });
  const inner = await Promise.all(names.map((name) => statIfThere(join(path, name))));
  return [there, ...inner].reduce(
    (sum, entry) => sum + (entry === undefined || (entry.isFile() && entry.nlink > 1) ? 0 : entry.blocks * blockBytes),
    0,
  );
}

async function statIfThere(path: string): Promise<Stats | undefined> {
  try {
    return await lstat(path);
  } catch (error) {
    const code = errorCode(error);
    if (code === 'ENOENT' || code === 'ENOTDIR') return undefined;
    throw error;
  }
}

function causeOf(file: string, error: unknown): { code: string; message: string } {
  const code = errorCode(error) ?? 'unknown';
  const reasons: Readonly<Record<string, string>> = {
    EACCES: 'StreamVault may not remove it. Correct the permissions of its folder',
    EPERM: 'the system forbids it. Check whether the file is marked as immutable',
    EROFS: 'the disk is mounted read-only. Mount it writable',
    EBUSY: 'another program has it open. Close that program',
    outside: 'it is not inside the library. Remove it by hand',
  };
  const reason = reasons[code] ?? `the disk answered ${code}. Check the disk`;
  return { code: 'video.file-stays', message: `${file} could not be removed: ${reason}; the next run tries again.` };
}
