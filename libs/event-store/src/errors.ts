import type { ExpectedRevision, Position, Revision, StreamName } from './port.js';

/** Base of all errors of an event store. `code` is stable; messages say what to do next and contain no payloads. */
export abstract class EventStoreError extends Error {
  abstract readonly code: string;

  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = new.target.name;
  }
}

/** The stream is at another revision than the writer expected: load it again, decide again, append again. */
export class WrongExpectedRevision extends EventStoreError {
  readonly code = 'event-store.wrong-expected-revision';
  readonly stream: string;
  readonly expected: ExpectedRevision;
  readonly actual: Revision | 'no_stream';

  /** For an event that should have gone to its own revision, when the stream has this head (-1 for none). */
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
 * Some of the appended events are in the stream already, but not where this append would have put them ("corrupted
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

/**
 * The store cannot answer now. A retry with the same event ids is safe, even if it is unclear whether the first try was
 * stored.
 */
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

/** The file is not an event log, or is damaged. */
export class EventLogDamaged extends EventStoreError {
  readonly code = 'event-store.damaged';
}

/** What is known about an event that can be located but not read. */
export interface EventPlace {
  readonly position: Position;
  readonly revision: Revision;
  /** Undefined if the log has lost the name. */
  readonly stream: StreamName | undefined;
  readonly type: string | undefined;
  readonly id: string;
  /** ISO 8601 UTC; undefined if it is not an instant. */
  readonly recordedAt: string | undefined;
}

/**
 * One event of the log cannot be read: its content is not JSON, or its names are gone. All others can be read; a retry
 * changes nothing.
 */
export class EventDamaged extends EventStoreError {
  readonly code = 'log.damaged';
  readonly place: EventPlace;

  constructor(place: EventPlace, reason: string, options?: ErrorOptions) {
    const { position, stream, type } = place;
    super(
      `The event at position ${position} (${type ?? 'of a lost type'} in ${stream ?? 'a lost stream'}) is damaged: ${reason}. ` +
        'Find other damage with "streamvault log verify", and restore the log from a backup.',
      options,
    );
    this.place = place;
  }
}

/** The log to be read does not exist. */
export class EventLogMissing extends EventStoreError {
  readonly code = 'event-store.log-missing';
}

/** A file already exists where a backup, or a restored log, should go. Nothing is ever overwritten. */
export class EventLogExists extends EventStoreError {
  readonly code = 'event-store.log-exists';
}

/** The log comes from a time before events had hashes, and has not been opened for writing since. */
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
