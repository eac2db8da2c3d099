import { EntityManager } from '@mikro-orm/core';
import { type IQueryHandler, QueryHandler } from '@nestjs/cqrs';
import type { Broadcast, Detection, Page } from '@streamvault/api-contract';
import { StreamerNotFound, StreamerRow } from '@streamvault/streamers';
import { BroadcastRow } from '../read-models/broadcast-row.entity.js';
import { toBroadcast, toDetection } from './broadcast-answers.js';
import { type DetectionFilter, ListBroadcasts, ListDetections } from './broadcast-queries.js';

@QueryHandler(ListBroadcasts)
export class ListBroadcastsHandler implements IQueryHandler<ListBroadcasts> {
  constructor(private readonly em: EntityManager) {}

  async execute({ filter }: ListBroadcasts): Promise<Page<Broadcast>> {
    const { rows, nextCursor } = await pageOf(this.em.fork(), filter);
    return { items: rows.map((row) => toBroadcast(row)), nextCursor };
  }
}

@QueryHandler(ListDetections)
export class ListDetectionsHandler implements IQueryHandler<ListDetections> {
  constructor(private readonly em: EntityManager) {}

  async execute({ filter }: ListDetections): Promise<Page<Detection>> {
    const reading = this.em.fork();
    const { rows, nextCursor } = await pageOf(reading, filter);
    const ids = [...new Set(rows.map(({ streamerId }) => streamerId))];
    const streamers = await reading.find(StreamerRow, { id: { $in: ids } }, { fields: ['id', 'name'] });
    const names = new Map(streamers.map(({ id, name }) => [id, name]));
    return { items: rows.map((row) => toDetection(row, names.get(row.streamerId) ?? null)), nextCursor };
  }
}

async function pageOf(
  reading: EntityManager,
  filter: DetectionFilter,
): Promise<{ readonly rows: readonly BroadcastRow[]; readonly nextCursor: string | null }> {
  const { limit, only, streamerId } = filter;
  if (streamerId !== undefined && only && !only.includes(streamerId)) throw new StreamerNotFound(streamerId);
  const rows = await reading.find(BroadcastRow, whereOf(filter), { orderBy: { id: 'desc' }, limit: limit + 1 });
  // The history stays when a streamer is removed from the list.
  if (rows.length === 0 && streamerId !== undefined && !(await wasEverNoticed(reading, streamerId)))
    throw new StreamerNotFound(streamerId);
  const shown = rows.slice(0, limit);
  return { rows: shown, nextCursor: rows.length > limit ? String(shown.at(-1)?.id) : null };
}

function whereOf({ streamerId, before, decision, isRecorded, from, to, only }: DetectionFilter) {
  return {
    ...(before !== undefined && { id: { $lt: before } }),
    ...(decision !== undefined && { decision }),
    ...(isRecorded !== undefined && { isRecorded }),
    $and: [
      streamerId === undefined ? {} : { streamerId },
      only === undefined ? {} : { streamerId: { $in: [...only] } },
      from === undefined ? {} : { startedAt: { $gte: new Date(from).toISOString() } },
      to === undefined ? {} : { startedAt: { $lt: new Date(to).toISOString() } },
    ],
  };
}

async function wasEverNoticed(reading: EntityManager, id: number): Promise<boolean> {
  const [streamers, broadcasts] = await Promise.all([
    reading.count(StreamerRow, { id }),
    reading.count(BroadcastRow, { streamerId: id }),
  ]);
  return streamers + broadcasts > 0;
}
