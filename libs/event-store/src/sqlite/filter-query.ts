import type { Database, Statement } from 'better-sqlite3';
import { EVENT_COLUMNS, type EventRow } from './event-row.js';
import type { Kind } from './kinds.js';

/** With more alternatives than this, one scan is cheaper than merging so many index ranges. */
const MAX_MERGED = 16;

/** Interned names that an event must have; an absent field matches every event, an empty one none. */
export interface IdFilter {
  readonly categoryIds?: readonly number[];
  /** The requested types, within the requested categories if there are any: these alone decide what matches. */
  readonly kinds?: readonly Kind[];
}

export interface LogRange {
  /** Exclusive. */
  readonly after: number;
  /** Inclusive. */
  readonly until: number;
  readonly limit: number;
}

type Query = Statement<(number | string)[], EventRow>;

/**
 * Reads the log in order of position, through the indexes if there is a filter. Each category (or type) is a range of
 * its index already in order, and SQLite merges the ranges lazily, so a page costs what it yields and not what it
 * skips.
 */
export class FilterQuery {
  readonly #db: Database;
  /** By shape: there are at most 2 * MAX_MERGED + 3 of them. */
  readonly #prepared = new Map<string, Query>();

  constructor(db: Database) {
    this.#db = db;
  }

  rows({ categoryIds, kinds }: IdFilter, range: LogRange): readonly EventRow[] {
    const arms = kinds ?? categoryIds?.map((categoryId) => [categoryId]);
    if (arms === undefined) return this.#all(range);
    if (arms.length === 0) return [];
    const condition = kinds === undefined ? 'category_id = ?' : 'type_id = ? AND category_id = ?';
    return arms.length > MAX_MERGED ? this.#scan(arms, range) : this.#merge(condition, arms, range);
  }

  #all({ after, until, limit }: LogRange): readonly EventRow[] {
    return this.#query(
      'all',
      () => `SELECT ${EVENT_COLUMNS} FROM event WHERE position > ? AND position <= ? ORDER BY position LIMIT ?`,
    ).all(after, until, limit);
  }

  #merge(condition: string, arms: readonly (readonly number[])[], { after, until, limit }: LogRange) {
    const range = `SELECT ${EVENT_COLUMNS} FROM event WHERE ${condition} AND position > ? AND position <= ?`;
    const query = this.#query(
      `${condition} ${arms.length}`,
      () => `${arms.map(() => range).join(' UNION ALL ')} ORDER BY position LIMIT ?`,
    );
    return query.all(...arms.flatMap((arm) => [...arm, after, until]), limit);
  }

  #scan(arms: readonly (readonly number[])[], { after, until, limit }: LogRange): readonly EventRow[] {
    const isOfKinds = arms[0]?.length === 2;
    const alternatives = isOfKinds
      ? '(type_id, category_id) IN (SELECT value ->> 0, value ->> 1 FROM json_each(?))'
      : 'category_id IN (SELECT value ->> 0 FROM json_each(?))';
    return this.#query(
      `scan ${isOfKinds}`,
      () => `SELECT ${EVENT_COLUMNS} FROM event NOT INDEXED
        WHERE position > ? AND position <= ? AND ${alternatives} ORDER BY position LIMIT ?`,
    ).all(after, until, JSON.stringify(arms), limit);
  }

  #query(shape: string, sql: () => string): Query {
    const known = this.#prepared.get(shape);
    if (known !== undefined) return known;
    const query = this.#db.prepare<(number | string)[], EventRow>(sql()).raw();
    this.#prepared.set(shape, query);
    return query;
  }
}
