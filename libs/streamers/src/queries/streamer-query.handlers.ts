import { EntityManager } from '@mikro-orm/core';
import { Inject } from '@nestjs/common';
import { type IQueryHandler, QueryHandler } from '@nestjs/cqrs';
import type { Page, Streamer } from '@streamvault/api-contract';
import { StreamerNotFound } from '../domain/streamer-errors.js';
import { effective, inheritedBy, type RecordingChoices } from '../domain/choices.js';
import {
  LIVE_STATES,
  type LiveState,
  type LiveStates,
  NAME_TEMPLATES,
  type NameTemplates,
  RECORDING_ACTIVITY,
  type RecordingActivity,
} from '../ports.js';
import { ownChoicesOf } from '../read-models/own-choices-of.js';
import { StreamerStreams } from '../streamer-streams.js';
import { StreamerRow } from '../read-models/streamer-row.entity.js';
import { FindStreamerByUrl, GetStreamer, ListStreamers } from './streamer-queries.js';

type Active = { readonly recordingId: number; readonly isReceiving: boolean } | undefined;

interface Surroundings {
  readonly defaults: RecordingChoices;
  readonly active: Active;
  readonly live: LiveState | undefined;
  /** How videos of streamers without a template of their own are named. */
  readonly template: string;
}

/** Arriving bytes prove that a streamer is live, better than any check. */
const toStreamer = (row: StreamerRow, { active, defaults, live, template }: Surroundings): Streamer => {
  const own = ownChoicesOf(row);
  const choices = effective(own, defaults);
  const isLive = active?.isReceiving ? true : (live?.isLive ?? null);
  return {
    id: row.id,
    name: row.name,
    url: row.url,
    platform: row.platform,
    ...choices,
    nameTemplate: choices.nameTemplate ?? template,
    notices: choices.notices as Streamer['notices'],
    inherited: inheritedBy(own),
    isLive,
    title: isLive ? (live?.title ?? null) : null,
    category: isLive ? (live?.category ?? null) : null,
    activeRecordingId: active?.recordingId ?? null,
    createdAt: row.createdAt,
  };
};

@QueryHandler(ListStreamers)
export class ListStreamersHandler implements IQueryHandler<ListStreamers> {
  constructor(
    private readonly em: EntityManager,
    private readonly streams: StreamerStreams,
    @Inject(RECORDING_ACTIVITY) private readonly recordings: RecordingActivity,
    @Inject(LIVE_STATES) private readonly live: LiveStates,
    @Inject(NAME_TEMPLATES) private readonly templates: NameTemplates,
  ) {}

  async execute({ filter: { limit, after = 0, only } }: ListStreamers): Promise<Page<Streamer>> {
    const rows = await this.em
      .fork()
      .find(
        StreamerRow,
        { id: { $gt: after, ...(only && { $in: [...only] }) } },
        { orderBy: { id: 'asc' }, limit: limit + 1 },
      );
    const [active, live, defaults, template] = await Promise.all([
      this.recordings.active(),
      this.live.all(),
      this.streams.defaults(),
      this.templates.forAll(),
    ]);
    const items = rows
      .slice(0, limit)
      .map((row) => toStreamer(row, { active: active.get(row.id), live: live.get(row.id), defaults, template }));
    return { items, nextCursor: rows.length > limit ? String(items.at(-1)?.id) : null };
  }
}

@QueryHandler(GetStreamer)
export class GetStreamerHandler implements IQueryHandler<GetStreamer> {
  constructor(
    private readonly em: EntityManager,
    private readonly streams: StreamerStreams,
    @Inject(RECORDING_ACTIVITY) private readonly recordings: RecordingActivity,
    @Inject(LIVE_STATES) private readonly live: LiveStates,
    @Inject(NAME_TEMPLATES) private readonly templates: NameTemplates,
  ) {}

  async execute({ streamerId }: GetStreamer): Promise<Streamer> {
    const row = await this.em.fork().findOne(StreamerRow, { id: streamerId });
    if (!row) throw new StreamerNotFound(streamerId);
    const [active, live, defaults, template] = await Promise.all([
      this.recordings.active(),
      this.live.all(),
      this.streams.defaults(),
      this.templates.forAll(),
    ]);
    return toStreamer(row, { active: active.get(streamerId), live: live.get(streamerId), defaults, template });
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
