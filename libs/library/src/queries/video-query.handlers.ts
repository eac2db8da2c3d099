import { EntityManager } from '@mikro-orm/core';
import { type IQueryHandler, QueryHandler } from '@nestjs/cqrs';
import type { Video } from '@streamvault/api-contract';
import { LibraryRoot } from '@streamvault/recording';
import { access } from 'node:fs/promises';
import { join } from 'node:path';
import { VideoDeleted, VideoNotFound, VideoOutOfReach } from '../domain/video-errors.js';
import { VideoRow } from '../read-models/video-row.entity.js';
import { toVideo } from './to-video.js';
import { GetVideo, GetVideoFiles, ListVideosById } from './video-queries.js';

@QueryHandler(GetVideo)
export class GetVideoHandler implements IQueryHandler<GetVideo> {
  constructor(private readonly em: EntityManager) {}

  async execute({ videoId }: GetVideo): Promise<Video> {
    return toVideo(await find(this.em, videoId));
  }
}

@QueryHandler(ListVideosById)
export class ListVideosByIdHandler implements IQueryHandler<ListVideosById> {
  constructor(private readonly em: EntityManager) {}

  async execute({ videoIds, only }: ListVideosById): Promise<readonly Video[]> {
    const rows = await this.em.fork().find(VideoRow, {
      id: { $in: [...videoIds] },
      place: 'library',
      ...(only !== undefined && { streamerId: { $in: [...only] } }),
    });
    return rows.map((row) => toVideo(row));
  }
}

@QueryHandler(GetVideoFiles)
export class GetVideoFilesHandler implements IQueryHandler<GetVideoFiles> {
  constructor(
    private readonly em: EntityManager,
    private readonly root: LibraryRoot,
  ) {}

  async execute({ videoId, purpose }: GetVideoFiles): Promise<{ file: string; thumbnailFile: string }> {
    const { file, thumbnailFile, moving, place } = await find(this.em, videoId);
    if (place !== 'library' && purpose === 'watch') throw new VideoOutOfReach(videoId);
    // On its way, it is at one of both places.
    if (moving && !(await isThere(join(this.root.path, file)))) return moving;
    return { file, thumbnailFile };
  }
}

const isThere = (path: string): Promise<boolean> =>
  access(path).then(
    () => true,
    () => false,
  );

/** @throws VideoNotFound, VideoDeleted */
async function find(em: EntityManager, videoId: number): Promise<VideoRow> {
  const row = await em.fork().findOne(VideoRow, { id: videoId });
  if (!row) throw new VideoNotFound(videoId);
  if (row.placeDetails.kind === 'purged') throw new VideoDeleted(videoId, row.placeDetails.bin);
  return row;
}
