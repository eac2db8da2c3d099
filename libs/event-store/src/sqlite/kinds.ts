import type { Database, Statement } from 'better-sqlite3';
import { isSearchable } from './schema.js';

/** A type within a category; nearly every type belongs to one category only. */
export type Kind = readonly [typeId: number, categoryId: number];

/** Which types exist in which categories, found by skipping through the index. */
export class Kinds {
  readonly #nextCategory: Statement<[number, number], number | null>;
  readonly #all: Statement<[], Kind> | undefined;

  constructor(db: Database) {
    this.#nextCategory = db
      .prepare<[number, number], number | null>(
        'SELECT min(category_id) FROM event WHERE type_id = ? AND category_id > ?',
      )
      .pluck();
    // A log that only older versions have written has no index for this; one full scan is cheaper there.
    this.#all = isSearchable(db)
      ? undefined
      : db.prepare<[], Kind>('SELECT DISTINCT type_id, category_id FROM event').raw();
  }

  /** Those of these types, within these categories or within any. */
  of(typeIds: readonly number[], categoryIds?: readonly number[]): readonly Kind[] {
    const types = new Set(typeIds);
    const kinds =
      this.#all?.all().filter(([typeId]) => types.has(typeId)) ?? [...types].flatMap((id) => this.#ofType(id));
    return categoryIds === undefined ? kinds : kinds.filter(([, categoryId]) => categoryIds.includes(categoryId));
  }

  #ofType(typeId: number): readonly Kind[] {
    const kinds: Kind[] = [];
    for (let categoryId = this.#nextCategory.get(typeId, 0) ?? null; categoryId !== null;) {
      kinds.push([typeId, categoryId]);
      categoryId = this.#nextCategory.get(typeId, categoryId) ?? null;
    }
    return kinds;
  }
}
