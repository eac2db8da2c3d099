import type { EntityClass, EntityManager } from '@mikro-orm/sql';
import type { EventFilter, Position, Revision, StreamName } from '@streamvault/event-store';
import type { AnyEvent, DomainEvent } from '../domain-event.js';
import type { ReadEvent } from '../event-registry.js';

/** A read model, kept by one ordered pass over the log. Everything it knows comes from events, so it can be thrown away. */
export interface Projection<Event extends AnyEvent = DomainEvent> {
  /** Stable: the checkpoint's key. */
  readonly name: string;
  /** From 1. Another one means the rows are cleared and built anew. */
  readonly version: number;
  readonly filter: EventFilter;
  /**
   * Applies one event through `em`, and only `em`: it holds the transaction that the checkpoint moves in, and on SQLite
   * the only connection there is. It is the same for a whole batch, so what one event loaded by primary key is at hand for
   * the next, and changes to managed entities are written once, when the batch ends. No transactions of its own. Throwing stops this projection here.
   */
  handle(event: ReadEvent<Event>, em: EntityManager): Promise<void> | void;
  /**
   * Which row, by its primary key, `handle` will ask for; undefined for none. Those of a batch are loaded by one query then, and each is
   * at hand when its turn comes.
   */
  rowOf?(
    event: Pick<ReadEvent<Event>, 'stream' | 'type'>,
  ): { readonly entity: EntityClass<object>; readonly id: number | string } | undefined;
  /** Whose rows it keeps, all of them, and nobody else any. */
  readonly entities: readonly EntityClass<object>[];
}

/** `outdated`: the rows are another version's; they are served as they are until those of this version take their place. */
export type ProjectionState = 'catching-up' | 'live' | 'poisoned' | 'stopped' | 'outdated';

export interface PoisonedEvent {
  readonly id: string;
  readonly type: string;
  readonly stream: StreamName;
  readonly revision: Revision;
  readonly position: Position;
}

/** A projection being built anew beside the live one. */
export interface RebuildStatus {
  /** `failed`: at an event that it could not get over; the live one goes on as it was. */
  readonly state: 'waiting' | 'building' | 'swapping' | 'failed';
  /** ISO 8601 UTC. */
  readonly startedAt: string;
  readonly position: Position | undefined;
  /** From 0 to 1, estimated; null before anything is known. */
  readonly progress: number | null;
  /** Estimated. */
  readonly remainingSeconds: number | null;
  readonly error?: string;
  readonly poisonedEvent?: PoisonedEvent;
}

export interface ProjectionStatus {
  readonly name: string;
  readonly version: number;
  readonly state: ProjectionState;
  /** Everything up to here is in the rows; undefined before the first. */
  readonly position: Position | undefined;
  /** How old the first event not yet applied is, as far as known; 0 when nothing is waiting. */
  readonly lagSeconds: number;
  /** Why it is poisoned, or what it is retrying after. */
  readonly error?: string;
  readonly poisonedEvent?: PoisonedEvent;
  /** Where it is being rebuilt, or the last attempt failed. */
  readonly rebuild?: RebuildStatus;
}

export interface ProjectionFailure {
  readonly projection: string;
  readonly error: unknown;
  /** Set where this event stopped the projection; without it the work is being retried. */
  readonly poisonedEvent?: PoisonedEvent;
}

/** Where the kernel says what an operator should see; pino and Nest's logger are one line away. */
export interface KernelLogger {
  info(message: string, details: Readonly<Record<string, unknown>>): void;
  warn(message: string, details: Readonly<Record<string, unknown>>): void;
  error(message: string, details: Readonly<Record<string, unknown>>): void;
}
