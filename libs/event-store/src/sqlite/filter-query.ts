import type { Database, Statement } from 'better-sqlite3';
import { EVENT_COLUMNS, type EventRow } from './event-row.js';

/** Beyond this many alternatives one scan is cheaper than merging so many index ranges. */
const MAX_MERGED = 16;

/** Interned names that an event must have; an absent field matches every event, an empty one none. */
export interface IdFilter {
  readonly categoryIds?: readonly number[];
  readonly typeIds?: readonly number[];
}

export interface LogRange {
  /** Exclusive. */
  readonly after: number;
  /** Inclusive. */
  readonly until: number;
  readonly limit: number;
}

type Query = Statement<[Record<string, number | string>], EventRow>;

/**
 * Reads the log in order of position, through the indexes where there is a filter: each category (or type) is a range of its
 * index already in order, and SQLite merges the ranges lazily, so a page costs what it yields and not what it skips.
 */
export class FilterQuery {
  readonly #db: Database;
  /** By shape: there are at most (MAX_MERGED + 2)² of them. */
  readonly #prepared = new Map<string, Query>();

  constructor(db: Database) {
    this.#db = db;
  }

  rows(filter: IdFilter, range: LogRange): readonly EventRow[] {
    const { categoryIds, typeIds } = filter;
    if (categoryIds?.length === 0 || typeIds?.length === 0) return [];
    const arms = typeIds ?? categoryIds;
    if (arms === undefined) return this.#all(range);
    const checked = typeIds === undefined ? undefined : categoryIds;
    if (arms.length > MAX_MERGED || (checked?.length ?? 0) > MAX_MERGED) return this.#scan(filter, range);
    return this.#merge(typeIds === undefined ? 'category_id' : 'type_id', arms, checked, range);
  }

  #all(range: LogRange): readonly EventRow[] {
    return this.#query(
      'all',
      () =>
        `SELECT ${EVENT_COLUMNS} FROM event WHERE position > :after AND position <= :until ORDER BY position LIMIT :limit`,
    ).all({ ...range });
  }

  #merge(column: string, arms: readonly number[], categoryIds: readonly number[] | undefined, range: LogRange) {
    const parameters: Record<string, number> = { ...range };
    for (const [index, id] of arms.entries()) parameters[`arm${index}`] = id;
    for (const [index, id] of (categoryIds ?? []).entries()) parameters[`category${index}`] = id;
    return this.#query(`${column} ${arms.length} ${categoryIds?.length}`, () => {
      const names = categoryIds?.map((_, index) => `:category${index}`);
      const alsoIn = names === undefined ? '' : ` AND +category_id IN (${names.join(', ')})`;
      const ranges = arms.map(
        (_, index) =>
          `SELECT ${EVENT_COLUMNS} FROM event WHERE ${column} = :arm${index} AND position > :after AND position <= :until${alsoIn}`,
      );
      return `${ranges.join(' UNION ALL ')} ORDER BY position LIMIT :limit`;
    }).all(parameters);
  }

  #scan({ categoryIds, typeIds }: IdFilter, range: LogRange): readonly EventRow[] {
    const conditions = [
      ...(categoryIds === undefined ? [] : ['category_id IN (SELECT value FROM json_each(:categories))']),
      ...(typeIds === undefined ? [] : ['type_id IN (SELECT value FROM json_each(:types))']),
    ];
    return this.#query(
      `scan ${conditions.length} ${categoryIds === undefined}`,
      () => `SELECT ${EVENT_COLUMNS} FROM event NOT INDEXED
        WHERE position > :after AND position <= :until AND ${conditions.join(' AND ')} ORDER BY position LIMIT :limit`,
    ).all({
      ...range,
      ...(categoryIds === undefined ? {} : { categories: JSON.stringify(categoryIds) }),
      ...(typeIds === undefined ? {} : { types: JSON.stringify(typeIds) }),
    });
  }

  #query(shape: string, sql: () => string): Query {
    const known = this.#prepared.get(shape);
    if (known !== undefined) return known;
    const query = this.#db.prepare<[Record<string, number | string>], EventRow>(sql()).raw();
    this.#prepared.set(shape, query);
    return query;
  }
}
