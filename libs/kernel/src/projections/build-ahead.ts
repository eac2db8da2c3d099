import type { EntityManager } from '@mikro-orm/sql';
import type { EventStore, Position } from '@streamvault/event-store';
import type { EventRegistry } from '../event-registry.js';
import { inBatches } from '../log/in-batches.js';
import { type CheckpointLog, CheckpointedWrites, Poisoned } from './checkpointed-writes.js';
import type { Projection } from './projection.js';

/**
 * Does most of a rebuild elsewhere (for example in a thread), in the place that the rebuild then uses. The rebuild
 * itself builds what is still missing, as after a restart.
 */
export interface BuildsAhead {
  /** Resolves when it is nearly up to date, has met an event that it cannot apply, or the signal aborted. */
  build(projection: Projection, progress: AheadProgress): Promise<void>;
}

export interface AheadProgress {
  readonly signal: AbortSignal;
  readonly onPosition: (position: Position) => void;
}

export interface AheadParts extends AheadProgress {
  readonly store: Pick<EventStore, 'readAll'> & CheckpointLog;
  readonly registry: EventRegistry;
  /** Of the place in which it is built. */
  readonly em: () => EntityManager;
  readonly batchSize: number;
}

/** Prevents a long wait over an empty stretch of the log. */
const fillingMilliseconds = 50;

/** The work of a {@link BuildsAhead}: everything that is in the log now, in batches, each with its checkpoint. */
export async function buildUpToHead(projection: Projection, parts: AheadParts): Promise<void> {
  const { batchSize, em, onPosition, registry, signal, store } = parts;
  const writes = new CheckpointedWrites(projection, registry, em, store);
  await writes.open();
  const from = writes.written;
  const events = store.readAll({ filter: projection.filter, ...(from !== undefined && { after: from }) });
  try {
    for await (const batch of inBatches(events, batchSize, { patienceMs: () => fillingMilliseconds })) {
      if (signal.aborted) return;
      const last = batch.at(-1);
      if (!last) continue;
      await writes.apply(batch, last.position);
      onPosition(last.position);
    }
  } catch (error) {
    // The rebuild that continues from here meets the same event and reports it.
    if (!(error instanceof Poisoned)) throw error;
  }
}
