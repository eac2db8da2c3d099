import type { Database, Statement } from 'better-sqlite3';
import { EventLogDamaged } from '../errors.js';
import type { ChainLink } from '../hash-chain.js';
import { EVENT_COLUMNS, type EventRow } from './event-row.js';
import { NameTable } from './name-table.js';
import { RetentionSeal } from './retention-seal.js';
import { foreignParts, isSealed } from './schema.js';
import { StreamTable } from './stream-table.js';

/** An event's row, followed by what the chain needs. */
export type ChainRow = readonly [...EventRow, categoryId: number, hash: Uint8Array | null];

export interface ChainEnd {
  /** 0 in an empty log. */
  readonly position: number;
  readonly hash: Uint8Array | null;
  /** The last position ever given; greater than `position` if the end of the log was cut off. */
  readonly lastGiven: number;
}

interface Payload {
  readonly data: string;
  readonly metadata: string;
}

/** The events as the chain sees them: what is stored, freshly read, and nothing decoded. */
export class ChainTable {
  readonly #db: Database;
  readonly #categories: NameTable;
  readonly #types: NameTable;
  readonly #streams: StreamTable;
  readonly #page: Statement<[number, number, number], ChainRow>;
  readonly #payload: Statement<[number], Payload>;
  readonly #hashAt: Statement<[number], Uint8Array | null>;
  readonly #hashes: Statement<[number, number], [position: number, hash: Uint8Array | null]>;
  readonly #predecessor: Statement<[number, number], number>;
  readonly #end: Statement<[], ChainEnd>;

  constructor(db: Database) {
    this.#db = db;
    this.#categories = new NameTable(db, 'category');
    this.#types = new NameTable(db, 'event_type');
    this.#streams = new StreamTable(db, this.#categories);
    this.#page = db
      .prepare<[number, number, number], ChainRow>(
        `SELECT ${EVENT_COLUMNS}, category_id, hash FROM event
          WHERE position > ? AND position <= ? ORDER BY position LIMIT ?`,
      )
      .raw();
    this.#payload = db.prepare('SELECT data, metadata FROM event WHERE position = ?');
    this.#hashAt = db.prepare<[number], Uint8Array | null>('SELECT hash FROM event WHERE position = ?').pluck();
    this.#hashes = db
      .prepare<[number, number], [position: number, hash: Uint8Array | null]>(
        'SELECT position, hash FROM event WHERE position > ? ORDER BY position LIMIT ?',
      )
      .raw();
    this.#predecessor = db
      .prepare<[number, number], number>('SELECT position FROM event WHERE stream_id = ? AND revision = ?')
      .pluck();
    // One statement, so that no writer can come in between.
    this.#end = db.prepare(`
      SELECT coalesce((SELECT max(position) FROM event), 0) AS position,
        (SELECT hash FROM event ORDER BY position DESC LIMIT 1) AS hash,
        coalesce((SELECT seq FROM sqlite_sequence WHERE name = 'event'), 0) AS lastGiven`);
  }

  end(): ChainEnd {
    return this.#end.get() ?? { position: 0, hash: null, lastGiven: 0 };
  }

  /** `after` exclusive, `until` inclusive. */
  page(after: number, until: number, limit: number): readonly ChainRow[] {
    return this.#page.all(after, until, limit);
  }

  /** The stored hashes alone, `after` exclusive. */
  hashes(after: number, limit: number): readonly (readonly [position: number, hash: Uint8Array | null])[] {
    return this.#hashes.all(after, limit);
  }

  /** Undefined if there is no such event, null if it has no hash. */
  hashAt(position: number): Uint8Array | null | undefined {
    return this.#hashAt.get(position);
  }

  /** The position of the previous event in the same stream; undefined if there is none. */
  predecessorOf([, streamId, revision]: ChainRow): number | undefined {
    return this.#predecessor.get(streamId, revision - 1);
  }

  /** @throws EventLogDamaged if a name or a payload is gone */
  linkOf(row: ChainRow): ChainLink {
    const [position, streamId, revision, typeId, version, recordedAt, id, data, metadata] = row;
    const payload = data === null || metadata === null ? this.#payload.get(position) : { data, metadata };
    if (payload === undefined) throw new EventLogDamaged(`The event log has lost the event at position ${position}.`);
    return {
      position,
      revision,
      version,
      recordedAt,
      stream: this.#streams.name(streamId),
      id,
      type: this.#types.name(typeId),
      data: payload.data,
      metadata: payload.metadata,
    };
  }

  /** Changes outside of the events, one sentence for each. */
  alterations(): string[] {
    const db = this.#db;
    const parts = foreignParts(db).map((part) => `In the file, the ${part}.`);
    const strayed = db
      .prepare<[], string>(
        `SELECT stream.name FROM stream LEFT JOIN category ON category.id = category_id
          WHERE category.name IS NOT substr(stream.name, 1, instr(stream.name, '-') - 1) LIMIT 1`,
      )
      .pluck()
      .get();
    if (strayed !== undefined) parts.push(`The category of stream ${strayed} is not that of its name.`);
    if (isSealed(db) && !new RetentionSeal(db).isIntact()) {
      parts.push('What streams hide from their readers (their retention) is not what StreamVault set.');
    }
    return parts;
  }

  /** The category of a row as its index has it; the stream's name has it too. */
  categoryOf(row: ChainRow): string {
    return this.#categories.name(row[9]);
  }
}
