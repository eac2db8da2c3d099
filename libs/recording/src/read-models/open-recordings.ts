import type { EntityManager } from '@mikro-orm/core';
import type { RecordingContext } from '../domain/recording-context.js';
import { RecordingRow } from './recording-row.entity.js';

/** The recordings for which a recorder has something to do. */
export async function findOpenRecordings(em: EntityManager): Promise<number[]> {
  const rows = await em
    .fork()
    .find(
      RecordingRow,
      { state: { $nin: ['completed', 'failed', 'cancelled'] } },
      { fields: ['id'], orderBy: { id: 'asc' } },
    );
  return rows.map(({ id }) => id);
}

/** Completed recordings after that one whose raw parts are still in their work folder, oldest first. */
export async function findDiscardable(
  em: EntityManager,
  limit: number,
  after = 0,
): Promise<{ recordingId: number; completedAt: string; context: RecordingContext }[]> {
  const rows = await em
    .fork()
    .find(
      RecordingRow,
      { id: { $gt: after }, state: 'completed', hasParts: true, hasFailedStep: false },
      { orderBy: { id: 'asc' }, limit },
    );
  return rows.map(({ id, context }) => ({
    recordingId: id,
    completedAt: context.completedAt ?? context.requestedAt,
    context,
  }));
}
