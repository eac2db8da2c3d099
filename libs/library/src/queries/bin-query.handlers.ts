import { EntityManager, type FilterQuery } from '@mikro-orm/core';
import { type IQueryHandler, QueryHandler } from '@nestjs/cqrs';
import type { DeletedVideo, Video } from '@streamvault/api-contract';
import { VideoRow } from '../read-models/video-row.entity.js';
import { toDeletedVideo, toVideo } from './to-video.js';
import {
  type BinCursor,
  FindDeletedVideo,
  type FoundDeletion,
  ListBin,
  ListDeletedVideos,
  type Listed,
} from './video-queries.js';

const ofThese = (only: readonly number[] | undefined): FilterQuery<VideoRow> =>
  only === undefined ? {} : { streamerId: { $in: [...only] } };

@QueryHandler(ListBin)
export class ListBinHandler implements IQueryHandler<ListBin> {
  constructor(private readonly em: EntityManager) {}

  async execute({ page: { limit, after, only } }: ListBin): Promise<{ items: Video[]; next: BinCursor | null }> {
    const beyond: FilterQuery<VideoRow> = after
      ? { $or: [{ binnedAt: { $lt: after.binnedAt } }, { binnedAt: after.binnedAt, id: { $lt: after.id } }] }
      : {};
    const rows = await this.em
      .fork()
      .find(
        VideoRow,
        { $and: [{ place: { $in: ['bin', 'purging'] } }, beyond, ofThese(only)] },
        { orderBy: [{ binnedAt: 'desc' }, { id: 'desc' }], limit: limit + 1 },
      );
    const items = rows.slice(0, limit);
    const last = rows.length > limit ? items.at(-1) : undefined;
    return {
      items: items.map((row) => toVideo(row)),
      next: last ? { binnedAt: last.binnedAt ?? '', id: last.id } : null,
    };
  }
}

@QueryHandler(ListDeletedVideos)
export class ListDeletedVideosHandler implements IQueryHandler<ListDeletedVideos> {
  constructor(private readonly em: EntityManager) {}

  async execute({ page: { limit, before, streamerId, only } }: ListDeletedVideos): Promise<Listed<DeletedVideo>> {
    const rows = await this.em.fork().find(
      VideoRow,
      {
        $and: [
          { place: 'purged' },
          before === undefined ? {} : { id: { $lt: before } },
          streamerId === undefined ? {} : { streamerId },
          ofThese(only),
        ],
      },
      { orderBy: { id: 'desc' }, limit: limit + 1 },
    );
    const items = rows.slice(0, limit);
    const next = rows.length > limit ? (items.at(-1)?.id ?? null) : null;
    return { items: items.flatMap((row) => toDeletedVideo(row) ?? []), next };
  }
}

@QueryHandler(FindDeletedVideo)
export class FindDeletedVideoHandler implements IQueryHandler<FindDeletedVideo> {
  constructor(private readonly em: EntityManager) {}

  async execute({ recordingIds }: FindDeletedVideo): Promise<FoundDeletion | undefined> {
    if (recordingIds.length === 0) return undefined;
    const where = { recordingId: { $in: [...recordingIds] }, place: { $ne: 'library' } };
    const row = await this.em.fork().findOne(VideoRow, where, { orderBy: { id: 'desc' } });
    if (!row || row.placeDetails.kind === 'library') return undefined;
    const { by, rule, at } = row.placeDetails.bin;
    return { videoId: row.id, by, rule, at };
  }
}
