import { EntityManager } from '@mikro-orm/core';
import type { EntityManager as SqlEntityManager } from '@mikro-orm/sql';
import { Inject, Optional } from '@nestjs/common';
import { type IQueryHandler, QueryHandler } from '@nestjs/cqrs';
import { activeRecordingStates, type Page, type Recording } from '@streamvault/api-contract';
import type { RecordingStateName } from '../domain/lifecycle.js';
import { RecordingNotFound } from '../domain/recording-errors.js';
import type { RecordingContext } from '../domain/recording-context.js';
import { RecordingRow } from '../read-models/recording-row.entity.js';
import { toRecording } from '../read-models/recording-view.js';
import { PARTS_POLICY, type PartsPolicy, usualParts } from '../read-models/step-list.js';
import { ProgressBoard } from '../recorder/progress-board.js';
import { GetActiveRecordings, GetRecording, ListRecordings } from './recording-queries.js';

/** A row as it is stored, on either engine. */
interface StoredRecording {
  readonly id: number;
  readonly streamer_id: number;
  readonly state: RecordingStateName;
  readonly context: string;
  readonly revision: string;
}

/**
 * Every open page runs this query all the time, so plain rows are read. Entities, of which MikroORM keeps a copy to
 * find changes, would double the cost of an answer.
 */
@QueryHandler(ListRecordings)
export class ListRecordingsHandler implements IQueryHandler<ListRecordings> {
  constructor(
    @Inject(EntityManager) private readonly em: SqlEntityManager,
    private readonly progress: ProgressBoard,
    @Optional() @Inject(PARTS_POLICY) private readonly parts: PartsPolicy = usualParts,
  ) {}

  async execute({ filter }: ListRecordings): Promise<Page<Recording>> {
    const { states, streamerId, limit, before, only } = filter;
    const rows = await this.em
      .fork()
      .getKysely<{ recordings: StoredRecording }>()
      .selectFrom('recordings')
      .select(['state', 'context', 'revision'])
      .$if(states !== undefined, (query) => query.where('state', 'in', states ?? []))
      .$if(streamerId !== undefined, (query) => query.where('streamer_id', '=', streamerId ?? 0))
      .$if(only !== undefined, (query) => query.where('streamer_id', 'in', only?.length ? [...only] : [0]))
      .$if(before !== undefined, (query) => query.where('id', '<', before ?? 0))
      .orderBy('id', 'desc')
      .limit(limit + 1)
      .execute();
    const items = rows.slice(0, limit).map(({ context, ...row }) => {
      const folded = JSON.parse(context) as RecordingContext;
      return toRecording({ ...row, context: folded }, this.progress.get(folded.recordingId), this.parts);
    });
    return { items, nextCursor: rows.length > limit ? String(items.at(-1)?.id) : null };
  }
}

@QueryHandler(GetRecording)
export class GetRecordingHandler implements IQueryHandler<GetRecording> {
  constructor(
    private readonly em: EntityManager,
    private readonly progress: ProgressBoard,
    @Optional() @Inject(PARTS_POLICY) private readonly parts: PartsPolicy = usualParts,
  ) {}

  async execute({ recordingId }: GetRecording): Promise<Recording> {
    const row = await this.em.fork().findOne(RecordingRow, { id: recordingId });
    if (!row) throw new RecordingNotFound(recordingId);
    return toRecording(row, this.progress.get(recordingId), this.parts);
  }
}

@QueryHandler(GetActiveRecordings)
export class GetActiveRecordingsHandler implements IQueryHandler<GetActiveRecordings> {
  constructor(private readonly em: EntityManager) {}

  async execute(): Promise<ReadonlyMap<number, { recordingId: number; isReceiving: boolean }>> {
    const rows = await this.em.fork().find(
      RecordingRow,
      { state: { $in: [...activeRecordingStates] } },
      {
        fields: ['streamerId', 'state'],
        // If there are several, the newest is shown.
        orderBy: { id: 'asc' },
      },
    );
    return new Map(
      rows.map(({ id, streamerId, state }) => [streamerId, { recordingId: id, isReceiving: state === 'capturing' }]),
    );
  }
}
