import type { Database, Statement } from 'better-sqlite3';
import { decideAppend } from '../append-rules.js';
import { catchUp } from '../catch-up.js';
import { CommitSignal } from '../commit-signal.js';
import { EventIdConflict, EventLogDamaged, EventStoreUnavailable, WrongExpectedRevision } from '../errors.js';
import type { LogHead, Verification, VerifyOptions } from '../log-verification.js';
import { eventIn, findIn, readLog, readStream } from '../log-reading.js';
import { prepareEvents, requireExpectedRevision, type PreparedEvent } from '../new-events.js';
import type {
  AppendResult,
  Direction,
  EventFilter,
  EventQuery,
  EventStore,
  ExpectedRevision,
  FoundEvents,
  NewEvent,
  NonEmptyArray,
  Position,
  RecordedEvent,
  Revision,
  StoreHealth,
  StreamMetadata,
  StreamName,
  SubscriptionMessage,
} from '../port.js';
import { positionOf } from '../position.js';
import { clampToSafe, retentionFrom } from '../retention.js';
import { requireCategory } from '../stream-name.js';
import {
  type AppendsRecorded,
  prepareRecorded,
  type PreparedRecordedEvent,
  type StreamRetention,
  type TellsRetention,
} from '../transfer/recorded-events.js';
import { backUp, type BackupOptions, type BackupResult } from './back-up.js';
import { ChainTable } from './chain-table.js';
import { type Atomically, CommitQueue } from './commit-queue.js';
import { EventInserts } from './event-inserts.js';
import { EventTable } from './event-table.js';
import { GuardedSource } from './guarded-source.js';
import { openDatabase, type OpenDatabase } from './open-database.js';
import { asEventStoreError, isUniqueViolation, messageOf } from './sqlite-failure.js';
import { readRetention } from './read-retention.js';
import { SqliteLogReader } from './sqlite-log-reader.js';
import type { StreamEntry } from './stream-table.js';
import { hashAt, headOf, verifyChain } from './verify-chain.js';
import type { WriterLock } from './writer-lock.js';

export interface SqliteEventStoreOptions {
  /** Milliseconds since 1970; stamps `recordedAt` and measures `maxAge`. */
  readonly now?: () => number;
  /** How long to wait for another writer to leave, in milliseconds. */
  readonly lockPatienceMs?: number;
}

/**
 * The log in one SQLite file, for one process. Appends are durable (fsync) when their promise resolves, and commits that are
 * asked for at the same time share one fsync.
 *
 * Positions are 1, 2, 3… in order of commit.
 */
export class SqliteEventStore implements EventStore, AppendsRecorded, TellsRetention {
  readonly #db: Database;
  readonly #path: string;
  readonly #lock: WriterLock;
  readonly #sqliteVersion: string;
  readonly #now: () => number;
  readonly #events: EventTable;
  readonly #inserts: EventInserts;
  readonly #source: GuardedSource;
  readonly #queue: CommitQueue;
  readonly #commits = new CommitSignal();
  readonly #probe: Statement;
  #closing: Promise<void> | undefined;

  /**
   * Opens the log at this path, making it (and its folder) where it is missing.
   *
   * @throws EventStoreLocked while another store, here or in another process, has it open
   * @throws EventLogNotWritable, EventLogDamaged, EventLogTooNew, UnsupportedSqlite, EventStoreUnavailable
   */
  static async open(path: string, options: SqliteEventStoreOptions = {}): Promise<SqliteEventStore> {
    const opened = await openDatabase(path, options.lockPatienceMs ?? 2_000);
    try {
      return new SqliteEventStore(opened, options.now ?? Date.now);
    } catch (error) {
      opened.db.close();
      opened.lock.release();
      throw asEventStoreError(error, opened.path);
    }
  }

  /** Opens a log to read it, beside its writer or without one: see {@link SqliteLogReader}. */
  static openReadOnly(path: string): Promise<SqliteLogReader> {
    return SqliteLogReader.open(path);
  }

