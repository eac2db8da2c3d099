import type { Database, Statement } from 'better-sqlite3';
import { type Criteria, criteriaOf, type Span, spanOf } from '../event-query.js';
import type { FoundRows } from '../log-source.js';
import type { EventQuery } from '../port.js';
import { ClockRuns } from './clock-runs.js';
import { EVENT_COLUMNS, type EventRow } from './event-row.js';
import type { Kind, Kinds } from './kinds.js';
import type { NameTable } from './name-table.js';
import { behind, merged, type PositionList, PositionLists } from './position-lists.js';
import { CORRELATION } from './schema.js';
import type { StreamTable } from './stream-table.js';

/** How many events one page may examine without a match: a limit of some milliseconds. */
const LOOKS = 4_000;
/** A list with fewer positions than this is taken at once. Between two longer ones the choice hardly matters. */
const SHORT = 500;
/** How many positions are taken from a list at a time. */
const CHUNK = 250;

interface Names {
  readonly streams: StreamTable;
  readonly categories: NameTable;
  readonly types: NameTable;
  readonly kinds: Kinds;
}

/** What an event must have, as the log's own small numbers. */
interface WantedIds {
  readonly streamId: number | undefined;
  readonly categoryIds: ReadonlySet<number> | undefined;
  readonly typeIds: ReadonlySet<number> | undefined;
  readonly correlationId: string | null;
  readonly from: number;
  readonly to: number;
}

type Traits = readonly [
  streamId: number,
  categoryId: number,
  typeId: number,
  recordedAt: number,
  correlationFits: number | null,
];

/**
 * Finds events by any mixture of indexed criteria. The shortest of the lists that all wanted events are on is walked in
 * order, and each event on it is checked for the rest. Types within categories, and instants, need no check: that index
 * has both names, and instants become positions.
 */
export class EventSearch {
  readonly #names: Names;
  readonly #lists: PositionLists;
  readonly #runs: ClockRuns;
  readonly #traits: Statement<[correlationId: string | null, position: number], Traits>;
  readonly #row: Statement<[number], EventRow>;

  constructor(db: Database, names: Names) {
    this.#names = names;
    this.#lists = new PositionLists(db);
    this.#runs = new ClockRuns(db);
    this.#traits = db
      .prepare<[string | null, number], Traits>(
        `SELECT stream_id, category_id, type_id, recorded_at, ${CORRELATION} = ? FROM event WHERE position = ?`,
      )
      .raw();
    this.#row = db.prepare<[number], EventRow>(`SELECT ${EVENT_COLUMNS} FROM event WHERE position = ?`).raw();
  }

  /**
   * @param head of the log: later events are not shown
   * @throws RangeError
   */
  find(query: EventQuery, head: number): FoundRows<EventRow> {
    const criteria = criteriaOf(query);
    const lists = this.#listsOf(criteria);
    if (lists === undefined) return { rows: [], next: undefined };
    const wanted = this.#wantedOf(criteria);
    const spans = this.#runs.within(spanOf(query), criteria.from, criteria.to, head);
    const positions: number[] = [];
    let looks = LOOKS;
    for (const span of spans) {
      // One more than requested, to know whether there are more.
      const walk = this.#walk(span, lists, wanted, query.limit + 1 - positions.length, looks);
      positions.push(...walk.found);
      looks -= walk.looks;
      if (positions.length > query.limit)
        return this.#page(positions.slice(0, query.limit), positions[query.limit - 1]);
      if (walk.seenTo !== undefined) return this.#page(positions, walk.seenTo);
    }
    return this.#page(positions, undefined);
  }

  at(position: number): EventRow | undefined {
    return this.#row.get(position);
  }

  #page(positions: readonly number[], next: number | undefined): FoundRows<EventRow> {
    const rows = positions.map((position) => this.#row.get(position)).filter((row) => row !== undefined);
    return { rows, next };
  }

