import { EntityManager } from '@mikro-orm/core';
import { type IQueryHandler, QueryHandler } from '@nestjs/cqrs';
import type { Video } from '@streamvault/api-contract';
import { VideoDeleted, VideoNotFound, VideoOutOfReach } from '../domain/video-errors.js';
import { VideoRow } from '../read-models/video-row.entity.js';
import { toVideo } from './to-video.js';
import { GetVideo, GetVideoFiles } from './video-queries.js';

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
