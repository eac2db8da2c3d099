import type { Database, Statement } from 'better-sqlite3';
import { EventLogDamaged } from '../errors.js';
import { BoundedMap } from './bounded-map.js';

const CAPACITY = 10_000;

/** Categories or event types: names interned as small integers. */
export class NameTable {
  readonly #table: string;
  readonly #insert: Statement<[string]>;
  readonly #idByName: Statement<[string], number>;
  readonly #nameById: Statement<[number], string>;
  readonly #ids = new BoundedMap<string, number>(CAPACITY);
  readonly #names = new BoundedMap<number, string>(CAPACITY);

  constructor(db: Database, table: 'category' | 'event_type') {
    this.#table = table;
    this.#insert = db.prepare(`INSERT INTO ${table} (name) VALUES (?)`);
    this.#idByName = db.prepare<[string], number>(`SELECT id FROM ${table} WHERE name = ?`).pluck();
    this.#nameById = db.prepare<[number], string>(`SELECT name FROM ${table} WHERE id = ?`).pluck();
  }

  find(name: string): number | undefined {
    const known = this.#ids.get(name) ?? this.#idByName.get(name);
    if (known !== undefined) this.#ids.set(name, known);
    return known;
  }

  /** Only inside a transaction. */
  intern(name: string): number {
    const known = this.find(name);
    if (known !== undefined) return known;
    const id = Number(this.#insert.run(name).lastInsertRowid);
    this.#ids.set(name, id);
    return id;
  }

  name(id: number): string {
    const known = this.#names.get(id) ?? this.#nameById.get(id);
    if (known === undefined)
      throw new EventLogDamaged(`The event log names ${this.#table} ${id}, which it does not have.`);
    this.#names.set(id, known);
    return known;
  }

  /** After a rollback: names may have been learnt that no longer exist. */
  forget(): void {
    this.#ids.clear();
    this.#names.clear();
  }
}
