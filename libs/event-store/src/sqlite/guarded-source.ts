import type { Database } from 'better-sqlite3';
import { EventDamaged, EventStoreUnavailable } from '../errors.js';
import type { FoundRows, LogPage, LogSource } from '../log-source.js';
import type { Direction, EventFilter, EventQuery, RecordedEvent } from '../port.js';
import type { EventRow } from './event-row.js';
import type { EventTable } from './event-table.js';
import { asEventStoreError } from './sqlite-failure.js';

/** Reads of the event table with errors that callers know, also if the store was closed meanwhile. */
export class GuardedSource implements LogSource<EventRow> {
  readonly #events: EventTable;
  readonly #db: Database;
  readonly #path: string;
  readonly #onDamage: (damage: EventDamaged) => void;

  constructor(events: EventTable, db: Database, path: string, onDamage: (damage: EventDamaged) => void = () => {}) {
    this.#events = events;
    this.#db = db;
    this.#path = path;
    this.#onDamage = onDamage;
  }

  head(): number {
    return this.#guard(() => this.#events.head());
  }

  page(after: number, until: number, filter: EventFilter | undefined, limit: number): LogPage<EventRow> {
    return this.#guard(() => this.#events.page(after, until, filter, limit));
  }

  streamHead(stream: string): number {
    return this.#guard(() => this.#events.streamHead(stream));
  }

  streamPage(stream: string, from: number, until: number, direction: Direction, limit: number): readonly EventRow[] {
    return this.#guard(() => this.#events.streamPage(stream, from, until, direction, limit));
  }

  find(query: EventQuery): FoundRows<EventRow> {
    return this.#guard(() => this.#events.find(query, this.head()));
  }

  at(position: number): EventRow | undefined {
    return this.#guard(() => (position > this.head() ? undefined : this.#events.at(position)));
  }

  /**
   * Runs once per event, so it lacks the overhead of the other methods: most rows are decoded without access to the
   * database.
   */
  decode(row: EventRow): RecordedEvent {
    try {
      return this.#events.decode(row);
    } catch (error) {
      if (error instanceof EventDamaged) this.#onDamage(error);
      throw this.#db.open ? asEventStoreError(error, this.#path) : closed();
    }
  }

  revisionOf(row: EventRow): number {
    return this.#events.revisionOf(row);
  }

  positionOf(row: EventRow): number {
    return this.#events.positionOf(row);
  }

  #guard<T>(read: () => T): T {
    if (!this.#db.open) throw closed();
    try {
      return read();
    } catch (error) {
      throw asEventStoreError(error, this.#path);
    }
  }
}

function closed(): EventStoreUnavailable {
  return new EventStoreUnavailable('The event store is closed.');
}
