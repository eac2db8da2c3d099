import { decideAppend } from '../append-rules.js';
import { catchUp } from '../catch-up.js';
import { CommitSignal } from '../commit-signal.js';
import { EventIdConflict, EventStoreUnavailable, WrongExpectedRevision } from '../errors.js';
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
import { clampToSafe, metadataOf, retentionFrom } from '../retention.js';
import { requireCategory } from '../stream-name.js';
import {
  type AppendsRecorded,
  prepareRecorded,
  type StreamRetention,
  type TellsRetention,
} from '../transfer/recorded-events.js';
import { MemoryLog } from './memory-log.js';

export interface MemoryEventStoreOptions {
  /** Milliseconds since 1970; stamps `recordedAt` and measures `maxAge`. */
  readonly now?: () => number;
}

/** The port without storage, for tests and trials: the same rules, gone with the process. */
export class MemoryEventStore implements EventStore, AppendsRecorded, TellsRetention {
  readonly #log: MemoryLog;
  readonly #commits = new CommitSignal();
  #isClosed = false;

  constructor(options: MemoryEventStoreOptions = {}) {
    this.#log = new MemoryLog(options.now ?? Date.now);
  }

  async append(stream: StreamName, events: NonEmptyArray<NewEvent>, expected: ExpectedRevision): Promise<AppendResult> {
    requireCategory(stream);
    requireExpectedRevision(expected);
    const prepared = prepareEvents(events);
    const log = this.#open();
    const decision = decideAppend(stream, prepared, expected, {
      head: log.streamHead(stream),
      idAt: (revision) => log.eventAt(stream, revision)?.id,
      revisionOf: (id) => log.revisionOfId(stream, id),
    });
    if (decision.kind === 'repeat') {
      const position = positionOf(log.eventAt(stream, decision.last)?.position ?? 0);
      return { revision: BigInt(decision.last), position, alreadyAppended: true };
    }
    const repeated = prepared.find((event) => log.revisionOfId(stream, event.id) !== undefined);
    if (repeated !== undefined) throw new EventIdConflict(stream, repeated.id);
    const position = positionOf(log.insert(stream, prepared));
    this.#commits.notify();
    return { revision: BigInt(log.streamHead(stream)), position, alreadyAppended: false };
  }

  async appendRecorded(events: NonEmptyArray<RecordedEvent>): Promise<void> {
    const prepared = events.map(prepareRecorded);
    const log = this.#open();
    const heads = new Map<string, number>();
    const seen = new Set<string>();
    for (const { stream, revision, event } of prepared) {
      const head = heads.get(stream) ?? log.streamHead(stream);
      if (revision !== head + 1) throw WrongExpectedRevision.ofRecorded(stream, revision, head);
      const key = `${stream} ${event.id}`;
      if (seen.has(key) || log.revisionOfId(stream, event.id) !== undefined)
        throw new EventIdConflict(stream, event.id);
      seen.add(key);
      heads.set(stream, revision);
    }
    for (const { stream, event, recordedAt } of prepared) log.insert(stream, [event], recordedAt);
    this.#commits.notify();
  }

  async *readRetention(): AsyncGenerator<StreamRetention, void, undefined> {
    for (const [stream, retention] of this.#open().retentions()) {
      yield { stream, metadata: metadataOf(retention) };
    }
  }

  async *readStream(
    stream: StreamName,
    options: { from?: Revision; direction?: Direction; limit?: number } = {},
  ): AsyncGenerator<RecordedEvent, void, undefined> {
    yield* readStream(this.#open(), stream, options);
  }

  async headRevision(stream: StreamName): Promise<Revision | undefined> {
    const head = this.#open().streamHead(stream);
    return head < 0 ? undefined : BigInt(head);
  }

  async *readAll(
    options: { after?: Position; filter?: EventFilter; limit?: number } = {},
  ): AsyncGenerator<RecordedEvent, void, undefined> {
    yield* readLog(this.#open(), options);
  }

  async find(query: EventQuery): Promise<FoundEvents> {
    return findIn(this.#open(), query);
  }

  async eventAt(position: Position): Promise<RecordedEvent | undefined> {
    return eventIn(this.#open(), position);
  }

  async fingerprint(of: Position | RecordedEvent): Promise<string | undefined> {
    return typeof of === 'bigint' ? eventIn(this.#open(), of)?.id : of.id;
  }

  async headPosition(): Promise<Position | undefined> {
    const head = this.#open().head();
    return head === 0 ? undefined : positionOf(head);
  }

  readCategory(category: string, options: { after?: Position; limit?: number } = {}): AsyncIterable<RecordedEvent> {
    return this.readAll({ ...options, filter: { categories: [category] } });
  }

  subscribe(options: {
    from: Position | 'start' | 'end';
    filter?: EventFilter;
    signal: AbortSignal;
  }): AsyncIterable<SubscriptionMessage> {
    const { from, filter, signal } = options;
    const log = this.#open();
    const after = typeof from === 'bigint' ? clampToSafe(from) : from === 'start' ? 0 : log.head();
    return catchUp(log, this.#commits, { after, filter, signal, hasEnded: () => signal.aborted || this.#isClosed });
  }

  async setStreamMetadata(stream: StreamName, metadata: StreamMetadata): Promise<void> {
    requireCategory(stream);
    this.#open().setRetention(stream, retentionFrom(metadata));
  }

  async health(): Promise<StoreHealth> {
    return this.#isClosed ? { status: 'down', detail: 'The event store is closed.' } : { status: 'ok' };
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    this.#commits.notify();
  }

  #open(): MemoryLog {
    if (this.#isClosed) throw new EventStoreUnavailable('The event store is closed.');
    return this.#log;
  }
}
