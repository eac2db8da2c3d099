import type { Database, Statement } from 'better-sqlite3';
import { EventLogDamaged } from '../errors.js';
import type { StreamName } from '../port.js';
import { KEEP_EVERYTHING, type Retention } from '../retention.js';
import { requireCategory } from '../stream-name.js';
import { BoundedMap } from './bounded-map.js';
import type { NameTable } from './name-table.js';

const CAPACITY = 20_000;

export interface StreamEntry {
  readonly id: number;
  readonly categoryId: number;
  /** The last revision, or -1. Maintained by the only writer, so that an append need not look it up. */
  head: number;
  retention: Retention;
}

interface StreamRow {
  id: number;
  categoryId: number;
  head: number;
  maxAgeSeconds: number | null;
  maxCount: number | null;
  truncateBefore: number | null;
}

export interface RetentionRow extends Retention {
  readonly id: number;
  readonly name: StreamName;
}

/** The streams: names, heads, retention. */
export class StreamTable {
  readonly #categories: NameTable;
  readonly #insert: Statement<[string, number]>;
  readonly #select: Statement<[string], StreamRow>;
  readonly #nameById: Statement<[number], StreamName>;
  readonly #setRetention: Statement<[number | null, number | null, number | null, number]>;
  readonly #retained: Statement<[number, number], RetentionRow>;
  readonly #entries = new BoundedMap<string, StreamEntry>(CAPACITY);
  readonly #names = new BoundedMap<number, StreamName>(CAPACITY);

  constructor(db: Database, categories: NameTable) {
    this.#categories = categories;
    this.#insert = db.prepare('INSERT INTO stream (name, category_id) VALUES (?, ?)');
    this.#select = db.prepare(`
      SELECT id, category_id AS categoryId, max_age_seconds AS maxAgeSeconds, max_count AS maxCount,
        truncate_before AS truncateBefore,
        coalesce((SELECT max(revision) FROM event WHERE stream_id = stream.id), -1) AS head
      FROM stream WHERE name = ?`);
    this.#nameById = db.prepare<[number], StreamName>('SELECT name FROM stream WHERE id = ?').pluck();
    this.#setRetention = db.prepare(
      'UPDATE stream SET max_age_seconds = ?, max_count = ?, truncate_before = ? WHERE id = ?',
    );
    this.#retained = db.prepare(`
      SELECT id, name, max_age_seconds AS maxAgeSeconds, max_count AS maxCount, truncate_before AS truncateBefore
        FROM stream WHERE id > ? AND coalesce(max_age_seconds, max_count, truncate_before) IS NOT NULL
        ORDER BY id LIMIT ?`);
  }

  /** Streams with retention, in the order of their ids, `after` exclusive. */
  retained(after: number, limit: number): readonly RetentionRow[] {
    return this.#retained.all(after, limit);
  }

  find(name: string): StreamEntry | undefined {
    const known = this.#entries.get(name);
    if (known !== undefined) return known;
    const row = this.#select.get(name);
    if (row === undefined) return undefined;
    const { id, categoryId, head, ...retention } = row;
    return this.#remember(name, { id, categoryId, head, retention });
  }

  /** Only inside a transaction. */
  findOrCreate(name: StreamName): StreamEntry {
    const known = this.find(name);
    if (known !== undefined) return known;
    const categoryId = this.#categories.intern(requireCategory(name));
    const id = Number(this.#insert.run(name, categoryId).lastInsertRowid);
    return this.#remember(name, { id, categoryId, head: -1, retention: KEEP_EVERYTHING });
  }

  /** Only inside a transaction. */
  setRetention(entry: StreamEntry, retention: Retention): void {
    this.#setRetention.run(retention.maxAgeSeconds, retention.maxCount, retention.truncateBefore, entry.id);
    entry.retention = retention;
  }

  name(id: number): StreamName {
    const known = this.#names.get(id) ?? this.#nameById.get(id);
    if (known === undefined) throw new EventLogDamaged(`The event log names stream ${id}, which it does not have.`);
    this.#names.set(id, known);
    return known;
  }

  /** After a rollback: heads and names may have been learnt that no longer exist. */
  forget(): void {
    this.#entries.clear();
    this.#names.clear();
  }

  #remember(name: string, entry: StreamEntry): StreamEntry {
    this.#entries.set(name, entry);
    return entry;
  }
}
