import type { EntityManager } from '@mikro-orm/sql';
import type { Projection, ReadEvent } from '@streamvault/event-sourcing';
import { dehydrate, evolve, rehydrate, type RecordingSnapshot } from '../domain/lifecycle.js';
import type { RecordingEvent } from '../domain/recording-events.js';
import { recordingCategory } from '../domain/recording-registry.js';
import { RecordingRow } from './recording-row.entity.js';

/** Every recording with its state, folded by the machine itself. */
export const recordingViewProjection: Projection<RecordingEvent> = {
  name: 'recording-view',
  version: 1,
  filter: { categories: [recordingCategory] },
  entities: [RecordingRow],
  async handle(event, em) {
    if (event.type === 'RecordingRequested') return insert(event, em);
    const row = await em.findOneOrFail(RecordingRow, { id: recordingIdOf(event) });
    const snapshot = evolve(rehydrate(row), event);
    if (!snapshot) return;
    Object.assign(row, columnsOf(snapshot, event));
  },
};

const recordingIdOf = ({ stream }: Pick<ReadEvent, 'stream'>): number => Number(stream.slice(stream.indexOf('-') + 1));

function insert(event: ReadEvent<RecordingEvent>, em: EntityManager): void {
  const snapshot = evolve(undefined, event);
  if (!snapshot) return;
  const { recordingId: id, streamerId } = snapshot.context;
  em.persist(em.create(RecordingRow, { id, streamerId, ...columnsOf(snapshot, event) }));
}

function columnsOf(snapshot: RecordingSnapshot, { revision }: Pick<ReadEvent, 'revision'>) {
  const { steps, parts, partsDiscardedAt } = snapshot.context;
  return {
    ...dehydrate(snapshot),
    hasFailedStep: steps.some((step) => step.state === 'failed'),
    hasParts: parts.length > 0 && partsDiscardedAt === null,
    revision: revision.toString(),
  };
}
