import { type Projection, type ReadEvent, rowById } from '@streamvault/kernel';
import type { BroadcastContext } from '../domain/broadcast-context.js';
import { broadcastCategory, type BroadcastEvent } from '../domain/broadcast-events.js';
import { type BroadcastSnapshot, evolve, rehydrate } from '../domain/broadcast-state.js';
import { BroadcastRow } from './broadcast-row.entity.js';

/** Every broadcast that was noticed, recorded or not. */
export const broadcastViewProjection: Projection<BroadcastEvent> = {
  name: 'broadcast-view',
  version: 2,
  filter: { categories: [broadcastCategory] },
  entities: [BroadcastRow],
  rowOf: (event) => (event.type === 'BroadcastStarted' ? undefined : { entity: BroadcastRow, id: idOf(event) }),
  async handle(event, em) {
    const id = idOf(event);
    if (event.type === 'BroadcastStarted') {
      const state = evolve(undefined, event);
      const { streamerId } = event.data;
      if (state) em.persist(em.create(BroadcastRow, { id, streamerId, ...columnsOf(state) }));
      return;
    }
    const found = rowById(em, BroadcastRow, id);
    const row = found instanceof Promise ? await found : found;
    if (!row) throw new Error(`Broadcast ${id} never started.`);
    const state = evolve(rehydrate(row.state, row.context), event);
    if (state) Object.assign(row, columnsOf(state));
  },
};

const idOf = ({ stream }: Pick<ReadEvent, 'stream'>): number => Number(stream.slice(stream.indexOf('-') + 1));

const columnsOf = ({ value, context }: BroadcastSnapshot) => ({
  state: value,
  isOpen: value !== 'ended',
  // Twitch writes seconds without fractions; as text they have to compare.
  startedAt: new Date(context.startedAt).toISOString(),
  decision: context.decision?.decision ?? null,
  isRecorded: context.recordingId !== null,
  dueAt: value === 'ended' ? null : dueAt(context),
  context,
});

/** Instants of this program all have the same format, so they sort as text. */
function dueAt({ away, judgeAgainAt, stopAt }: BroadcastContext): string | null {
  const instants = [away?.deadline, judgeAgainAt, stopAt].filter((at) => typeof at === 'string');
  return instants.toSorted()[0] ?? null;
}
