import { messageOf } from '@streamvault/failures';
import type { Database, Statement } from 'better-sqlite3';
import { catchUp } from '../catch-up.js';
import { CommitSignal } from '../commit-signal.js';
import { EventStoreUnavailable } from '../errors.js';
import type { LogHead, Verification, VerifyOptions } from '../log-verification.js';
import { eventIn, findIn, readLog, readStream } from '../log-reading.js';
import { prepareEvents, requireExpectedRevision } from '../new-events.js';
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
  type StreamRetention,
  type TellsRetention,
} from '../transfer/recorded-events.js';
import { backUp, type BackupOptions, type BackupResult } from './back-up.js';
import { ChainTable } from './chain-table.js';
import { DamageMemory } from './damage-memory.js';
import { EventTable } from './event-table.js';
import { GuardedSource } from './guarded-source.js';
import { HeadMemory, withKeptHead } from './head-memory.js';
import { openDatabase, type OpenDatabase } from './open-database.js';
import { asEventStoreError } from './sqlite-failure.js';
import { readRetention } from './read-retention.js';
import { SqliteLogReader } from './sqlite-log-reader.js';
import { hashAt, headOf, verifyChain } from './verify-chain.js';
import type { WriterLock } from './writer-lock.js';
import type { Write, Written } from './writer-messages.js';
import { type Committed, ThreadedWriter } from './threaded-writer.js';

export interface SqliteEventStoreOptions {
  /** Milliseconds since 1970; stamps `recordedAt` and measures `maxAge`. */
  readonly now?: () => number;
  /** How long to wait for another writer to end, in milliseconds. */
  readonly lockPatienceMs?: number;
  /**
   * Room on the disk that is reserved for the log, so that something can still be stored on a full disk. None by
   * default.
   */
  readonly reserveBytes?: number;
}

