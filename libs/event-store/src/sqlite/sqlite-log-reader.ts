import type { Database } from 'better-sqlite3';
import { EventLogNotChained, EventStoreUnavailable } from '../errors.js';
import { eventIn, findIn, readLog, readStream } from '../log-reading.js';
import type { LogHead, Verification, VerifyOptions } from '../log-verification.js';
import type {
  Direction,
  EventFilter,
  EventQuery,
  FoundEvents,
  Position,
  RecordedEvent,
  Revision,
  StreamName,
} from '../port.js';
import { positionOf } from '../position.js';
import type { StreamRetention, TellsRetention } from '../transfer/recorded-events.js';
import { backUp, type BackupOptions, type BackupResult } from './back-up.js';
import { ChainTable } from './chain-table.js';
import { EventTable } from './event-table.js';
import { GuardedSource } from './guarded-source.js';
import { withKeptHead } from './head-memory.js';
import { openDatabaseReadOnly } from './open-database.js';
import { readRetention } from './read-retention.js';
import { isChained } from './schema.js';
import { asEventStoreError } from './sqlite-failure.js';
import { hashAt, headOf, verifyChain } from './verify-chain.js';

/**
 * A log for reading only: beside the process that writes it, or without one. It takes no lock and changes nothing. Each
 * read sees what was committed when it began.
 */
export class SqliteLogReader implements TellsRetention {
  readonly path: string;
  readonly #db: Database;
  readonly #events: EventTable;
  readonly #source: GuardedSource;

  /** @throws EventLogMissing, EventLogNotWritable, EventLogDamaged, EventLogTooNew, EventStoreUnavailable, UnsupportedSqlite */
  static async open(file: string): Promise<SqliteLogReader> {
    const { db, path } = openDatabaseReadOnly(file);
    try {
      return new SqliteLogReader(db, path);
    } catch (error) {
      db.close();
      throw asEventStoreError(error, path);
    }
  }

  private constructor(db: Database, path: string) {
    this.#db = db;
    this.path = path;
    this.#events = new EventTable(db, Date.now);
    this.#source = new GuardedSource(this.#events, db, path);
  }

  readStream(
    stream: StreamName,
    options: { from?: Revision; direction?: Direction; limit?: number } = {},
  ): AsyncIterable<RecordedEvent> {
    this.#refresh();
    return readStream(this.#source, stream, options);
  }

  readAll(options: { after?: Position; filter?: EventFilter; limit?: number } = {}): AsyncIterable<RecordedEvent> {
    this.#refresh();
    return readLog(this.#source, options);
  }

  async headRevision(stream: StreamName): Promise<Revision | undefined> {
    this.#refresh();
    const head = this.#source.streamHead(stream);
    return head < 0 ? undefined : BigInt(head);
  }

  async find(query: EventQuery): Promise<FoundEvents> {
    this.#refresh();
    return findIn(this.#source, query);
  }

  async eventAt(position: Position): Promise<RecordedEvent | undefined> {
    this.#refresh();
    return eventIn(this.#source, position);
  }

  /** See {@link hashAt}. */
  fingerprint(of: Position | RecordedEvent): Promise<string | undefined> {
    return this.hashAt(typeof of === 'bigint' ? of : of.position);
  }

  async headPosition(): Promise<Position | undefined> {
    this.#refresh();
    const head = this.#source.head();
    return head === 0 ? undefined : positionOf(head);
  }

  /**
   * The head of the hash chain.
   *
   * @throws EventLogNotChained
   */
  async head(): Promise<LogHead> {
    return this.#guard(() => headOf(this.#chain().end()));
  }

  /** The stored hash of one event, in hexadecimal; undefined if there is none, as in a log without a chain. */
  async hashAt(position: Position): Promise<string | undefined> {
    return this.#guard(() => (isChained(this.#db) ? hashAt(this.#chain(), position) : undefined));
  }

  /** @throws EventLogNotChained, EventLogDamaged, RangeError, and the signal's reason */
  async verify(options: VerifyOptions = {}): Promise<Verification> {
    try {
      return await verifyChain(this.#chain(), withKeptHead(this.path, options));
    } catch (error) {
      throw asEventStoreError(error, this.path);
    }
  }

  readRetention(): AsyncIterable<StreamRetention> {
    return readRetention((after, limit) => this.#guard(() => this.#events.streams.retained(after, limit)));
  }

  /** See {@link backUp}. */
  backUp(destination: string, options: BackupOptions = {}): Promise<BackupResult> {
    return backUp(this.path, destination, options);
  }

  async close(): Promise<void> {
    this.#db.close();
  }

  #chain(): ChainTable {
    if (!isChained(this.#db)) {
      throw new EventLogNotChained(
        `The event log ${this.path} has no hashes yet: an older StreamVault wrote it. Start this version's server with it once, then try again.`,
      );
    }
    return new ChainTable(this.#db);
  }

  /** Its writer is elsewhere: what is cached about streams may be outdated. */
  #refresh(): void {
    this.#guard(() => {
      this.#events.refreshHead();
      this.#events.forget();
    });
  }

  #guard<T>(read: () => T): T {
    if (!this.#db.open) throw new EventStoreUnavailable('The event log was closed.');
    try {
      return read();
    } catch (error) {
      throw asEventStoreError(error, this.path);
    }
  }
}
