import { Injectable } from '@nestjs/common';
import type { VideoFileList } from '@streamvault/api-contract';
import { LibraryRoot } from '@streamvault/recording';
import { openInside } from '@streamvault/storage';
import { lstat, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { checksumPath, filesOfVideo } from '../naming/sidecars.js';

/** A line with a checksum and a name is shorter; anything else is none. */
const mostChecksumBytes = 4096;

/** Looks up what lies on the disk of a video. Names are below the library's root; where that is, is not told. */
@Injectable()
export class FilesBesideVideo {
  constructor(private readonly root: LibraryRoot) {}

  /**
   * Nothing where the video itself is gone.
   * @throws DiskGone
   */
  async list(video: { file: string; thumbnailFile: string }): Promise<VideoFileList> {
    await this.root.requireThere();
    const opened = await openInside(this.root.path, video.file);
    if (!opened.ok) return { items: [], sha256: null };
    await opened.handle.close();
    const items: VideoFileList['items'] = [];
    for (const { file, kind } of filesOfVideo(video)) {
      const bytes = file === video.file ? opened.size : await this.#bytesOf(file);
      if (bytes !== undefined) items.push({ file, bytes, kind });
    }
    return { items, sha256: await this.#checksum(video.file) };
  }

  /** Undefined for what is not there, and for a link: it may lead out of the library. */
  async #bytesOf(file: string): Promise<number | undefined> {
    const path = join(this.root.path, file);
    const found = await lstat(path).catch(() => undefined);
    if (found?.isFile()) return found.size;
    if (!found?.isDirectory()) return undefined;
    const names = await readdir(path, { recursive: true }).catch((): string[] => []);
    const inner = await Promise.all(names.map((name) => lstat(join(path, name)).catch(() => undefined)));
    return inner.reduce((sum, each) => sum + (each?.isFile() ? each.size : 0), 0);
  }

  async #checksum(file: string): Promise<string | null> {
    const opened = await openInside(this.root.path, checksumPath(file));
    if (!opened.ok) return null;
    await using handle = opened.handle;
    if (opened.size > mostChecksumBytes) return null;
    const [sum] = /^[0-9a-f]{64}(?=\s)/.exec(await handle.readFile('utf8')) ?? [];
    return sum ?? null;
  }
}
