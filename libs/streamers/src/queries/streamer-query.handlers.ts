import { EntityManager } from '@mikro-orm/core';
import { Inject } from '@nestjs/common';
import { type IQueryHandler, QueryHandler } from '@nestjs/cqrs';
import type { Page, Streamer } from '@streamvault/api-contract';
import { StreamerNotFound } from '../domain/streamer-errors.js';
import { RECORDING_ACTIVITY, type RecordingActivity } from '../ports.js';
import { StreamerRow } from '../read-models/streamer-row.entity.js';
import { FindStreamerByUrl, GetStreamer, ListStreamers } from './streamer-queries.js';

type Active = { readonly recordingId: number; readonly isReceiving: boolean } | undefined;

/** Bytes that arrive prove that somebody is live. Without them nobody has looked: unknown is not offline. */
const toStreamer = (
  { id, name, url, platform, autoRecord, quality, ads, proxies, createdAt }: StreamerRow,
  active: Active,
): Streamer => ({
  id,
  name,
  url,
  platform,
  autoRecord,
  quality,
  ads,
  proxies: proxies ?? null,
  isLive: active?.isReceiving ? true : null,
  title: null,
  category: null,
  activeRecordingId: active?.recordingId ?? null,
  createdAt,
});

@QueryHandler(ListStreamers)
export class ListStreamersHandler implements IQueryHandler<ListStreamers> {
  constructor(
    private readonly em: EntityManager,
    @Inject(RECORDING_ACTIVITY) private readonly recordings: RecordingActivity,
  ) {}

  async execute({ filter: { limit, after = 0 } }: ListStreamers): Promise<Page<Streamer>> {
    const rows = await this.em
      .fork()
      .find(StreamerRow, { id: { $gt: after } }, { orderBy: { id: 'asc' }, limit: limit + 1 });
    const active = await this.recordings.active();
    const items = rows.slice(0, limit).map((row) => toStreamer(row, active.get(row.id)));
    return { items, nextCursor: rows.length > limit ? String(items.at(-1)?.id) : null };
  }
}

@QueryHandler(GetStreamer)
export class GetStreamerHandler implements IQueryHandler<GetStreamer> {
  constructor(
    private readonly em: EntityManager,
    @Inject(RECORDING_ACTIVITY) private readonly recordings: RecordingActivity,
  ) {}

  async execute({ streamerId }: GetStreamer): Promise<Streamer> {
    const row = await this.em.fork().findOne(StreamerRow, { id: streamerId });
    if (!row) throw new StreamerNotFound(streamerId);
    return toStreamer(row, (await this.recordings.active()).get(streamerId));
  }
}

@QueryHandler(FindStreamerByUrl)
export class FindStreamerByUrlHandler implements IQueryHandler<FindStreamerByUrl> {
  constructor(private readonly em: EntityManager) {}

  async execute({ url }: FindStreamerByUrl): Promise<number | null> {
    const row = await this.em.fork().findOne(StreamerRow, { url }, { fields: ['id'] });
    return row?.id ?? null;
  }
}
