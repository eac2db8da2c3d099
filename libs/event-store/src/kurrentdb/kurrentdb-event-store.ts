import { Backoff, withDeadline } from '@streamvault/failures';
import { EventStoreUnavailable } from '../errors.js';
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
import { retentionFrom } from '../retention.js';
import { requireCategory } from '../stream-name.js';
import { Appender } from './appender.js';
import { Connection } from './connection.js';
import { describeHosts, parseKurrentDbUrl } from './connection-settings.js';
import { asStoreError, gist, isUnavailable } from './failures.js';
import { LogSearch } from './log-search.js';
import { Reader } from './reader.js';
import { livenessProblem } from './server-health.js';
import { Subscription } from './subscription.js';

export interface KurrentDbEventStoreOptions {
  /** Put before every stream name unchanged, instead of the `namespace` of the URL. */
  readonly namespace?: string;
  /** How long to wait for a server that is not there yet, in milliseconds. A try that has begun gets a second more. */
  readonly startPatienceMs?: number;
}

const HEALTH_PATIENCE_MS = 5_000;
/** A restarting server is back within this time. A missing one is reported while the operator still looks. */
const START_PATIENCE_MS = 7_000;
const LAST_TRY_MS = 1_000;

/**
 * The log on a KurrentDB (EventStoreDB) server or cluster. A majority has stored an append when its promise resolves.
 *
 * Positions are the server's commit positions: byte offsets, with holes. The server decides what a repeated append
 * means: exactly for an exact revision or `no_stream`, and from a bounded memory for `any` and `stream_exists`.
 */
export class KurrentDbEventStore implements EventStore {
  readonly #connection: Connection;
  readonly #namespace: string;
  readonly #reader: Reader;
  readonly #appender: Appender;
  /** Nothing new is accepted, and subscriptions end. */
  readonly #closing = new AbortController();
  /** Everything has ended. */
  readonly #closed = new AbortController();
  /** Subscriptions that are still looking up what `end` is. A later append waits for them, so that they see it. */
  readonly #endLookups = new Set<Promise<unknown>>();
  #closeResult: Promise<void> | undefined;

  /**
   * Waits for the server, for a while.
   * @throws UnsupportedEventStoreUrl, naming the invalid part of the URL without its content
   * @throws EventStoreUnavailable, EventStoreAccessDenied
   */
  static async open(url: string, options: KurrentDbEventStoreOptions = {}): Promise<KurrentDbEventStore> {
    const settings = parseKurrentDbUrl(url);
    const store = new KurrentDbEventStore(new Connection(settings), options.namespace ?? settings.namespace);
    try {
      await store.#waitForServer(options.startPatienceMs ?? START_PATIENCE_MS);
      return store;
    } catch (error) {
      await store.close();
      throw error;
    }
  }

