import type { BinEntry, DeletedVideo, Video } from '@streamvault/api-contract';
import { chapterName } from '@streamvault/recording';
import { basename } from 'node:path';
import type { VideoRow } from '../read-models/video-row.entity.js';

export const toVideo = (row: VideoRow): Video => ({
  id: row.id,
  recordingId: row.recordingId ?? null,
  streamerId: row.streamerId,
  streamerName: row.streamerName,
  title: row.title,
  category: row.category ?? null,
  recordedAt: row.recordedAt,
  durationSeconds: row.durationSeconds,
  bytes: row.bytes,
  width: row.width ?? null,
  height: row.height ?? null,
  codecs: row.codecs ?? null,
  protected: row.isProtected,
  watchedAt: row.watchedAt ?? null,
  chapters: row.chapters.map((chapter) => ({
    at: chapter.startSeconds,
    title: chapterName(chapter),
    category: chapter.category,
  })),
  gaps: row.gaps.map((gap) => ({ ...gap, filled: gap.filled ?? null })),
  fileName: basename(row.file),
  origin: row.origin ?? null,
  thumbnailUrl: `/api/videos/${row.id}/thumbnail`,
  streamUrl: `/api/videos/${row.id}/stream`,
  bin: binOf(row),
});

function binOf({ placeDetails: place }: VideoRow): BinEntry | null {
  if (place.kind === 'library') return null;
  const { by, rule, at, bytes, purgeAfter, failure } = place.bin;
  return { by, rule, at, bytes, purgeAfter, failure };
}

/** Undefined if its files still exist. */
export function toDeletedVideo(row: VideoRow): DeletedVideo | undefined {
  const { placeDetails: place } = row;
  if (place.kind !== 'purged') return undefined;
  return {
    id: row.id,
    recordingId: row.recordingId ?? null,
    streamerId: row.streamerId,
    streamerName: row.streamerName,
    title: row.title,
    recordedAt: row.recordedAt,
    durationSeconds: row.durationSeconds,
    by: place.bin.by,
    rule: place.bin.rule,
    deletedAt: place.bin.at,
    purgedAt: place.purgedAt,
    bytesFreed: place.bytesFreed,
  };
}
