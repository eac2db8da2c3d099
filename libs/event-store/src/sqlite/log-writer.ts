import type { Database } from 'better-sqlite3';
import { decideAppend } from '../append-rules.js';
import { EventIdConflict, EventLogDamaged, WrongExpectedRevision } from '../errors.js';
import type { PreparedEvent } from '../new-events.js';
import type { StreamName } from '../port.js';
import type { PreparedRecordedEvent } from '../transfer/recorded-events.js';
import { type Atomically, CommitQueue } from './commit-queue.js';
import type { DiskReserve } from './disk-reserve.js';
import { toErrorMessage } from './error-message.js';
import { EventInserts } from './event-inserts.js';
import { EventTable } from './event-table.js';
import { RetentionSeal } from './retention-seal.js';
import { asEventStoreError, isUniqueViolation } from './sqlite-failure.js';
import type { StreamEntry } from './stream-table.js';
import {
  type AppendWrite,
  NOTHING_TO_TELL,
  type Outcome,
  type Settled,
  type Write,
  type Written,
} from './writer-messages.js';

/** Decides and writes: the only writer of a log, over its own connection. Everything but the queue is synchronous. */
export class LogWriter {
  readonly #path: string;
  readonly #events: EventTable;
  readonly #inserts: EventInserts;
  readonly #seal: RetentionSeal;
  readonly #queue: CommitQueue;
  readonly #tell: (settled: Settled) => void;
  #outcomes: Outcome[] = [];

  /** @param tell called once per commit */
  constructor(db: Database, path: string, tell: (settled: Settled) => void, reserve?: DiskReserve) {
    this.#path = path;
    this.#tell = tell;
    this.#events = new EventTable(db, Date.now);
    this.#inserts = new EventInserts(db, this.#events.types);
    this.#seal = new RetentionSeal(db);
    this.#queue = new CommitQueue(db, {
      onCommit: () => this.#events.refreshHead(),
      onRollback: () => {
        this.#events.forget();
        this.#inserts.forget();
      },
      asError: (failure) => asEventStoreError(failure, path),
      onFull: () => reserve?.release() ?? false,
      onSettled: () => this.#tellAll(),
    });
  }

  write(write: Write): void {
    this.#queue.add(
      (atomically) => this.#run(write, atomically),
      weightOf(write),
      (written) => this.#outcomes.push(written),
      (error) => this.#outcomes.push(toErrorMessage(error)),
    );
  }

  /** Resolves once everything requested so far is reported. */
  idle(): Promise<void> {
    return this.#queue.idle();
  }

  #tellAll(): void {
    const outcomes = this.#outcomes;
    this.#outcomes = [];
    const failure = this.#queue.lastFailure;
    const lastFailure = failure === undefined ? undefined : toErrorMessage(asEventStoreError(failure, this.#path));
    this.#tell({ kind: 'settled', outcomes, head: this.#events.head(), lastFailure });
  }

  #run(write: Write, atomically: Atomically): Written {
    switch (write.kind) {
      case 'append':
        return this.#append(write, atomically);
      case 'appendRecorded':
        return atomically(() => this.#insertRecorded(write.events));
      case 'setRetention':
        return atomically(() => {
          const stream = this.#events.streams.findOrCreate(write.stream);
          this.#seal.change(write.stream, stream.retention, write.retention);
          this.#events.streams.setRetention(stream, write.retention);
          return NOTHING_TO_TELL;
        });
      default:
        return write satisfies never;
    }
  }

  #append({ stream: name, events, expected, recordedAt }: AppendWrite, atomically: Atomically): Written {
    const known = this.#events.streams.find(name);
    const decision = decideAppend(name, events, expected, {
      head: known?.head ?? -1,
      idAt: (revision) => known && this.#events.idAt(known, revision),
      revisionOf: (id) => known && this.#events.revisionOfId(known, id),
    });
    if (decision.kind === 'repeat') return this.#repeated(name, known, decision.last);
    return atomically(() => {
      const stream = known ?? this.#events.streams.findOrCreate(name);
      const position = this.#insert(name, stream, events, recordedAt);
      return [stream.head, position, false];
    });
  }

  #insert(name: StreamName, stream: StreamEntry, events: readonly PreparedEvent[], recordedAt: number): number {
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

  #insertRecorded(events: readonly PreparedRecordedEvent[]): Written {
    for (const { stream: name, revision, recordedAt, event } of events) {
      const stream = this.#events.streams.findOrCreate(name);
      if (revision !== stream.head + 1) throw WrongExpectedRevision.ofRecorded(name, revision, stream.head);
      try {
        this.#inserts.append(name, stream, event, recordedAt);
      } catch (error) {
        throw isUniqueViolation(error) ? new EventIdConflict(name, event.id) : error;
      }
    }
    return NOTHING_TO_TELL;
  }

  #repeated(name: StreamName, stream: StreamEntry | undefined, revision: number): Written {
    const position = stream && this.#events.positionAt(stream, revision);
    if (position === undefined) throw new EventLogDamaged(`Stream ${name} has lost its event ${revision}.`);
    return [revision, position, true];
  }
}

/** Roughly the bytes that it writes. */
function weightOf(write: Write): number {
  switch (write.kind) {
    case 'append':
      return payloadOf(write.events);
    case 'appendRecorded':
      return payloadOf(write.events.map(({ event }) => event));
    case 'setRetention':
      return 0;
    default:
      return write satisfies never;
  }
}

function payloadOf(events: readonly PreparedEvent[]): number {
  let weight = 0;
  for (const { data, metadata } of events) weight += data.length + metadata.length;
  return weight;
}