  private constructor({ db, path, lock, sqliteVersion }: OpenDatabase, now: () => number) {
    this.#db = db;
    this.#path = path;
    this.#lock = lock;
    this.#sqliteVersion = sqliteVersion;
    this.#now = now;
    this.#events = new EventTable(db, now);
    this.#inserts = new EventInserts(db, this.#events.types);
    this.#source = new GuardedSource(this.#events, db, path);
    this.#probe = db.prepare('SELECT position, data FROM event ORDER BY position DESC LIMIT 1');
    this.#queue = new CommitQueue(db, {
      onCommit: () => {
        if (this.#events.refreshHead()) this.#commits.notify();
      },
      onRollback: () => {
        this.#events.forget();
        this.#inserts.forget();
      },
      asError: (failure) => asEventStoreError(failure, path),
    });
  }

  append(stream: StreamName, events: NonEmptyArray<NewEvent>, expected: ExpectedRevision): Promise<AppendResult> {
    try {
      requireCategory(stream);
      requireExpectedRevision(expected);
      const prepared = prepareEvents(events);
      return this.#write((atomically) => this.#appendNow(stream, prepared, expected, atomically), weightOf(prepared));
    } catch (error) {
      return Promise.reject(error);
    }
  }

  async appendRecorded(events: NonEmptyArray<RecordedEvent>): Promise<void> {
    const prepared = events.map(prepareRecorded);
    const weight = weightOf(prepared.map(({ event }) => event));
    await this.#write((atomically) => atomically(() => this.#insertRecorded(prepared)), weight);
  }

  readRetention(): AsyncIterable<StreamRetention> {
    return readRetention((after, limit) => {
      if (this.#closing !== undefined) throw new EventStoreUnavailable('The event store is closed.');
      return this.#events.streams.retained(after, limit);
    });
  }

  readStream(
    stream: StreamName,
    options: { from?: Revision; direction?: Direction; limit?: number } = {},
  ): AsyncIterable<RecordedEvent> {
    return readStream(this.#source, stream, options);
  }

  async headRevision(stream: StreamName): Promise<Revision | undefined> {
    const head = this.#source.streamHead(stream);
    return head < 0 ? undefined : BigInt(head);
  }

  readAll(options: { after?: Position; filter?: EventFilter; limit?: number } = {}): AsyncIterable<RecordedEvent> {
    return readLog(this.#source, options);
  }

  async find(query: EventQuery): Promise<FoundEvents> {
    return findIn(this.#source, query);
  }

  async eventAt(position: Position): Promise<RecordedEvent | undefined> {
    return eventIn(this.#source, position);
  }

  async headPosition(): Promise<Position | undefined> {
    const head = this.#source.head();
    return head === 0 ? undefined : positionOf(head);
  }

  readCategory(category: string, options: { after?: Position; limit?: number } = {}): AsyncIterable<RecordedEvent> {
    return readLog(this.#source, { ...options, filter: { categories: [category] } });
  }

  subscribe(options: {
    from: Position | 'start' | 'end';
    filter?: EventFilter;
    signal: AbortSignal;
  }): AsyncIterable<SubscriptionMessage> {
    const { from, filter, signal } = options;
    // Asked for here and not at the first message: `end` means the end as it is now.
    const head = this.#source.head();
    const after = typeof from === 'bigint' ? clampToSafe(from) : from === 'start' ? 0 : head;
    const hasEnded = (): boolean => signal.aborted || this.#closing !== undefined;
    return catchUp(this.#source, this.#commits, { after, filter, signal, hasEnded });
  }

  async setStreamMetadata(stream: StreamName, metadata: StreamMetadata): Promise<void> {
    requireCategory(stream);
    const retention = retentionFrom(metadata);
    await this.#write((atomically) => {
      atomically(() => this.#events.streams.setRetention(this.#events.streams.findOrCreate(stream), retention));
    }, 0);
  }

  async health(): Promise<StoreHealth> {
    if (this.#closing !== undefined) return { status: 'down', detail: 'The event store is closed.' };
    try {
      this.#probe.get();
    } catch (error) {
      return { status: 'down', detail: messageOf(asEventStoreError(error, this.#path)) };
    }
    const failure = this.#queue.lastFailure;
    if (failure !== undefined) {
      return { status: 'down', detail: `The last write failed. ${messageOf(asEventStoreError(failure, this.#path))}` };
    }
    return { status: 'ok', detail: `SQLite ${this.#sqliteVersion}` };
  }

  /** The head of the hash chain: what an outsider keeps to check the log against later. */
  async head(): Promise<LogHead> {
    return this.#reading(() => headOf(new ChainTable(this.#db).end()));
  }

  /** The stored hash of one event, in hexadecimal; undefined where there is none. */
  async hashAt(position: Position): Promise<string | undefined> {
    return this.#reading(() => hashAt(new ChainTable(this.#db), position));
  }

  /** Walks the hash chain, between the appends; gives the first position that is not as it was, if any. */
  verify(options: VerifyOptions = {}): Promise<Verification> {
    return this.#reading(() => verifyChain(new ChainTable(this.#db), options));
  }

  /** See {@link backUp}. */
  backUp(destination: string, options: BackupOptions = {}): Promise<BackupResult> {
    return backUp(this.#path, destination, options);
  }

  /** Waits for every append asked for so far, ends the subscriptions, and lets the next writer in. */
  close(): Promise<void> {
    this.#closing ??= this.#closeNow();
    return this.#closing;
  }

  async #closeNow(): Promise<void> {
    this.#commits.notify();
    await this.#queue.idle();
    try {
      this.#db.pragma('wal_checkpoint(TRUNCATE)');
    } catch {
      // A full disk, say. Everything committed stays in the WAL, from where the next opening takes it.
    } finally {
      this.#db.close();
      this.#lock.release();
    }
  }

  async #reading<T>(read: () => T | Promise<T>): Promise<T> {
    try {
      if (this.#closing !== undefined) throw new EventStoreUnavailable('The event store is closed.');
      return await read();
    } catch (error) {
      // Also where it was closed in the middle of the walk.
      if (!this.#db.open) throw new EventStoreUnavailable('The event store is closed.', { cause: error });
      throw asEventStoreError(error, this.#path);
    }
  }

  #write<T>(run: (atomically: Atomically) => T, weight: number): Promise<T> {
    if (this.#closing !== undefined) throw new EventStoreUnavailable('The event store is closed.');
    return this.#queue.enqueue(run, weight);
  }

  #appendNow(
    name: StreamName,
    events: readonly PreparedEvent[],
    expected: ExpectedRevision,
    atomically: Atomically,
  ): AppendResult {
    const known = this.#events.streams.find(name);
    const decision = decideAppend(name, events, expected, {
      head: known?.head ?? -1,
      idAt: (revision) => known && this.#events.idAt(known, revision),
      revisionOf: (id) => known && this.#events.revisionOfId(known, id),
    });
    if (decision.kind === 'repeat') return this.#repeated(name, known, decision.last);
    return atomically(() => {
      const stream = known ?? this.#events.streams.findOrCreate(name);
      const position = this.#insert(name, stream, events);
      return { revision: BigInt(stream.head), position: positionOf(position), alreadyAppended: false };
    });
  }

  #insert(name: StreamName, stream: StreamEntry, events: readonly PreparedEvent[]): number {
    const recordedAt = this.#now();
    let position = 0;
    try {
      for (const event of events) position = this.#inserts.append(name, stream, event, recordedAt);
      return position;
    } catch (error) {
      if (!isUniqueViolation(error)) throw error;
      const repeated = events.find((event) => this.#events.revisionOfId(stream, event.id) !== undefined);
      throw new EventIdConflict(name, repeated?.id ?? 'unknown');
    }
  }

  #insertRecorded(events: readonly PreparedRecordedEvent[]): void {
    for (const { stream: name, revision, recordedAt, event } of events) {
      const stream = this.#events.streams.findOrCreate(name);
      if (revision !== stream.head + 1) throw WrongExpectedRevision.ofRecorded(name, revision, stream.head);
      try {
        this.#inserts.append(name, stream, event, recordedAt);
      } catch (error) {
        throw isUniqueViolation(error) ? new EventIdConflict(name, event.id) : error;
      }
    }
  }

  #repeated(name: StreamName, stream: StreamEntry | undefined, revision: number): AppendResult {
    const position = stream && this.#events.positionAt(stream, revision);
    if (position === undefined) throw new EventLogDamaged(`Stream ${name} has lost its event ${revision}.`);
    return { revision: BigInt(revision), position: positionOf(position), alreadyAppended: true };
  }
}

function weightOf(events: readonly PreparedEvent[]): number {
  let weight = 0;
  for (const { data, metadata } of events) weight += data.length + metadata.length;
  return weight;
}
