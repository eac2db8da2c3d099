import type { EntityClass, EntityManager } from '@mikro-orm/sql';
import { type EventStore, parsePosition, type Position, type RecordedEvent } from '@streamvault/event-store';
import type { EventRegistry } from '../event-registry.js';
import { isTransient } from '../log/transient-error.js';
import { inTransaction } from './in-transaction.js';
import type { Projection } from './projection.js';
import { ProjectionCheckpoint } from './projection-checkpoint.entity.js';
import { makeTablesAgain, shapeOf } from './read-model-tables.js';

/** Another process probably moved this projection on. What we were about to write is written already. */
export class CheckpointMoved extends Error {
  constructor(projection: string) {
    super(`Projection ${projection} was moved on elsewhere; continuing from where it is now.`);
    this.name = new.target.name;
  }
}

/** An event that this projection cannot apply. Everything before it is applied. */
export class Poisoned extends Error {
  constructor(
    readonly event: RecordedEvent,
    options: { readonly cause: unknown },
  ) {
    super(`Event ${event.type} at position ${event.position} cannot be applied.`, options);
    this.name = new.target.name;
  }
}

/** The log to which the checkpoints refer. */
export type CheckpointLog = Pick<EventStore, 'fingerprint' | 'headPosition'>;

/**
 * Writes a projection's rows together with its checkpoint: one transaction each time, and only if the checkpoint is
 * still where this writer left it. So every event counts exactly once, even after crashes and with several writers.
 */
export class CheckpointedWrites {
  readonly #projection: Projection;
  readonly #registry: EventRegistry;
  readonly #em: () => EntityManager;
  readonly #log: CheckpointLog;
  #written: Position | undefined;

  constructor(projection: Projection, registry: EventRegistry, em: () => EntityManager, log: CheckpointLog) {
    this.#projection = projection;
    this.#registry = registry;
    this.#em = em;
    this.#log = log;
  }

  /** The last position written; undefined before the first event. */
  get written(): Position | undefined {
    return this.#written;
  }

  /**
   * Finds how far the rows are. It clears them if that is unknown, and also if another version of the projection wrote
   * them or its tables have changed, unless `keepOutdated` is set; then the result is `outdated`, and nothing may be
   * written to them. Rows from a different log are always cleared (`log-went-back`), because they describe events that
   * do not exist.
   */
  async open({ keepOutdated = false } = {}): Promise<'known' | 'cleared' | 'outdated' | 'log-went-back'> {
    const { name, version } = this.#projection;
    const shape = shapeOf(this.#projection, this.#em());
    const wentBack = await this.#logWentBack();
    return inTransaction(this.#em(), async (em) => {
      const checkpoint = await em.findOne(ProjectionCheckpoint, { name });
      const stored = checkpoint?.position ?? undefined;
      const position = stored === undefined ? undefined : parsePosition(stored);
      const makesSense = checkpoint !== null && (position === undefined) === (stored === undefined);
      const hasShape = checkpoint?.shape === shape;
      const known = makesSense && !wentBack && hasShape && checkpoint.version === version;
      if (!known && keepOutdated && makesSense && !wentBack && position !== undefined) return 'outdated';
      if (!known) {
        if (!hasShape) await makeTablesAgain(this.#projection, em);
        for (const entity of this.#projection.entities) await em.nativeDelete(entity, {});
        await em.upsert(ProjectionCheckpoint, { name, version, position: null, fingerprint: null, shape });
      }
      this.#written = known ? position : undefined;
      return known ? 'known' : wentBack ? 'log-went-back' : 'cleared';
    });
  }

  /** Whether the rows were built from events that this log does not have (any more). */
  async #logWentBack(): Promise<boolean> {
    const checkpoint = await this.#em().fork().findOne(ProjectionCheckpoint, { name: this.#projection.name });
    const position = checkpoint?.position == null ? undefined : parsePosition(checkpoint.position);
    const kept = checkpoint?.fingerprint ?? undefined;
    if (position === undefined || kept === undefined) return false;
    const found = await this.#log.fingerprint(position);
    if (found !== undefined) return found !== kept;
    // A scavenged event proves nothing; a log that ends before it does.
    return position > ((await this.#log.headPosition()) ?? 0n);
  }

  /**
   * Applies the events and moves the checkpoint to `to`.
   * @throws Poisoned with everything before the event applied
   * @throws CheckpointMoved, or any error of the database: nothing was applied; open again and continue from there
   */
  async apply(events: readonly RecordedEvent[], to: Position): Promise<void> {
    try {
      await this.#apply(events, to);
    } catch (error) {
      if (events.length === 0 || isTransient(error) || error instanceof CheckpointMoved) throw error;
      // Some statements fail only when the batch is flushed. Applying the events one by one shows which one is to
      // blame.
      for (const event of events) await this.#applyAlone(event);
      await this.#apply([], to);
    }
  }

  async #applyAlone(event: RecordedEvent): Promise<void> {
    try {
      await this.#apply([event], event.position);
    } catch (error) {
      if (isTransient(error) || error instanceof CheckpointMoved) throw error;
      throw new Poisoned(event, { cause: error });
    }
  }

  async #apply(events: readonly RecordedEvent[], to: Position): Promise<void> {
    if (this.#written !== undefined && to <= this.#written) return;
    const projection = this.#projection;
    const { name, version } = projection;
    const from = this.#written;
    const last = events.at(-1);
    const fingerprint = (await this.#log.fingerprint(last?.position === to ? last : to)) ?? null;
    await inTransaction(this.#em(), async (em) => {
      // First of all: this takes the write lock, and shows before any work whether the work is still ours.
      const moved = await em.nativeUpdate(
        ProjectionCheckpoint,
        { name, version, position: from === undefined ? null : String(from) },
        { position: String(to), fingerprint },
      );
      if (moved !== 1) throw new CheckpointMoved(name);
      await this.#loadRows(events, em);
      for (const event of events) {
        const handled = projection.handle(this.#registry.read(event), em);
        // Most handlers are synchronous, and one turn of the queue for each would add up.
        if (handled) await handled;
      }
    });
    this.#written = to;
  }

  /** Loads the rows that a batch changes, with one query for each entity. */
  async #loadRows(events: readonly RecordedEvent[], em: EntityManager): Promise<void> {
    const projection = this.#projection;
    if (projection.rowOf === undefined || events.length < 2) return;
    const wanted = new Map<EntityClass<object>, Set<number | string>>();
    for (const event of events) {
      const { entity, id } = projection.rowOf(event) ?? {};
      if (entity !== undefined && id !== undefined)
        wanted.set(entity, (wanted.get(entity) ?? new Set<number | string>()).add(id));
    }
    for (const [entity, ids] of wanted) {
      const key = em.getMetadata().get(entity).primaryKeys[0];
      if (key !== undefined && ids.size > 1) await em.find(entity, { [key]: { $in: [...ids] } });
    }
  }
}