  private constructor(connection: Connection, namespace: string) {
    this.#connection = connection;
    this.#namespace = namespace;
    this.#reader = new Reader(connection, namespace, this.#closing.signal);
    const patientReader = new Reader(connection, namespace, this.#closed.signal);
    this.#appender = new Appender(connection, patientReader, namespace, this.#closing.signal);
  }

  async append(stream: StreamName, events: NonEmptyArray<NewEvent>, expected: ExpectedRevision): Promise<AppendResult> {
    requireCategory(stream);
    requireExpectedRevision(expected);
    const prepared = prepareEvents(events);
    this.#requireOpen();
    if (this.#endLookups.size > 0) await Promise.allSettled(this.#endLookups);
    const appended = await this.#appender.append({ stream, events: prepared, expected });
    if (!appended.alreadyAppended) this.#reader.noteOurs(appended.position);
    return appended;
  }

  readStream(
    stream: StreamName,
    options: { from?: Revision; direction?: Direction; limit?: number } = {},
  ): AsyncIterable<RecordedEvent> {
    return this.#reader.stream(stream, options);
  }

  headRevision(stream: StreamName): Promise<Revision | undefined> {
    return this.#reader.headRevision(stream);
  }

  readAll(options: { after?: Position; filter?: EventFilter; limit?: number } = {}): AsyncIterable<RecordedEvent> {
    return this.#reader.all(options);
  }

  /** See {@link LogSearch} for what is looked up and what is checked one by one. */
  find(query: EventQuery): Promise<FoundEvents> {
    return new LogSearch(this.#reader, this.#namespace).find(query);
  }

  eventAt(position: Position): Promise<RecordedEvent | undefined> {
    return this.#reader.at(position);
  }

  /** The event's id. The server keeps no hashes, but no two logs have the same event at the same offset by chance. */
  async fingerprint(of: Position | RecordedEvent): Promise<string | undefined> {
    return typeof of === 'bigint' ? (await this.#reader.at(of))?.id : of.id;
  }

  headPosition(): Promise<Position | undefined> {
    return this.#reader.headPosition();
  }

  readCategory(category: string, options: { after?: Position; limit?: number } = {}): AsyncIterable<RecordedEvent> {
    return this.#reader.all({ ...options, filter: { categories: [category] } });
  }

  subscribe(options: {
    from: Position | 'start' | 'end';
    filter?: EventFilter;
    signal: AbortSignal;
  }): AsyncIterable<SubscriptionMessage> {
    this.#requireOpen();
    const { from, filter } = options;
    const signal = AbortSignal.any([options.signal, this.#closing.signal]);
    const after = from === 'end' ? this.#lookUpEnd() : Promise.resolve(from === 'start' ? undefined : from);
    // It is awaited at the first message; an earlier rejection must not be unhandled.
    after.catch(() => undefined);
    const [connection, reader, namespace] = [this.#connection, this.#reader, this.#namespace];
    const onPosition = (position: bigint): void => this.#appender.noteHead(position);
    return new Subscription({ connection, reader, namespace, after, filter, signal, onPosition }).messages();
  }

  async setStreamMetadata(stream: StreamName, metadata: StreamMetadata): Promise<void> {
    requireCategory(stream);
    const { maxAgeSeconds, maxCount, truncateBefore } = retentionFrom(metadata);
    this.#requireOpen();
    await this.#appender.setMetadata(stream, {
      ...(maxAgeSeconds !== null && { maxAge: maxAgeSeconds }),
      ...(maxCount !== null && { maxCount }),
      ...(truncateBefore !== null && { truncateBefore }),
    });
  }

  async health(): Promise<StoreHealth> {
    if (this.#closing.signal.aborted) return { status: 'down', detail: 'The event store is closed.' };
    const where = describeHosts(this.#connection.settings);
    const problem = await livenessProblem(this.#connection);
    if (problem?.kind === 'down') return { status: 'down', detail: `KurrentDB at ${where} ${problem.text}.` };
    try {
      const late = () => new EventStoreUnavailable(`KurrentDB at ${where} is alive, but does not answer reads.`);
      await withDeadline(this.#reader.endPosition(), HEALTH_PATIENCE_MS, late);
    } catch (error) {
      return { status: 'down', detail: gist(error) };
    }
    return problem === undefined
      ? { status: 'ok', detail: `KurrentDB at ${where}` }
      : { status: 'warn', detail: `KurrentDB at ${where} ${problem.text}.` };
  }

  /** Waits for every append requested so far, and ends the subscriptions. */
  close(): Promise<void> {
    this.#closeResult ??= this.#closeNow();
    return this.#closeResult;
  }

  async #closeNow(): Promise<void> {
    await Promise.allSettled(this.#endLookups);
    this.#closing.abort();
    await this.#appender.idle();
    this.#closed.abort();
    await this.#connection.close();
  }

  async #waitForServer(patienceMs: number): Promise<void> {
    const giveUpAt = Date.now() + patienceMs;
    const backoff = new Backoff({ firstMs: 200, maxMs: 2_000 });
    for (;;) {
      try {
        const left = Math.max(giveUpAt - Date.now(), LAST_TRY_MS);
        const late = () => new Error('a read timed out');
        const head = await withDeadline(this.#reader.endPosition(), Math.min(HEALTH_PATIENCE_MS, left), late);
        this.#appender.noteHead(head ?? 0n);
        return;
      } catch (error) {
        if (!isUnavailable(error) || Date.now() >= giveUpAt) {
          throw asStoreError(error, describeHosts(this.#connection.settings));
        }
      }
      await backoff.wait(this.#closing.signal);
    }
  }

  #lookUpEnd(): Promise<bigint | undefined> {
    const lookup = this.#reader.endPosition();
    this.#endLookups.add(lookup);
    const forget = (): void => void this.#endLookups.delete(lookup);
    lookup.then(forget, forget);
    return lookup;
  }

  #requireOpen(): void {
    if (this.#closing.signal.aborted || this.#closeResult !== undefined) {
      throw new EventStoreUnavailable('The event store is closed.');
    }
  }
}
