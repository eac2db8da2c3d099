import { EntityManager } from '@mikro-orm/core';
import { type IQueryHandler, QueryHandler } from '@nestjs/cqrs';
import type { Broadcast, Detection, Page } from '@streamvault/api-contract';
import { StreamerNotFound, StreamerRow } from '@streamvault/streamers';
import { BroadcastRow } from '../read-models/broadcast-row.entity.js';
import { toBroadcast, toDetection } from './broadcast-answers.js';
import { type BroadcastFilter, ListBroadcasts, ListDetections } from './broadcast-queries.js';

@QueryHandler(ListBroadcasts)
export class ListBroadcastsHandler implements IQueryHandler<ListBroadcasts> {
  constructor(private readonly em: EntityManager) {}

  execute({ filter }: ListBroadcasts): Promise<Page<Broadcast>> {
    return pageOf(this.em, filter, toBroadcast);
  }
}

@QueryHandler(ListDetections)
export class ListDetectionsHandler implements IQueryHandler<ListDetections> {
  constructor(private readonly em: EntityManager) {}

  execute({ filter }: ListDetections): Promise<Page<Detection>> {
    return pageOf(this.em, filter, toDetection);
  }
}

async function pageOf<Item>(
  em: EntityManager,
  { streamerId, limit, before }: BroadcastFilter,
  toItem: (row: BroadcastRow) => Item,
): Promise<Page<Item>> {
  const reading = em.fork();
  // The history stays when a streamer is removed from the list.
  const where = before === undefined ? { streamerId } : { streamerId, id: { $lt: before } };
  const rows = await reading.find(BroadcastRow, where, { orderBy: { id: 'desc' }, limit: limit + 1 });
  if (rows.length === 0 && !(await reading.findOne(StreamerRow, { id: streamerId }, { fields: ['id'] })))
    throw new StreamerNotFound(streamerId);
  const shown = rows.slice(0, limit);
  return { items: shown.map((row) => toItem(row)), nextCursor: rows.length > limit ? String(shown.at(-1)?.id) : null };
}
