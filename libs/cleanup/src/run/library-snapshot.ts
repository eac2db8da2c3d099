import { EntityManager } from '@mikro-orm/core';
import { Inject, Injectable, Optional } from '@nestjs/common';
import { INSTALLATION, type Installation } from '@streamvault/kernel';
import { RecentlyWatched, SHARED_VIDEOS, type SharedVideos, VideoFiles, VideoRow } from '@streamvault/library';
import { LibraryRoot, RecordingRow, type RecordingStateName } from '@streamvault/recording';
import { DiskWatch } from '@streamvault/storage';
import type { Now, PlannedVideo } from '../domain/plan-types.js';

/** A viewer this recent may only have paused. */
const watchedMilliseconds = 3600 * 1000;
const over: RecordingStateName[] = ['completed', 'failed', 'cancelled'];
const atOnce = 32;

export interface LibrarySnapshot {
  readonly videos: readonly PlannedVideo[];
  readonly now: Now;
}

/** The library, the bin and the disk as they are now. */
@Injectable()
export class LibrarySnapshots {
  constructor(
    private readonly em: EntityManager,
    private readonly files: VideoFiles,
    private readonly root: LibraryRoot,
    private readonly watched: RecentlyWatched,
    private readonly disks: DiskWatch,
    @Optional() @Inject(SHARED_VIDEOS) private readonly shared: SharedVideos | undefined,
    @Inject(INSTALLATION) private readonly installation: Installation,
  ) {}

  /** @throws DiskGone: nothing can be judged while the disk is missing */
  async take(at: string): Promise<LibrarySnapshot> {
    await this.root.requireThere();
    await this.disks.check();
    const em = this.em.fork();
    const [rows, binned, open] = await Promise.all([
      em.find(VideoRow, { place: 'library' }),
      em.find(VideoRow, { place: { $in: ['bin', 'purging'] } }),
      em.find(RecordingRow, { state: { $nin: over } }, { fields: ['id'] }),
    ]);
    const shared = (await this.shared?.now(at)) ?? new Set();
    const inProcess = new Set(open.map(({ id }) => id));
    const bytes = await measured(rows, this.files);
    const videos = rows.map((row, index): PlannedVideo => {
      const hold = inProcess.has(row.recordingId ?? 0)
        ? 'in-process'
        : this.watched.isWithin(row.id, watchedMilliseconds)
          ? 'watched-now'
          : shared.has(row.id)
            ? 'shared'
            : null;
      return {
        id: row.id,
        revision: row.revision,
        title: row.title,
        streamerName: row.streamerName,
        streamerId: row.streamerId,
        category: row.category ?? null,
        endedAt: new Date(Date.parse(row.recordedAt) + row.durationSeconds * 1000).toISOString(),
        bytes: bytes[index] ?? 0,
        isProtected: row.isProtected,
        watchedAt: row.watchedAt ?? null,
        hold,
      };
    });
    const bin = binned.map(({ id, binnedAt, placeDetails }) => ({
      id,
      binnedAt: binnedAt ?? '',
      bytes: placeDetails.kind === 'bin' || placeDetails.kind === 'purging' ? placeDetails.bin.bytes : 0,
    }));
    const disk = this.disks.status.find(({ folders }) => folders.split(', ').includes('RECORDINGS_DIR'));
    return {
      videos,
      now: {
        at,
        zone: this.installation.timeZone,
        freeBytes: disk?.freeBytes ?? Infinity,
        bytesPerSecond: Math.max(0, ...this.disks.status.map(({ bytesPerSecond }) => bytesPerSecond)),
        bin,
        binBytes: bin.reduce((sum, each) => sum + each.bytes, 0),
      },
    };
  }
}

/** Limits parallel disk access for a library of ten thousand videos. */
async function measured(rows: readonly VideoRow[], files: VideoFiles): Promise<number[]> {
  const bytes: number[] = [];
  for (let from = 0; from < rows.length; from += atOnce) {
    const some = rows.slice(from, from + atOnce).map(({ file }) => files.freedBy(file));
    bytes.push(...(await Promise.all(some)));
  }
  return bytes;
}
