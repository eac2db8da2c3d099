import { EntityManager } from '@mikro-orm/core';
import { type IQueryHandler, QueryHandler } from '@nestjs/cqrs';
import { activeRecordingStates, type Page, type QueueItem, type Recording } from '@streamvault/api-contract';
import { RecordingNotFound } from '../domain/recording-errors.js';
import { RecordingRow } from '../read-models/recording-row.entity.js';
import { toRecording } from '../read-models/recording-view.js';
import { ProgressBoard } from '../recorder/progress-board.js';
import { GetActiveRecordings, GetRecording, ListQueue, ListRecordings } from './recording-queries.js';

@QueryHandler(ListRecordings)
export class ListRecordingsHandler implements IQueryHandler<ListRecordings> {
  constructor(
    private readonly em: EntityManager,
    private readonly progress: ProgressBoard,
  ) {}

  async execute({ filter }: ListRecordings): Promise<Page<Recording>> {
    const { states, streamerId, limit, before } = filter;
    const rows = await this.em.fork().find(
      RecordingRow,
      {
        ...(states && { state: { $in: [...states] } }),
        ...(streamerId !== undefined && { streamerId }),
        ...(before !== undefined && { id: { $lt: before } }),
      },
      { orderBy: { id: 'desc' }, limit: limit + 1 },
    );
    const items = rows.slice(0, limit).map((row) => toRecording(row, this.progress.get(row.id)));
    return { items, nextCursor: rows.length > limit ? String(items.at(-1)?.id) : null };
  }
}

@QueryHandler(GetRecording)
export class GetRecordingHandler implements IQueryHandler<GetRecording> {
  constructor(
    private readonly em: EntityManager,
    private readonly progress: ProgressBoard,
  ) {}

  async execute({ recordingId }: GetRecording): Promise<Recording> {
    const row = await this.em.fork().findOne(RecordingRow, { id: recordingId });
    if (!row) throw new RecordingNotFound(recordingId);
    return toRecording(row, this.progress.get(recordingId));
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
        // Of several, the newest is shown.
        orderBy: { id: 'asc' },
      },
    );
    return new Map(
      rows.map(({ id, streamerId, state }) => [streamerId, { recordingId: id, isReceiving: state === 'capturing' }]),
    );
  }
}

/** A queue longer than this is a fault of its own, and shown by its oldest entries. */
const queueLimit = 500;

@QueryHandler(ListQueue)
export class ListQueueHandler implements IQueryHandler<ListQueue> {
  constructor(private readonly em: EntityManager) {}

  async execute(): Promise<QueueItem[]> {
    const rows = await this.em
      .fork()
      .find(
        RecordingRow,
        { $or: [{ state: 'postProcessing' }, { state: 'completed', hasFailedStep: true }] },
        { orderBy: { id: 'asc' }, limit: queueLimit },
      );
    return rows.flatMap(({ context }) =>
      context.steps.flatMap(({ name, state: stepState, attempts, error, retryAt }) =>
        stepState === 'succeeded'
          ? []
          : [
              {
                recordingId: context.recordingId,
                streamerName: context.streamerName,
                name,
                state: stepState,
                attempts,
                error,
                retryAt,
              },
            ],
      ),
    );
  }
}
