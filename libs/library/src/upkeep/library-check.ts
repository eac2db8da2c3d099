import { EntityManager } from '@mikro-orm/core';
import { Injectable } from '@nestjs/common';
import type { ConsistencyReport } from '@streamvault/api-contract';
import { LibraryRoot } from '@streamvault/recording';
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { walk } from '../import/library-walk.js';
import { isVideoFile } from '../import/is-video-file.js';
import { findLeftovers } from './find-leftovers.js';
import { VideoRow } from '../read-models/video-row.entity.js';

/** A file that was written to this recently may be about to get its record. */
const RESTING_MS = 15 * 60_000;

/** Compares the library with the files on the disk. Changes nothing. */
@Injectable()
export class LibraryCheck {
  constructor(
    private readonly em: EntityManager,
    private readonly root: LibraryRoot,
  ) {}

  /** @throws DiskGone */
  async run(signal?: AbortSignal): Promise<ConsistencyReport> {
    await this.root.requireThere();
    const em = this.em.fork();
    const rows = await em.find(VideoRow, { place: 'library' }, { fields: ['file', 'bytes', 'moving', 'filling'] });
    const missing: ConsistencyReport['missing'] = [];
    const changed: ConsistencyReport['changed'] = [];
    for (const { id: videoId, file, bytes, moving, filling } of rows) {
      signal?.throwIfAborted();
      // On its way it is at one of two places; the move itself says what is wrong with it.
      if (moving) continue;
      const found = await stat(join(this.root.path, file)).catch(() => undefined);
      if (!found?.isFile()) missing.push({ videoId, file });
      // One that is being filled is about to have another size.
      else if (found.size !== bytes && !filling) changed.push({ videoId, file, bytes, bytesOnDisk: found.size });
    }
    const { files, unreadable } = await walk(this.root.path, '.', Number.MAX_SAFE_INTEGER, signal);
    // Including those that are being purged now, and those that were added since.
    const known = await em.find(VideoRow, { place: { $ne: 'purged' } }, { fields: ['file', 'moving'] });
    const names = new Set(known.flatMap(({ file, moving }) => (moving ? [file, moving.file] : [file])));
    const resting = Date.now() - RESTING_MS;
    const unknown = files.filter(({ file, changedAt }) => isVideoFile(file) && changedAt < resting && !names.has(file));
    const leftovers = await findLeftovers(this.root.path, files, names, resting);
    // A disk that went away meanwhile has lost nothing.
    await this.root.requireThere();
    return {
      videos: rows.length,
      missing,
      changed,
      unknown: unknown.map(({ file, bytes }) => ({ file, bytes })),
      leftovers,
      unreadable: unreadable.map(({ file }) => file),
    };
  }
}
