import type { PreparedEvent } from '../new-events.js';
import type { ExpectedRevision, StreamName } from '../port.js';
import type { Retention } from '../retention.js';
import type { PreparedRecordedEvent } from '../transfer/recorded-events.js';
import type { ErrorMessage } from './error-message.js';

/** What the log's writer is asked to write, each as one unit. */
export type Write =
  | AppendWrite
  | { readonly kind: 'appendRecorded'; readonly events: readonly PreparedRecordedEvent[] }
  | { readonly kind: 'setRetention'; readonly stream: StreamName; readonly retention: Retention };

export interface AppendWrite {
  readonly kind: 'append';
  readonly stream: StreamName;
  readonly events: readonly PreparedEvent[];
  readonly expected: ExpectedRevision;
  /** Milliseconds since 1970. */
  readonly recordedAt: number;
}

/** An append's result. A tuple, because object keys would be copied between threads too. */
export type Written = readonly [revision: number, position: number, alreadyAppended: boolean];

/** The result of writes that are not appends. */
export const NOTHING_TO_TELL: Written = [-1, 0, false];

export type Outcome = Written | ErrorMessage;

export function isWritten(outcome: Outcome): outcome is Written {
  return Array.isArray(outcome);
}

/** What the writer's thread is started with. */
export interface WriterData {
  readonly path: string;
  /** Reserved for the log on its disk; 0 for none. */
  readonly reserveBytes: number;
}

export type ToWriter =
  | { readonly kind: 'write'; readonly writes: readonly PackedWrite[] }
  /** Comes last: the writer ends once it has done what came before. */
  | { readonly kind: 'close' };

export type FromWriter =
  { readonly kind: 'ready' } | { readonly kind: 'refused'; readonly error: ErrorMessage } | Settled;

/** The results of the oldest pending writes, in the order of the calls. */
export interface Settled {
  readonly kind: 'settled';
  readonly outcomes: readonly Outcome[];
  /** The position of the last committed event. */
  readonly head: number;
  /** Why the last commit failed; undefined as soon as one succeeds again. */
  readonly lastFailure: ErrorMessage | undefined;
}

type PackedEvent = readonly [id: string, type: string, version: number, data: string, metadata: string];

/** As sent between threads: what occurs thousands of times a second is sent as tuples. */
export type PackedWrite =
  | readonly [stream: StreamName, expected: ExpectedRevision, recordedAt: number, ...events: PackedEvent[]]
  | Exclude<Write, AppendWrite>;

export function pack(write: Write): PackedWrite {
  if (write.kind !== 'append') return write;
  const events = write.events.map(({ id, type, version, data, metadata }): PackedEvent => [
    id,
    type,
    version,
    data,
    metadata,
  ]);
  return [write.stream, write.expected, write.recordedAt, ...events];
}

export function unpack(packed: PackedWrite): Write {
  if (!isTuple(packed)) return packed;
  const [stream, expected, recordedAt, ...tuples] = packed;
  const events = tuples.map(([id, type, version, data, metadata]) => ({ id, type, version, data, metadata }));
  return { kind: 'append', stream, events, expected, recordedAt };
}

function isTuple(packed: PackedWrite): packed is Extract<PackedWrite, readonly unknown[]> {
  return Array.isArray(packed);
}
