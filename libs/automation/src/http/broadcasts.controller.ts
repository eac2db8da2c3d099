import { Controller, Get, Param, Query } from '@nestjs/common';
import { QueryBus } from '@nestjs/cqrs';
import { ApiTags } from '@nestjs/swagger';
import {
  type Broadcast,
  broadcastPage,
  type Detection,
  detectionPage,
  listBroadcastsQuery,
  type Page,
} from '@streamvault/api-contract';
import { Answers, encodeCursor, idFromCursor, Needs, PublicIdPipe } from '@streamvault/http-kit';
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