/**
 * The log in one SQLite file, for one process. Appends are durable (fsync) when their promise resolves, and
 * simultaneous commits share one fsync. They are written in a thread of their own ({@link ThreadedWriter}); reads are
 * synchronous, over a connection of this thread, and see everything as soon as its append resolves.
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
  readonly #source: GuardedSource;
  readonly #writer: ThreadedWriter;
  readonly #commits = new CommitSignal();
  readonly #probe: Statement;
  readonly #chain: ChainTable;
  readonly #damage = new DamageMemory();
  readonly #heads: HeadMemory;
  #closing: Promise<void> | undefined;

  /**
   * Opens the log at this path, creating it (and its folder) if missing.
   * @throws EventStoreLocked while another store, here or in another process, has it open
   * @throws EventLogNotWritable, EventLogDamaged, EventLogTooNew, UnsupportedSqlite, EventStoreUnavailable
   */
  static async open(path: string, options: SqliteEventStoreOptions = {}): Promise<SqliteEventStore> {
    const opened = await openDatabase(path, options.lockPatienceMs ?? 2_000);
    let writer: ThreadedWriter | undefined;
    try {
      opened.db.pragma('query_only = ON');
      writer = await ThreadedWriter.start(opened.path, options.reserveBytes);
      return new SqliteEventStore(opened, writer, options.now ?? Date.now);
    } catch (error) {
      opened.db.close();
      await writer?.close();
      opened.lock.release();
      throw asEventStoreError(error, opened.path);
    }
  }

  /** Opens a log for reading, with or without a running writer: see {@link SqliteLogReader}. */
  static openReadOnly(path: string): Promise<SqliteLogReader> {
    return SqliteLogReader.open(path);
  }

  private constructor({ db, path, lock, sqliteVersion }: OpenDatabase, writer: ThreadedWriter, now: () => number) {
    this.#db = db;
    this.#path = path;
    this.#lock = lock;
    this.#sqliteVersion = sqliteVersion;
    this.#writer = writer;
    this.#now = now;
    this.#events = new EventTable(db, now);
    this.#source = new GuardedSource(this.#events, db, path, (damage) => this.#damage.note(damage));
    this.#chain = new ChainTable(db);
    this.#heads = new HeadMemory(path, this.#chain);
    this.#probe = db.prepare('SELECT position, data FROM event ORDER BY position DESC LIMIT 1');
    writer.onCommit = (head, committed) => this.#show(head, committed);
  }

  append(stream: StreamName, events: NonEmptyArray<NewEvent>, expected: ExpectedRevision): Promise<AppendResult> {
    try {
      requireCategory(stream);
      requireExpectedRevision(expected);
      const prepared = prepareEvents(events);
      return this.#write(
        { kind: 'append', stream, events: prepared, expected, recordedAt: this.#now() },
        asAppendResult,
      );
    } catch (error) {
      return Promise.reject(error);
    }
  }

  async appendRecorded(events: NonEmptyArray<RecordedEvent>): Promise<void> {
    await this.#write({ kind: 'appendRecorded', events: events.map(prepareRecorded) }, nothing);
  }

  readRetention(): AsyncIterable<StreamRetention> {
    return readRetention((after, limit) => {
      if (this.#closing !== undefined)
        throw new EventStoreUnavailable('Also if it was closed in the middle of the check.');
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

  /** The hash of the chain up to there. */
  fingerprint(of: Position | RecordedEvent): Promise<string | undefined> {
    return this.#reading(() => hashAt(this.#chain, typeof of === 'bigint' ? of : of.position));
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
    // Read here and not at the first message: `end` means the present end.
    const head = this.#source.head();
    const after = typeof from === 'bigint' ? clampToSafe(from) : from === 'start' ? 0 : head;
    const hasEnded = (): boolean => signal.aborted || this.#closing !== undefined;
    return catchUp(this.#source, this.#commits, { after, filter, signal, hasEnded });
  }

  async setStreamMetadata(stream: StreamName, metadata: StreamMetadata): Promise<void> {
    requireCategory(stream);
    const retention = retentionFrom(metadata);
    await this.#write({ kind: 'setRetention', stream, retention }, nothing);
  }

  async health(): Promise<StoreHealth> {
    if (this.#closing !== undefined) return { status: 'down', detail: 'The event store is closed.' };
    try {
      this.#probe.get();
    } catch (error) {
      return { status: 'down', detail: messageOf(asEventStoreError(error, this.#path)) };
    }
    const { death, isStalled, lastFailure } = this.#writer;
    if (death !== undefined) return { status: 'down', detail: death.message };
    if (lastFailure !== undefined) {
      return { status: 'down', detail: `The last write failed. ${lastFailure.message}` };
    }
    if (isStalled) {
      const detail = "The log's writer has given no sign of life for some seconds. Look at the disk of the event log.";
      return { status: 'down', detail };
    }
    const [finding] = this.findings;
    return finding === undefined
      ? { status: 'ok', detail: `SQLite ${this.#sqliteVersion}` }
      : { status: 'warn', detail: finding };
  }

  /**
   * Called once if the log's writer has died: nothing can be stored any more, and only a new process can change that.
   */
  set onDeath(tell: (death: EventStoreUnavailable) => void) {
    this.#writer.onDeath = tell;
  }

  /** Faults of the log, one sentence each with what to do. Reading and writing go on. */
  get findings(): readonly string[] {
    return [...this.#heads.findings, ...this.#damage.findings];
  }

  /**
   * Verifies the whole log once, at low priority, and remembers its faults: {@link findings} and {@link health} report
   * them.
   * @throws EventStoreUnavailable if the store was closed meanwhile
   */
  async verifyInBackground(): Promise<Verification> {
    const found = await this.verify({ isGentle: true });
    // That the log went back is known from the start.
    if (found.kind === 'broken' && this.#heads.findings.length === 0) this.#damage.noteBreak(found);
    return found;
  }

  /** The head of the hash chain, which an outsider can keep to check the log later. */
  async head(): Promise<LogHead> {
    return this.#reading(() => headOf(this.#chain.end()));
  }

  /** The stored hash of one event, in hexadecimal; undefined if there is none. */
  async hashAt(position: Position): Promise<string | undefined> {
    return this.#reading(() => hashAt(this.#chain, position));
  }

  /** Verifies the hash chain, between the appends. Returns the first position that differs, if any. */
  verify(options: VerifyOptions = {}): Promise<Verification> {
    return this.#reading(() => verifyChain(this.#chain, withKeptHead(this.#path, options)));
  }

  /** Its file. */
  get path(): string {
    return this.#path;
  }

  /** See {@link backUp}. */
  backUp(destination: string, options: BackupOptions = {}): Promise<BackupResult> {
    return backUp(this.#path, destination, options);
  }

  /** Waits for every append requested so far, ends the subscriptions, and lets the next writer in. */
  close(): Promise<void> {
    this.#closing ??= this.#closeNow();
    return this.#closing;
  }

  async #closeNow(): Promise<void> {
    this.#commits.notify();
    await this.#writer.idle();
    const kept = this.#heads.close();
    try {
      this.#db.close();
      await kept;
      // Its connection is the last and tidies the file; it waits in its own thread, however slow the disk.
      await this.#writer.close();
    } finally {
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

  #write<T>(write: Write, asResult: (written: Written) => T): Promise<T> {
    if (this.#closing !== undefined) throw new EventStoreUnavailable('The event store is closed.');
    return this.#writer.write(write, asResult);
  }

  /** Head and streams move together, so that a subscriber that an event wakes also finds it in its stream. */
  #show(head: number, committed: readonly Committed[]): void {
    try {
      for (const { write, written } of committed) this.#learn(write, written);
    } catch {
      // A stream that cannot be looked up now: its next reader tries again, and gets the error.
      this.#events.forget();
    }
    if (this.#events.showTo(head)) this.#commits.notify();
  }

  #learn(write: Write, [revision]: Written): void {
    switch (write.kind) {
      case 'append':
        return this.#advance(write.stream, revision);
      case 'appendRecorded':
        for (const event of write.events) this.#advance(event.stream, event.revision);
        return;
      case 'setRetention': {
        const stream = this.#events.streams.find(write.stream);
        if (stream !== undefined) stream.retention = write.retention;
      }
    }
  }

  /** Never moves back: a read from the file may have seen more already. */
  #advance(name: StreamName, revision: number): void {
    const stream = this.#events.streams.find(name);
    if (stream !== undefined && stream.head < revision) stream.head = revision;
  }
}

function asAppendResult([revision, position, alreadyAppended]: Written): AppendResult {
  return { revision: BigInt(revision), position: positionOf(position), alreadyAppended };
}

const nothing = (): void => {};
