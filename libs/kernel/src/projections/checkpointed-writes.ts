import type { EntityClass, EntityManager } from '@mikro-orm/sql';
import { type EventStore, parsePosition, type Position, type RecordedEvent } from '@streamvault/event-store';
import type { EventRegistry } from '../event-registry.js';
import { isTransient } from '../log/transient-error.js';
import { inTransaction } from './in-transaction.js';
import type { Projection } from './projection.js';
import { ProjectionCheckpoint } from './projection-checkpoint.entity.js';
import { makeTablesAgain, shapeOf } from './read-model-tables.js';

/** Somebody else moved this projection on, another process most likely. What we were about to write is written already. */
export class CheckpointMoved extends Error {
  constructor(projection: string) {
    super(`Projection ${projection} was moved on by somebody else; going on from where it is now.`);
    this.name = new.target.name;
  }
}

/** An event that this projection cannot get over. Everything before it is applied. */
export class Poisoned extends Error {
  constructor(
    readonly event: RecordedEvent,
    options: { readonly cause: unknown },
  ) {
    super(`Event ${event.type} at position ${event.position} cannot be applied.`, options);
    this.name = new.target.name;
  }
}

/** The log that the checkpoints are positions of. */
export type CheckpointLog = Pick<EventStore, 'fingerprint' | 'headPosition'>;

/**
 * Writes a projection's rows together with how far they have come: one transaction each time, and only if the checkpoint
 * still is where this writer left it. So every event counts exactly once, whoever crashes, and whoever else is at it.
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

  /** The last position written, undefined before the first event. */
  get written(): Position | undefined {
    return this.#written;
  }

  /**
   * Finds where the rows are. Clears them where nobody knows that, or where another version of the projection wrote them, or its
   * tables are made another way by now, and they are not to be kept; `outdated` are those that were kept, and that nothing may be written to. Rows of a log that is another one by
   * now are cleared in any case (`log-went-back`): they tell of things that never happened.
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

  /** Whether the log does not hold, or not any more, what the rows were made of. */
  async #logWentBack(): Promise<boolean> {
    const checkpoint = await this.#em().fork().findOne(ProjectionCheckpoint, { name: this.#projection.name });
    const position = checkpoint?.position == null ? undefined : parsePosition(checkpoint.position);
    const kept = checkpoint?.fingerprint ?? undefined;
    if (position === undefined || kept === undefined) return false;
    const found = await this.#log.fingerprint(position);
    if (found !== undefined) return found !== kept;
    // An event that was scavenged proves nothing; a log that ends before it does.
    return position > ((await this.#log.headPosition()) ?? 0n);
  }

  /**
   * Applies the events and moves on to `to`.
   *
   * @throws Poisoned with everything before the event applied
   * @throws CheckpointMoved, or whatever the database failed with: nothing applied, open again and go on from there
   */
  async apply(events: readonly RecordedEvent[], to: Position): Promise<void> {
    try {
      await this.#apply(events, to);
    } catch (error) {
      if (events.length === 0 || isTransient(error) || error instanceof CheckpointMoved) throw error;
      // Some statements only fail when the batch is flushed, so which event is to blame shows one by one.
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
      // First of all: it takes the write lock, and shows before any work whether the work is still ours.
      const moved = await em.nativeUpdate(
        ProjectionCheckpoint,
        { name, version, position: from === undefined ? null : String(from) },
        { position: String(to), fingerprint },
      );
      if (moved !== 1) throw new CheckpointMoved(name);
      await this.#loadRows(events, em);
      for (const event of events) {
        const handled = projection.handle(this.#registry.read(event), em);
        // Most handlers of a batch have nothing to wait for, and a turn of the queue each would add up.
        if (handled) await handled;
      }
    });
    this.#written = to;
  }

  /** What the events of a batch change, by one query for each of the entities. */
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
