import { type Projection, type ReadEvent, rowById } from '@streamvault/kernel';
import { videoDecider } from '../domain/video-decider.js';
import { videoCategory, type VideoEvent } from '../domain/video-events.js';
import type { ExistingVideo } from '../domain/video-state.js';
import { searchable, searchTextOf } from './search-text.js';
import { VideoRow } from './video-row.entity.js';
import { VideoSearchRow } from './video-search-row.entity.js';

/** Every video with its present state, folded by the decider itself. */
export const videoLibraryProjection: Projection<VideoEvent> = {
  name: 'video-library',
  version: 6,
  filter: { categories: [videoCategory] },
  entities: [VideoRow, VideoSearchRow],
  rowOf: (event) => (isFirst(event) ? undefined : { entity: VideoRow, id: videoIdOf(event) }),
  async handle(event, em) {
    if (isFirst(event)) {
      const added = videoDecider.evolve(undefined, event);
      if (!added) return;
      em.persist(em.create(VideoRow, columnsOf(added, event)));
      em.persist(em.create(VideoSearchRow, searchColumnsOf(added)));
      return;
    }
    const id = videoIdOf(event);
    const found = rowById(em, VideoRow, id);
    const row = found instanceof Promise ? await found : found;
    if (!row) throw new Error(`Video ${id} was never added.`);
    const video = videoDecider.evolve(toExistingVideo(row), event);
    if (!video) return;
    Object.assign(row, columnsOf(video, event));
    const searched = rowById(em, VideoSearchRow, id);
    Object.assign((searched instanceof Promise ? await searched : searched) ?? {}, searchColumnsOf(video));
  },
};

const isFirst = ({ type }: Pick<VideoEvent, 'type'>): boolean =>
  type === 'VideoAdded' || type === 'VideoImported' || type === 'VideoCut';

const videoIdOf = ({ stream }: Pick<ReadEvent, 'stream'>): number => Number(stream.slice(stream.indexOf('-') + 1));

function columnsOf({ videoId: id, place, ...facts }: ExistingVideo, { revision }: Pick<ReadEvent, 'revision'>) {
  return {
    id,
    ...facts,
    place: place.kind,
    placeDetails: place,
    binnedAt: place.kind === 'library' ? null : place.bin.at,
    purgeAfter: place.kind === 'bin' ? place.bin.purgeAfter : null,
    revision: revision.toString(),
  };
}

const searchColumnsOf = (video: ExistingVideo) => {
  const missing = video.gaps.filter(({ filled }) => filled === undefined);
  return {
    id: video.videoId,
    streamerId: video.streamerId,
    recordedAt: video.recordedAt,
    durationSeconds: video.durationSeconds,
    bytes: video.bytes,
    place: video.place.kind,
    isProtected: video.isProtected,
    hasGaps: missing.length > 0,
    gapCount: missing.length,
    gapSeconds: missing.reduce((sum, { seconds }) => sum + seconds, 0),
    isWatched: video.watchedAt !== null,
    category: searchable(video.category ?? ''),
    searchText: searchTextOf(video),
  };
};

/** A row in the form of the domain. */
export const toExistingVideo = (row: VideoRow): ExistingVideo => ({
  videoId: row.id,
  recordingId: row.recordingId ?? null,
  outputNumber: row.outputNumber,
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
  file: row.file,
  thumbnailFile: row.thumbnailFile,
  gaps: row.gaps,
  filling: row.filling ?? null,
  chapters: row.chapters,
  isProtected: row.isProtected,
  watchedAt: row.watchedAt ?? null,
  moving: row.moving ?? null,
  origin: row.origin ?? null,
  place: row.placeDetails,
});
