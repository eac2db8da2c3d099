import type { EntityManager } from '@mikro-orm/core';
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

/** Completed recordings whose raw parts are still in their work folder, oldest first. */
export async function findDiscardable(
  em: EntityManager,
  limit: number,
): Promise<{ recordingId: number; completedAt: string }[]> {
  const rows = await em
    .fork()
    .find(
      RecordingRow,
      { state: 'completed', hasParts: true, hasFailedStep: false },
      { orderBy: { id: 'asc' }, limit },
    );
  return rows.map(({ id, context }) => ({ recordingId: id, completedAt: context.completedAt ?? context.requestedAt }));
}
