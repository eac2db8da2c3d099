import type { ExpectedRevision, Position, Revision, StreamName } from './port.js';

/** Everything an event store refuses or fails with. `code` is stable; messages say what to do next and hold no payloads. */
export abstract class EventStoreError extends Error {
  abstract readonly code: string;

  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = new.target.name;
  }
}

/** The stream is not where the writer took it to be: load it again, decide again, append again. */
export class WrongExpectedRevision extends EventStoreError {
  readonly code = 'event-store.wrong-expected-revision';
  readonly stream: string;
  readonly expected: ExpectedRevision;
  readonly actual: Revision | 'no_stream';

  /** Of an event that should have gone to its own revision, behind this head (-1 for none). */
  static ofRecorded(stream: string, revision: number, head: number): WrongExpectedRevision {
    const expected = revision === 0 ? 'no_stream' : BigInt(revision - 1);
    return new WrongExpectedRevision(stream, expected, head < 0 ? 'no_stream' : BigInt(head));
  }

  constructor(stream: string, expected: ExpectedRevision, actual: Revision | 'no_stream') {
    super(
      `Stream ${stream} was expected ${described(expected)}, but ${actual === 'no_stream' ? 'has no events' : `is at revision ${actual}`}.`,
    );
    this.stream = stream;
    this.expected = expected;
    this.actual = actual;
  }
}

/**
 * Some of the appended events are in the stream already, and not as this append would have put them there ("corrupted
 * idempotency"). A retry must repeat the very same events with the very same expected revision.
 */
export class EventIdConflict extends EventStoreError {
  readonly code = 'event-store.event-id-conflict';
  readonly stream: string;
  readonly eventId: string;

  constructor(stream: string, eventId: string) {
    super(
      `Stream ${stream} already holds some of these events, but not all of them in this place (first difference: event ${eventId}). ` +
        'Repeat an append exactly as it was, or give new events new ids.',
    );
    this.stream = stream;
    this.eventId = eventId;
  }
}

/** An append that no adapter could store faithfully: bad names, ids or payloads. A defect of the caller. */
export class InvalidEvent extends EventStoreError {
  readonly code = 'event-store.invalid-event';
}

export class InvalidStreamMetadata extends EventStoreError {
  readonly code = 'event-store.invalid-stream-metadata';
}

/** The store cannot answer now. Safe to retry with the same event ids, also where it is unclear whether the first try was stored. */
export class EventStoreUnavailable extends EventStoreError {
  readonly code = 'event-store.unavailable';
}

/** Another writer has the log open. */
export class EventStoreLocked extends EventStoreError {
  readonly code = 'event-store.locked';
}

export class EventLogTooNew extends EventStoreError {
  readonly code = 'event-store.log-too-new';
}

export class EventLogNotWritable extends EventStoreError {
  readonly code = 'event-store.not-writable';
}

/** The file is not an event log, or not any more. */
export class EventLogDamaged extends EventStoreError {
  readonly code = 'event-store.damaged';
}

/** What is left of an event that can be located and not read. */
export interface EventPlace {
  readonly position: Position;
  readonly revision: Revision;
  /** Undefined where the log has lost the name. */
  readonly stream: StreamName | undefined;
  readonly type: string | undefined;
  readonly id: string;
  /** ISO 8601 UTC; undefined where it is no instant. */
  readonly recordedAt: string | undefined;
}

/** One event of the log cannot be read: it holds no JSON, or its names are gone. All others can; trying again changes nothing. */
export class EventDamaged extends EventStoreError {
  readonly code = 'log.damaged';
  readonly place: EventPlace;

  constructor(place: EventPlace, reason: string, options?: ErrorOptions) {
    const { position, stream, type } = place;
    super(
      `The event at position ${position} (${type ?? 'of a lost type'} in ${stream ?? 'a lost stream'}) is damaged: ${reason}. ` +
        'Find out with "streamvault log verify" what else is, and restore the log from a backup.',
      options,
    );
    this.place = place;
  }
}

/** There is no log where one should be read. */
export class EventLogMissing extends EventStoreError {
  readonly code = 'event-store.log-missing';
}

/** A file stands where a backup, or a restored log, should go. Nothing is ever overwritten. */
export class EventLogExists extends EventStoreError {
  readonly code = 'event-store.log-exists';
}

/** The log is from before events carried hashes, and was not yet opened for writing since. */
export class EventLogNotChained extends EventStoreError {
  readonly code = 'event-store.log-not-chained';
}

export class UnsupportedSqlite extends EventStoreError {
  readonly code = 'event-store.unsupported-sqlite';
}

export class UnsupportedEventStoreUrl extends EventStoreError {
  readonly code = 'event-store.unsupported-url';
}

function described(expected: ExpectedRevision): string {
  if (expected === 'no_stream') return 'to have no events';
  return typeof expected === 'bigint' ? `to be at revision ${expected}` : 'to exist';
}
