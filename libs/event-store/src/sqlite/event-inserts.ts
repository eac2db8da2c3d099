import type { Database, Statement } from 'better-sqlite3';
import { EventLogDamaged } from '../errors.js';
import { HashChain } from '../hash-chain.js';
import type { PreparedEvent } from '../new-events.js';
import type { StreamName } from '../port.js';
import { ChainTable } from './chain-table.js';
import type { NameTable } from './name-table.js';
import type { StreamEntry } from './stream-table.js';

type InsertedRow = [
  position: number,
  streamId: number,
  revision: number,
  categoryId: number,
  typeId: number,
  version: number,
  recordedAt: number,
  id: string,
  data: string,
  metadata: string,
  hash: Uint8Array,
];

/** Where the next event goes, and the hashes it builds on. */
interface Tail {
  position: number;
  /** Of the last event. */
  recordedAt: number;
  readonly chain: HashChain;
}

/** The only writer's inserts, each chained to the one before. Only inside a transaction. */
export class EventInserts {
  readonly #types: NameTable;
  readonly #insert: Statement<InsertedRow>;
  readonly #setback: Statement<[position: number, recordedAt: number, recordedBefore: number]>;
  readonly #lastInstant: Statement<[], number>;
  readonly #log: ChainTable;
  /** Unknown at first and after a rollback. */
  #tail: Tail | undefined;

  constructor(db: Database, types: NameTable) {
    this.#types = types;
    this.#log = new ChainTable(db);
    this.#insert = db.prepare(`
      INSERT INTO event
        (position, stream_id, revision, category_id, type_id, version, recorded_at, id, data, metadata, hash)
      VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`);
    this.#setback = db.prepare('INSERT INTO clock_setback VALUES (?, ?, ?)');
    this.#lastInstant = db.prepare<[], number>('SELECT recorded_at FROM event ORDER BY position DESC LIMIT 1').pluck();
  }

  /**
   * Appends at the stream's head and returns the position. Updates the stream's entry.
   * @param recordedAt milliseconds since 1970
   * @throws SqliteError, also if the stream already has an event with this id; then nothing learnt here may be used
   * ({@link forget})
   */
  append(name: StreamName, stream: StreamEntry, event: PreparedEvent, recordedAt: number): number {
    const tail = (this.#tail ??= this.#readTail());
    const position = tail.position + 1;
    const revision = stream.head + 1;
    const { id, type, version, data, metadata } = event;
    const hash = tail.chain.add({ position, revision, version, recordedAt, stream: name, id, type, data, metadata });
    this.#insert.run(
      position,
      stream.id,
      revision,
      stream.categoryId,
      this.#types.intern(type),
      version,
      recordedAt,
      id,
      data,
      metadata,
      hash,
    );
    if (recordedAt < tail.recordedAt) this.#setback.run(position, recordedAt, tail.recordedAt);
    tail.position = position;
    tail.recordedAt = recordedAt;
    stream.head = revision;
    return position;
  }

  /** After a rollback: the events on which the tail builds no longer exist. */
  forget(): void {
    this.#tail = undefined;
  }

  #readTail(): Tail {
    const { position, hash, lastGiven } = this.#log.end();
    if (position > 0 && hash === null) {
      throw new EventLogDamaged(
        `The event at position ${position} has lost its hash. Find out what happened with "log verify", and restore the log from a backup.`,
      );
    }
    // A position is never given twice, whatever was deleted.
    return {
      position: Math.max(position, lastGiven),
      recordedAt: this.#lastInstant.get() ?? Number.MIN_SAFE_INTEGER,
      chain: new HashChain(hash ?? undefined),
    };
  }
}