  /** `seenTo` is where the walk stopped at its limit; undefined if it came to its end. */
  #walk(span: Span, lists: readonly PositionList[], wanted: WantedIds, limit: number, looks: number) {
    const list = shortest(lists, span);
    const mustAsk = lists.length > 1 || wanted.correlationId !== null || !this.#runs.areKnown;
    const found: number[] = [];
    let rest = span;
    let seen = 0;
    for (;;) {
      const positions = list.take(rest, mustAsk ? Math.max(1, Math.min(CHUNK, looks - seen)) : limit);
      for (const position of positions) {
        seen += 1;
        if (mustAsk && !this.#fits(position, wanted)) continue;
        found.push(position);
        if (found.length === limit) return { found, looks: seen, seenTo: undefined };
      }
      const last = positions.at(-1);
      if (last === undefined || !mustAsk) return { found, looks: seen, seenTo: undefined };
      if (seen >= looks) return { found, looks: seen, seenTo: last };
      rest = behind(rest, last);
    }
  }

  #fits(position: number, { streamId, categoryIds, typeIds, correlationId, from, to }: WantedIds): boolean {
    const traits = this.#traits.get(correlationId, position);
    if (traits === undefined) return false;
    const [stream, category, type, recordedAt, correlationFits] = traits;
    return (
      (streamId === undefined || stream === streamId) &&
      (categoryIds?.has(category) ?? true) &&
      (typeIds?.has(type) ?? true) &&
      (correlationId === null || correlationFits === 1) &&
      from <= recordedAt &&
      recordedAt <= to
    );
  }

  /** All lists that a wanted event is on; undefined if there can be no such event. */
  #listsOf({ stream, categories, types, correlationId }: Criteria): readonly PositionList[] | undefined {
    const lists: PositionList[] = [];
    if (correlationId !== undefined) lists.push(this.#lists.correlation(correlationId));
    let categoryIds = categories && idsIn(this.#names.categories, categories);
    if (stream !== undefined) {
      const entry = this.#names.streams.find(stream);
      if (entry === undefined || categoryIds?.includes(entry.categoryId) === false) return undefined;
      lists.push(this.#lists.stream(entry.id));
      categoryIds = [entry.categoryId];
    }
    if (types !== undefined) {
      const kinds: readonly Kind[] = this.#names.kinds.of(idsIn(this.#names.types, types), categoryIds);
      if (kinds.length === 0) return undefined;
      lists.push(merged(kinds.map(([typeId, categoryId]) => this.#lists.kind(typeId, categoryId))));
    } else if (stream === undefined && categoryIds !== undefined) {
      if (categoryIds.length === 0) return undefined;
      lists.push(merged(categoryIds.map((categoryId) => this.#lists.category(categoryId))));
    }
    return lists.length > 0 ? lists : [this.#lists.everything()];
  }

  #wantedOf({ stream, categories, types, correlationId, from, to }: Criteria): WantedIds {
    return {
      streamId: stream === undefined ? undefined : this.#names.streams.find(stream)?.id,
      categoryIds: categories && new Set(idsIn(this.#names.categories, categories)),
      typeIds: types && new Set(idsIn(this.#names.types, types)),
      correlationId: correlationId ?? null,
      from,
      to,
    };
  }
}

/** The first short one; the first of all if none is short. */
function shortest(lists: readonly PositionList[], span: Span): PositionList {
  const [first, ...others] = lists;
  if (first === undefined) throw new RangeError('Nothing to look through.');
  let best = { list: first, length: Infinity };
  if (others.length === 0) return first;
  for (const list of lists) {
    const { length } = list.take(span, SHORT);
    if (length < best.length && length < SHORT) best = { list, length };
    if (best.length < CHUNK) break;
  }
  return best.list;
}

/** Names that no event has match nothing. */
function idsIn(table: NameTable, names: Iterable<string>): number[] {
  return [...names].flatMap((name) => table.find(name) ?? []);
}
