import { Controller, Get, Param, Query, Req } from '@nestjs/common';
import { QueryBus } from '@nestjs/cqrs';
import { ApiTags } from '@nestjs/swagger';
import {
  type Broadcast,
  broadcastPage,
  type Detection,
  detectionPage,
  listBroadcastsQuery,
  listDetectionsQuery,
  type Page,
} from '@streamvault/api-contract';
import { Answers, encodeCursor, idFromCursor, Needs, PublicIdPipe, visibleStreamers } from '@streamvault/http-kit';
import type { FastifyRequest } from 'fastify';
import type { z } from 'zod';
import { ListBroadcasts, ListDetections } from '../queries/broadcast-queries.js';

type ListQuery = z.infer<typeof listBroadcastsQuery>;

const withCursor = <Item>({ items, nextCursor }: Page<Item>): Page<Item> => ({
  items,
  nextCursor: nextCursor === null ? null : encodeCursor(Number(nextCursor)),
});

@ApiTags('Broadcasts')
@Controller('api/streamers/:id')
@Needs('broadcasts.read', { of: 'streamer' })
export class BroadcastsController {
  constructor(private readonly queries: QueryBus) {}

  @Get('broadcasts')
  @Answers(200, broadcastPage, "A streamer's broadcasts, newest first.", 400, 404)
  async broadcasts(
    @Param('id', PublicIdPipe) streamerId: number,
    @Query({ schema: listBroadcastsQuery }) { limit, cursor }: ListQuery,
  ): Promise<Page<Broadcast>> {
    const filter = { streamerId, limit, before: idFromCursor(cursor) };
    return withCursor(await this.queries.execute(new ListBroadcasts(filter)));
  }

  @Get('detections')
  @Answers(200, detectionPage, 'What happened with each broadcast that was noticed, and why.', 400, 404)
  async detections(
    @Param('id', PublicIdPipe) streamerId: number,
    @Query({ schema: listBroadcastsQuery }) { limit, cursor }: ListQuery,
  ): Promise<Page<Detection>> {
    const filter = { streamerId, limit, before: idFromCursor(cursor) };
    return withCursor(await this.queries.execute(new ListDetections(filter)));
  }
}

@ApiTags('Broadcasts')
@Controller('api/detections')
@Needs('broadcasts.read', { lists: 'visible' })
export class DetectionsController {
  constructor(private readonly queries: QueryBus) {}

  @Get()
  @Answers(200, detectionPage, 'What happened with each broadcast that was noticed, of all streamers.', 400, 404)
  async list(
    @Query({ schema: listDetectionsQuery })
    { limit, cursor, streamerId, decision, recorded, from, to }: z.infer<typeof listDetectionsQuery>,
    @Req() request: FastifyRequest,
  ): Promise<Page<Detection>> {
    const isRecorded = recorded === undefined ? undefined : recorded === 'true';
    const only = visibleStreamers(request);
    const before = idFromCursor(cursor);
    const filter = { streamerId, decision, isRecorded, from, to, only, limit, before };
    return withCursor(await this.queries.execute(new ListDetections(filter)));
  }
}
