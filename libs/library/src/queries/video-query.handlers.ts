import { EntityManager, type FilterQuery, raw } from '@mikro-orm/core';
import { type IQueryHandler, QueryHandler } from '@nestjs/cqrs';
import type { Video } from '@streamvault/api-contract';
import { VideoDeleted, VideoNotFound, VideoOutOfReach } from '../domain/video-errors.js';
import { searchable } from '../read-models/video-library.projection.js';
import { VideoRow } from '../read-models/video-row.entity.js';
import { toVideo } from './to-video.js';
import { GetVideo, GetVideoFiles, ListVideos, type VideoPage } from './video-queries.js';

@QueryHandler(ListVideos)
export class ListVideosHandler implements IQueryHandler<ListVideos> {
  constructor(private readonly em: EntityManager) {}

  async execute({ filter }: ListVideos): Promise<VideoPage> {
    const { streamerId, text, from, to, sort, limit, after } = filter;
    const descending = sort.startsWith('-');
    const column = sort.replace('-', '') as 'recordedAt' | 'durationSeconds' | 'bytes';
    const conditions: FilterQuery<VideoRow>[] = [{ place: 'library' }];
    if (streamerId !== undefined) conditions.push({ streamerId });
    for (const word of searchable(text ?? '').split(/\s+/)) if (word !== '') conditions.push(contains(word));
    if (from !== undefined) conditions.push({ recordedAt: { $gte: instant(from) } });
    if (to !== undefined) conditions.push({ recordedAt: { $lt: instant(to) } });
    if (after) {
      const beyond = descending ? '$lt' : '$gt';
      conditions.push({
        $or: [{ [column]: { [beyond]: after.value } }, { [column]: after.value, id: { [beyond]: after.id } }],
      });
    }
    const direction = descending ? 'desc' : 'asc';
    const rows = await this.em.fork().find(
      VideoRow,
      { $and: conditions },
      {
        orderBy: [{ [column]: direction }, { id: direction }],
        limit: limit + 1,
      },
    );
    const items = rows.slice(0, limit);
    const last = rows.length > limit ? items.at(-1) : undefined;
    return {
      items: items.map((row) => toVideo(row)),
      next: last ? { value: last[column], id: last.id } : null,
    };
  }
}

/** As the rows write it: instants are compared as text. */
const instant = (text: string): string => new Date(text).toISOString();

/** Spelt out, because only PostgreSQL has an escape character of its own. */
function contains(word: string): FilterQuery<VideoRow> {
  const pattern = `%${word.replaceAll(/[!%_]/g, '!$&')}%`;
  return { [raw((alias) => `${alias}.search_text like ? escape '!'`, [pattern])]: [] };
}

@QueryHandler(GetVideo)
export class GetVideoHandler implements IQueryHandler<GetVideo> {
  constructor(private readonly em: EntityManager) {}

  async execute({ videoId }: GetVideo): Promise<Video> {
    return toVideo(await find(this.em, videoId));
  }
}

@QueryHandler(GetVideoFiles)
export class GetVideoFilesHandler implements IQueryHandler<GetVideoFiles> {
  constructor(private readonly em: EntityManager) {}

  async execute({ videoId, purpose }: GetVideoFiles): Promise<{ file: string; thumbnailFile: string }> {
    const { file, thumbnailFile, place } = await find(this.em, videoId);
    if (place !== 'library' && purpose === 'watch') throw new VideoOutOfReach(videoId);
    return { file, thumbnailFile };
  }
}

/** @throws VideoNotFound, VideoDeleted */
async function find(em: EntityManager, videoId: number): Promise<VideoRow> {
  const row = await em.fork().findOne(VideoRow, { id: videoId });
  if (!row) throw new VideoNotFound(videoId);
  if (row.placeDetails.kind === 'purged') throw new VideoDeleted(videoId, row.placeDetails.bin);
  return row;
}
