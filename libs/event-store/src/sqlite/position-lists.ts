import type { Database, Statement } from 'better-sqlite3';
import type { Span } from '../event-query.js';
import { CORRELATION_PREFIX } from './schema.js';

/** The positions of events that have something in common, from an index: in order, from either end. */
export interface PositionList {
  /** The first ones of the span, in its direction. */
  take(span: Span, limit: number): readonly number[];
}

type Key = readonly (number | string)[];
type Range = Statement<[...(number | string)[]], number>;

/** One range of an index that ends with the position. Nothing is sorted, and only returned rows are read. */
class IndexRange {
  readonly #forwards: Range;
  readonly #backwards: Range;

  constructor(db: Database, condition: string) {
    const sql = `SELECT position FROM event WHERE ${condition} AND position > ? AND position < ? ORDER BY position`;
    this.#forwards = db.prepare<[...(number | string)[]], number>(`${sql} LIMIT ?`).pluck();
    this.#backwards = db.prepare<[...(number | string)[]], number>(`${sql} DESC LIMIT ?`).pluck();
  }

  take(key: Key, { after, before, direction }: Span, limit: number): readonly number[] {
    return (direction === 'forwards' ? this.#forwards : this.#backwards).all(...key, after, before, limit);
  }
}

/** All position lists of a log. */
export class PositionLists {
  readonly #everything: IndexRange;
  readonly #category: IndexRange;
  readonly #kind: IndexRange;
  readonly #correlation: IndexRange;
  readonly #revisionFrom: Statement<[number, number], [revision: number, position: number]>;
  readonly #lastRevision: Statement<[number], number>;
  readonly #forwards: Statement<[number, number, number, number], number>;
  readonly #backwards: Statement<[number, number, number, number], number>;

  constructor(db: Database) {
    this.#everything = new IndexRange(db, 'TRUE');
    this.#category = new IndexRange(db, 'category_id = ?');
    this.#kind = new IndexRange(db, 'type_id = ? AND category_id = ?');
    this.#correlation = new IndexRange(db, `${CORRELATION_PREFIX} = substr(?, 1, 8)`);
    this.#revisionFrom = db
      .prepare<[number, number], [revision: number, position: number]>(
        'SELECT revision, position FROM event WHERE stream_id = ? AND revision >= ? ORDER BY revision LIMIT 1',
      )
      .raw();
    this.#lastRevision = db.prepare<[number], number>('SELECT max(revision) FROM event WHERE stream_id = ?').pluck();
    const stream = `SELECT position FROM event WHERE stream_id = ? AND revision >= ? AND revision < ? ORDER BY revision`;
    this.#forwards = db.prepare<[number, number, number, number], number>(`${stream} LIMIT ?`).pluck();
    this.#backwards = db.prepare<[number, number, number, number], number>(`${stream} DESC LIMIT ?`).pluck();
  }

  everything(): PositionList {
    return { take: (span, limit) => this.#everything.take([], span, limit) };
  }

  category(categoryId: number): PositionList {
    return { take: (span, limit) => this.#category.take([categoryId], span, limit) };
  }

  /** A type within a category. */
  kind(typeId: number, categoryId: number): PositionList {
    return { take: (span, limit) => this.#kind.take([typeId, categoryId], span, limit) };
  }

  /** Includes other correlation ids that begin alike: each event has to be checked. */
  correlation(correlationId: string): PositionList {
    return { take: (span, limit) => this.#correlation.take([correlationId], span, limit) };
  }

  /** A stream is ordered by revision, so positions are found by bisection. */
  stream(streamId: number): PositionList {
    return {
      take: ({ after, before, direction }, limit) => {
        const from = this.#firstRevisionFrom(streamId, after + 1);
        const to = this.#firstRevisionFrom(streamId, before);
        return (direction === 'forwards' ? this.#forwards : this.#backwards).all(streamId, from, to, limit);
      },
    };
  }

  /** The first revision at this position or later; one after the last if there is none. */
  #firstRevisionFrom(streamId: number, position: number): number {
    let low = 0;
    let high = (this.#lastRevision.get(streamId) ?? -1) + 1;
    while (low < high) {
      const middle = Math.floor((low + high) / 2);
      const [revision, at] = this.#revisionFrom.get(streamId, middle) ?? [high, Number.MAX_SAFE_INTEGER];
      if (at >= position) high = middle;
      else low = revision + 1;
    }
    return low;
  }
}

/** How many positions each merged list gives at a time. */
const CHUNK = 16;

/** Merges several lists that have no position in common. Each is read only as far as needed. */
export function merged(lists: readonly PositionList[]): PositionList {
  const [only, ...others] = lists;
  if (only !== undefined && others.length === 0) return only;
  return { take: (span, limit) => takeMerged(lists, span, limit) };
}

function takeMerged(lists: readonly PositionList[], span: Span, limit: number): readonly number[] {
  const heads = lists.map((list) => new Head(list, span)).filter((head) => head.next !== undefined);
  const taken: number[] = [];
  const step = span.direction === 'forwards' ? 1 : -1;
  while (taken.length < limit) {
    let first: Head | undefined;
    for (const head of heads) {
      if (head.next === undefined) continue;
      if (first?.next === undefined || (head.next - first.next) * step < 0) first = head;
    }
    if (first?.next === undefined) break;
    taken.push(first.next);
    first.advance();
  }
  return taken;
}

class Head {
  readonly #list: PositionList;
  #span: Span;
  #chunk: readonly number[];
  #index = 0;

  constructor(list: PositionList, span: Span) {
    this.#list = list;
    this.#span = span;
    this.#chunk = list.take(span, CHUNK);
  }

  get next(): number | undefined {
    return this.#chunk[this.#index];
  }

  advance(): void {
    const position = this.next;
    this.#index += 1;
    if (position === undefined || this.#index < CHUNK) return;
    this.#span = behind(this.#span, position);
    this.#chunk = this.#list.take(this.#span, CHUNK);
    this.#index = 0;
  }
}

/** What is left of a span once everything up to and including a position was seen. */
export function behind(span: Span, position: number): Span {
  return span.direction === 'forwards' ? { ...span, after: position } : { ...span, before: position };
}
