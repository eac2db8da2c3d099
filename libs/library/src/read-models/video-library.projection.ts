import { keepable, type Projection } from '@streamvault/kernel';
import { videoCategory, type VideoEvent } from '../domain/video-events.js';
import { VideoRow } from './video-row.entity.js';

export const videoLibraryProjection: Projection<VideoEvent> = {
  name: 'video-library',
  version: 1,
  filter: { categories: [videoCategory] },
  entities: [VideoRow],
  handle({ data: { videoId, at: _at, outputNumber: _number, ...facts } }, em) {
    const searchText = searchable(`${facts.title} ${facts.streamerName}`);
    em.persist(em.create(VideoRow, { id: videoId, ...facts, searchText }));
  },
};

/** Case is folded here and not in the database, whose engines differ beyond ASCII. */
export const searchable = (text: string): string => keepable(text).normalize('NFKC').toLocaleLowerCase('en');
