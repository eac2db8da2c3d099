import type { Database, Statement } from 'better-sqlite3';
import type { FoundRows, LogPage, LogSource } from '../log-source.js';
import type { Direction, EventFilter, EventQuery, RecordedEvent } from '../port.js';
import { firstVisibleRevision, oldestVisibleInstant } from '../retention.js';
import { EVENT_COLUMNS, EventDecoder, type EventRow } from './event-row.js';
import { EventSearch } from './event-search.js';
import { FilterQuery, type IdFilter } from './filter-query.js';
import { Kinds } from './kinds.js';
import { NameTable } from './name-table.js';
import { type StreamEntry, StreamTable } from './stream-table.js';

/** How many positions one page may examine: limits how long a filter that matches almost nothing blocks the thread. */
const WINDOW = 50_000;

type RangeQuery = Statement<[number, number, number, number, number], EventRow>;

/** Reads events. Synchronous. */
export class EventTable implements LogSource<EventRow> {
  readonly streams: StreamTable;
  readonly types: NameTable;
  readonly #categories: NameTable;
  readonly #decoder: EventDecoder;
  readonly #filtered: FilterQuery;
  readonly #kinds: Kinds;
  readonly #search: EventSearch;
  readonly #now: () => number;
  readonly #idAt: Statement<[number, number], string>;
  readonly #revisionOf: Statement<[number, string], number>;
  readonly #positionAt: Statement<[number, number], number>;
  readonly #forwards: RangeQuery;
  readonly #backwards: RangeQuery;
  readonly #last: Statement<[], number>;
  #head: number;

  constructor(db: Database, now: () => number) {
    this.#now = now;
    this.#categories = new NameTable(db, 'category');
    this.types = new NameTable(db, 'event_type');
    this.streams = new StreamTable(db, this.#categories);
    this.#decoder = new EventDecoder(db, this.streams, this.types);
    this.#filtered = new FilterQuery(db);
    this.#kinds = new Kinds(db);
    const { streams, types } = this;
    this.#search = new EventSearch(db, { streams, types, categories: this.#categories, kinds: this.#kinds });
    this.#idAt = db
      .prepare<[number, number], string>('SELECT id FROM event WHERE stream_id = ? AND revision = ?')
      .pluck();
    this.#revisionOf = db
      .prepare<[number, string], number>('SELECT revision FROM event WHERE stream_id = ? AND id = ?')
      .pluck();
    this.#positionAt = db
      .prepare<[number, number], number>('SELECT position FROM event WHERE stream_id = ? AND revision = ?')
      .pluck();
    const range = `SELECT ${EVENT_COLUMNS} FROM event
      WHERE stream_id = ? AND revision >= ? AND revision <= ? AND recorded_at >= ? ORDER BY revision`;
    this.#forwards = db.prepare<[number, number, number, number, number], EventRow>(`${range} LIMIT ?`).raw();
    this.#backwards = db.prepare<[number, number, number, number, number], EventRow>(`${range} DESC LIMIT ?`).raw();
    this.#last = db.prepare<[], number>('SELECT max(position) FROM event').pluck();
    this.#head = this.#last.get() ?? 0;
  }

  head(): number {
    return this.#head;
  }

  /** Shows readers what was committed; true if that is more than before. */
  refreshHead(): boolean {
    return this.showTo(this.#last.get() ?? 0);
  }

  /**
   * The same, up to a position that the writer reported. The file may already contain later commits that are not known
   * here yet.
   */
  showTo(head: number): boolean {
    const before = this.#head;
    this.#head = head;
    return head !== before;
  }

  idAt(stream: StreamEntry, revision: number): string | undefined {
    return this.#idAt.get(stream.id, revision);
  }

  revisionOfId(stream: StreamEntry, id: string): number | undefined {
    return this.#revisionOf.get(stream.id, id);
  }

  positionAt(stream: StreamEntry, revision: number): number | undefined {
    return this.#positionAt.get(stream.id, revision);
  }

  page(after: number, until: number, filter: EventFilter | undefined, limit: number): LogPage<EventRow> {
    const ids = this.#idsOf(filter);
    const isFiltered = ids.categoryIds !== undefined || ids.kinds !== undefined;
    if (ids.categoryIds?.length === 0 || ids.kinds?.length === 0) return { rows: [], seenTo: until };
    const upTo = isFiltered ? Math.min(until, after + WINDOW) : until;
    const rows = this.#filtered.rows(ids, { after, until: upTo, limit });
    const last = rows.at(-1);
    return { rows, seenTo: last !== undefined && rows.length === limit ? last[0] : upTo };
  }

  streamHead(stream: string): number {
    return this.streams.find(stream)?.head ?? -1;
  }

  streamPage(stream: string, from: number, until: number, direction: Direction, limit: number): readonly EventRow[] {
    const entry = this.streams.find(stream);
    if (entry === undefined) return [];
    const visible = firstVisibleRevision(entry.retention, entry.head);
    const since = oldestVisibleInstant(entry.retention, this.#now());
    return direction === 'forwards'
      ? this.#forwards.all(entry.id, Math.max(from, visible), until, since, limit)
      : this.#backwards.all(entry.id, Math.max(until, visible), from, since, limit);
  }

  find(query: EventQuery, head = this.#head): FoundRows<EventRow> {
    return this.#search.find(query, head);
  }

  at(position: number): EventRow | undefined {
    return this.#search.at(position);
  }

  decode(row: EventRow): RecordedEvent {
    return this.#decoder.decode(row);
  }

  revisionOf(row: EventRow): number {
    return row[2];
  }

  positionOf(row: EventRow): number {
    return row[0];
  }

  /** After a rollback: nothing learnt in the transaction may be used. */
  forget(): void {
    this.streams.forget();
    this.#categories.forget();
    this.types.forget();
  }

  /** Names that no event has match nothing, and are looked up again next time. */
  #idsOf(filter: EventFilter | undefined): IdFilter {
    const idsIn = (table: NameTable, names: readonly string[]): number[] =>
      [...new Set(names)].flatMap((name) => table.find(name) ?? []);
    const categoryIds = filter?.categories && idsIn(this.#categories, filter.categories);
    const kinds = filter?.types && this.#kinds.of(idsIn(this.types, filter.types), categoryIds);
    return { ...(categoryIds && { categoryIds }), ...(kinds && { kinds }) };
  }
}
