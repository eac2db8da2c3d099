import type { EntityClass, EntityManager } from '@mikro-orm/sql';
import type { EventFilter, Position, Revision, StreamName } from '@streamvault/event-store';
import type { AnyEvent, DomainEvent } from '../domain-event.js';
import type { ReadEvent } from '../event-registry.js';

/** A read model, built by one ordered pass over the log. Everything in it comes from events, so it can be deleted. */
export interface Projection<Event extends AnyEvent = DomainEvent> {
  /** Stable, because it is the checkpoint's key. */
  readonly name: string;
  /** From 1. A new version clears the rows and rebuilds them. */
  readonly version: number;
  readonly filter: EventFilter;
  /**
   * Applies one event through `em`, and only `em`: it holds the transaction that moves the checkpoint, and on SQLite
   * the only connection. It is the same for a whole batch, so a row that one event loaded by primary key is at hand for
   * the next, and changes to managed entities are written once, when the batch ends. Must not open transactions.
   * Throwing stops this projection here.
   */
  handle(event: ReadEvent<Event>, em: EntityManager): Promise<void> | void;
  /**
   * The primary key of the row that `handle` will need; undefined for none. The rows of a batch are then loaded by one
   * query and are at hand.
   */
  rowOf?(
    event: Pick<ReadEvent<Event>, 'stream' | 'type'>,
  ): { readonly entity: EntityClass<object>; readonly id: number | string } | undefined;
  /** The entities whose rows it maintains, all of them, and no other code does. */
  readonly entities: readonly EntityClass<object>[];
}

/** `outdated`: the rows are of another version; they are served unchanged until those of this version replace them. */
export type ProjectionState = 'catching-up' | 'live' | 'poisoned' | 'stopped' | 'outdated';

export interface PoisonedEvent {
  readonly id: string;
  readonly type: string;
  readonly stream: StreamName;
  readonly revision: Revision;
  readonly position: Position;
}

/** A projection that is being rebuilt beside the live one. */
export interface RebuildStatus {
  /** `failed`: at an event that it could not apply; the live one goes on as it was. */
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
  /** The age of the first event not yet applied, if known; 0 when nothing is waiting. */
  readonly lagSeconds: number;
  /** Why it is poisoned, or why it is retrying. */
  readonly error?: string;
  readonly poisonedEvent?: PoisonedEvent;
  /** Set while it is being rebuilt, or if the last attempt failed. */
  readonly rebuild?: RebuildStatus;
}

export interface ProjectionFailure {
  readonly projection: string;
  readonly error: unknown;
  /** The event that stopped the projection, if one did; otherwise the work is being retried. */
  readonly poisonedEvent?: PoisonedEvent;
}

/** Receives what an operator should see; pino and Nest's logger both fit. */
export interface KernelLogger {
  info(message: string, details: Readonly<Record<string, unknown>>): void;
  warn(message: string, details: Readonly<Record<string, unknown>>): void;
  error(message: string, details: Readonly<Record<string, unknown>>): void;
}
