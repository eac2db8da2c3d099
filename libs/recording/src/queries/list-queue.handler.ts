import { EntityManager } from '@mikro-orm/core';
import { type IQueryHandler, QueryHandler } from '@nestjs/cqrs';
import type { QueueItem } from '@streamvault/api-contract';
import { WorkQueue } from '@streamvault/jobs';
import { queueItems } from '../read-models/queue-items.js';
import { RecordingRow } from '../read-models/recording-row.entity.js';
import { ListQueue } from './recording-queries.js';

/** A longer queue is a fault in itself. Only its oldest entries are shown. */
const queueLimit = 500;

@QueryHandler(ListQueue)
export class ListQueueHandler implements IQueryHandler<ListQueue> {
  constructor(
    private readonly em: EntityManager,
    private readonly work: WorkQueue,
  ) {}

  async execute({ only }: ListQueue): Promise<QueueItem[]> {
    const rows = await this.em.fork().find(
      RecordingRow,
      {
        ...(only !== undefined && { streamerId: { $in: [...only] } }),
        $or: [
          { state: { $in: ['finalizing', 'postProcessing'] } },
          { state: 'completed', hasFailedStep: true },
          { state: 'failed', hasParts: true },
        ],
      },
      { orderBy: { id: 'asc' }, limit: queueLimit },
    );
    const working = this.work.status();
    return rows.flatMap((row) => queueItems(row, working));
  }
}
