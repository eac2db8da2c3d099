import { Body, Controller, Delete, Get, HttpCode, Param, Put, Query, Req } from '@nestjs/common';
import { QueryBus } from '@nestjs/cqrs';
import { ApiTags } from '@nestjs/swagger';
import {
  savePositionBody,
  type SavePositionBody,
  watchedPosition,
  type WatchedPosition,
  watchingList,
  type WatchingList,
  watchingQuery,
} from '@streamvault/api-contract';
import { Answers, Needs, principalOf, PublicIdPipe, visibleStreamers } from '@streamvault/http-kit';
import type { FastifyRequest } from 'fastify';
import type { z } from 'zod';
import { GetVideo, ListVideosById } from '../queries/video-queries.js';
import { unfinished } from '../watching/unfinished.js';
import { WatchRecords } from '../watching/watch-records.js';

/** Some of them may be finished, deleted, or of streamers that this viewer may no longer see. */
const mostLookedAt = 300;

@ApiTags('Videos')
@Controller('api')
export class WatchingController {
  constructor(
    private readonly records: WatchRecords,
    private readonly queries: QueryBus,
  ) {}

  @Get('watching')
  @Needs('videos.watch', { lists: 'visible' })
  @Answers(
    200,
    watchingList,
    'Where you are in which video, what you watched last first. Without what you have finished, and what is no longer in the library.',
    400,
  )
  async list(
    @Query({ schema: watchingQuery }) { limit }: z.infer<typeof watchingQuery>,
    @Req() request: FastifyRequest,
  ): Promise<WatchingList> {
    const positions = await this.records.latest(viewerOf(request), mostLookedAt);
    const ids = positions.map(({ videoId }) => videoId);
    const videos = await this.queries.execute(new ListVideosById(ids, visibleStreamers(request)));
    return { items: unfinished(positions, videos).slice(0, limit) };
  }

  @Get('videos/:id/position')
  @Needs('videos.watch', { of: 'video' })
  @Answers(200, watchedPosition, 'Where you are in it; 0 where you have not begun.', 404)
  async position(@Param('id', PublicIdPipe) id: number, @Req() request: FastifyRequest): Promise<WatchedPosition> {
    await this.queries.execute(new GetVideo(id));
    const found = await this.records.find(viewerOf(request), id);
    return found ?? { videoId: id, seconds: 0, at: null };
  }

  @Put('videos/:id/position')
  @Needs('videos.watch', { of: 'video' })
  @Answers(200, watchedPosition, 'Remembers where you are in it. Nobody else sees that.', 400, 404)
  async save(
    @Param('id', PublicIdPipe) id: number,
    @Body({ schema: savePositionBody }) { seconds }: SavePositionBody,
    @Req() request: FastifyRequest,
  ): Promise<WatchedPosition> {
    const { durationSeconds } = await this.queries.execute(new GetVideo(id));
    const viewer = viewerOf(request);
    const position = { videoId: id, seconds: Math.min(seconds, durationSeconds), at: new Date().toISOString() };
    // The first look at a video makes room for it.
    if (!(await this.records.find(viewer, id))) await this.records.tidy(viewer);
    await this.records.save(viewer, position);
    return position;
  }

  @Delete('videos/:id/position')
  @Needs('videos.watch', { of: 'video' })
  @HttpCode(200)
  @Answers(200, watchedPosition, 'Forgets it.', 404)
  async forget(@Param('id', PublicIdPipe) id: number, @Req() request: FastifyRequest): Promise<WatchedPosition> {
    await this.queries.execute(new GetVideo(id));
    await this.records.forget(viewerOf(request), id);
    return { videoId: id, seconds: 0, at: null };
  }
}

/** One for all who have no account: keys, and whoever is let in without one. */
function viewerOf(request: FastifyRequest): string {
  const { userId } = principalOf(request);
  return userId === null ? 'everybody' : `user:${userId}`;
}
