import type { Direction, EventFilter, EventQuery, RecordedEvent } from './port.js';

/** A stretch of the log, read in one synchronous go. Rows stay undecoded until somebody takes them. */
export interface LogPage<Row> {
  readonly rows: readonly Row[];
  /** Everything up to and including this position was looked at, matching or not. */
  readonly seenTo: number;
}

/** A page of {@link EventQuery}'s answer. */
export interface FoundRows<Row> {
  readonly rows: readonly Row[];
  /** Where to go on, exclusive; undefined where nothing more matches. */
  readonly next: number | undefined;
}

/**
 * What an adapter whose log lies in this process offers to `readLog`, `readStreamPages` and `catchUp`. Synchronous on purpose: what
 * is read between two awaits is one consistent state. Positions and revisions are plain numbers here.
 *
 * Every method throws EventStoreUnavailable once the store is closed.
 */
export interface LogSource<Row> {
  /** The position of the last committed event; 0 for an empty log. */
  head(): number;
  /** At most `limit` matching rows with `after < position <= until`. `seenTo` is beyond `after` wherever `until` is. */
  page(after: number, until: number, filter: EventFilter | undefined, limit: number): LogPage<Row>;
  /** The stream's head, or -1. */
  streamHead(stream: string): number;
  /** At most `limit` visible rows (retention applied) from `from` on, inclusive, and not beyond `until`. */
  streamPage(stream: string, from: number, until: number, direction: Direction, limit: number): readonly Row[];
  /** @throws RangeError */
  find(query: EventQuery): FoundRows<Row>;
  at(position: number): Row | undefined;
  decode(row: Row): RecordedEvent;
  revisionOf(row: Row): number;
  positionOf(row: Row): number;
}
