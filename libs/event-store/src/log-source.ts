import type { Direction, EventFilter, EventQuery, RecordedEvent } from './port.js';

/** A stretch of the log, read in one synchronous step. Rows stay undecoded until they are needed. */
export interface LogPage<Row> {
  readonly rows: readonly Row[];
  /** Everything up to and including this position was examined, matching or not. */
  readonly seenTo: number;
}

/** A page of an {@link EventQuery}'s answer. */
export interface FoundRows<Row> {
  readonly rows: readonly Row[];
  /** Where to continue, exclusive; undefined if nothing more matches. */
  readonly next: number | undefined;
}

/**
 * What an adapter with a log in this process offers to `readLog`, `readStreamPages` and `catchUp`. Synchronous on
 * purpose: what is read between two awaits is one consistent state. Positions and revisions are plain numbers here.
 *
 * Every method throws EventStoreUnavailable once the store is closed.
 */
export interface LogSource<Row> {
  /** The position of the last committed event; 0 for an empty log. */
  head(): number;
  /** At most `limit` matching rows with `after < position <= until`. `seenTo` is greater than `after` if `until` is. */
  page(after: number, until: number, filter: EventFilter | undefined, limit: number): LogPage<Row>;
  /** The stream's head, or -1. */
  streamHead(stream: string): number;
  /** At most `limit` visible rows (retention applied) from `from` on, inclusive, and not past `until`. */
  streamPage(stream: string, from: number, until: number, direction: Direction, limit: number): readonly Row[];
  /** @throws RangeError */
  find(query: EventQuery): FoundRows<Row>;
  at(position: number): Row | undefined;
  decode(row: Row): RecordedEvent;
  revisionOf(row: Row): number;
  positionOf(row: Row): number;
}
