import type { EntityManager } from '@mikro-orm/sql';
import { type Projection, type ReadEvent, rowById } from '@streamvault/kernel';
import { foldKept, type KeptRecording } from '../domain/fold-kept.js';
import type { RecordingEvent } from '../domain/recording-events.js';
import { gapSecondsOf } from '../domain/recording-context.js';
import { recordingCategory } from '../domain/recording-registry.js';
import { RecordingRow } from './recording-row.entity.js';

/** Every recording with its state, folded by the machine itself. */
export const recordingViewProjection: Projection<RecordingEvent> = {
  name: 'recording-view',
  version: 7,
  filter: { categories: [recordingCategory] },
  entities: [RecordingRow],
  rowOf: (event) =>
    event.type === 'RecordingRequested' ? undefined : { entity: RecordingRow, id: recordingIdOf(event) },
  async handle(event, em) {
    if (event.type === 'RecordingRequested') return insert(event, em);
    const id = recordingIdOf(event);
    const found = rowById(em, RecordingRow, id);
    const row = found instanceof Promise ? await found : found;
    if (!row) throw new Error(`Recording ${id} was never requested.`);
    const kept = foldKept(row, event);
    if (kept) Object.assign(row, columnsOf(kept, event));
  },
};

const recordingIdOf = ({ stream }: Pick<ReadEvent, 'stream'>): number => Number(stream.slice(stream.indexOf('-') + 1));

function insert(event: ReadEvent<RecordingEvent>, em: EntityManager): void {
  const kept = foldKept(undefined, event);
  if (!kept) return;
  const { recordingId: id, streamerId } = kept.context;
  em.persist(em.create(RecordingRow, { id, streamerId, ...columnsOf(kept, event) }));
}

function columnsOf({ state, context }: KeptRecording, { revision }: Pick<ReadEvent, 'revision'>) {
  const { ads, gaps, steps, parts, partsDiscardedAt, totals } = context;
  return {
    state,
    context,
    bytes: totals?.bytes ?? parts.reduce((sum, part) => sum + part.bytes, 0),
    gapSeconds: gapSecondsOf(gaps),
    adSeconds: totals?.adSeconds ?? ads.reduce((sum, { seconds }) => sum + seconds, 0),
    hasFailedStep: steps.some((step) => step.state === 'failed'),
    hasParts: parts.length > 0 && partsDiscardedAt === null,
    revision: revision.toString(),
  };
}
