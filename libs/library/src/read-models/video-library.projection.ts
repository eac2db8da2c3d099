import { keepable, type Projection, type ReadEvent, rowById } from '@streamvault/kernel';
import { videoDecider } from '../domain/video-decider.js';
import { videoCategory, type VideoEvent } from '../domain/video-events.js';
import type { KnownVideo } from '../domain/video-state.js';
import { VideoRow } from './video-row.entity.js';

/** Every video with what became of it, folded by the decider itself. */
export const videoLibraryProjection: Projection<VideoEvent> = {
  name: 'video-library',
  version: 2,
  filter: { categories: [videoCategory] },
  entities: [VideoRow],
  rowOf: (event) => (event.type === 'VideoAdded' ? undefined : { entity: VideoRow, id: videoIdOf(event) }),
  async handle(event, em) {
    if (event.type === 'VideoAdded') {
      const added = videoDecider.evolve(undefined, event);
      if (added) em.persist(em.create(VideoRow, columnsOf(added, event)));
      return;
    }
    const id = videoIdOf(event);
    const found = rowById(em, VideoRow, id);
    const row = found instanceof Promise ? await found : found;
    if (!row) throw new Error(`Video ${id} was never added.`);
    const video = videoDecider.evolve(toKnownVideo(row), event);
    if (video) Object.assign(row, columnsOf(video, event));
  },
};

const videoIdOf = ({ stream }: Pick<ReadEvent, 'stream'>): number => Number(stream.slice(stream.indexOf('-') + 1));

function columnsOf({ videoId: id, place, ...facts }: KnownVideo, { revision }: Pick<ReadEvent, 'revision'>) {
  return {
    id,
    ...facts,
    searchText: searchable(`${facts.title} ${facts.streamerName}`),
    place: place.kind,
    placeDetails: place,
    binnedAt: place.kind === 'library' ? null : place.bin.at,
    purgeAfter: place.kind === 'bin' ? place.bin.purgeAfter : null,
    revision: revision.toString(),
  };
}

/** A row as the domain knows it. */
export const toKnownVideo = (row: VideoRow): KnownVideo => ({
  videoId: row.id,
  recordingId: row.recordingId,
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
  isProtected: row.isProtected,
  place: row.placeDetails,
});

/** Case is folded here and not in the database, whose engines differ beyond ASCII. */
export const searchable = (text: string): string => keepable(text).normalize('NFKC').toLocaleLowerCase('en');
