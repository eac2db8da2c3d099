import { InvalidEvent } from '../errors.js';
import { type PreparedEvent, prepareEvents } from '../new-events.js';
import type { EventStore, NonEmptyArray, RecordedEvent, StreamMetadata, StreamName } from '../port.js';
import { requireCategory } from '../stream-name.js';

/**
 * For stores that can take over events as they were recorded elsewhere. The embedded ones can; a server sets the time
 * itself.
 */
export interface AppendsRecorded {
  /**
   * Appends events of any streams in this order, with their ids, revisions and times: all, or none. Their positions are
   * the store's own.
   * @throws WrongExpectedRevision if an event is not the next of its stream; InvalidEvent
   */
  appendRecorded(events: NonEmptyArray<RecordedEvent>): Promise<void>;
}

/** For stores that can list the streams with retention. */
export interface TellsRetention {
  /** The metadata of the streams that have any. */
  readRetention(): AsyncIterable<StreamRetention>;
}

export interface StreamRetention {
  readonly stream: StreamName;
  readonly metadata: StreamMetadata;
}

export function appendsRecorded(store: EventStore): store is EventStore & AppendsRecorded {
  return 'appendRecorded' in store && typeof store.appendRecorded === 'function';
}

export function tellsRetention(store: object): store is TellsRetention {
  return 'readRetention' in store && typeof store.readRetention === 'function';
}

/** The metadata field in which a store with times of its own keeps the time of recording. */
export const ORIGINAL_TIME = 'originalRecordedAt';

/** The event with its time in its metadata. */
export function withTimeInMetadata(event: RecordedEvent): RecordedEvent {
  return { ...event, metadata: { ...event.metadata, [ORIGINAL_TIME]: event.recordedAt } };
}

/** The event as it was first recorded: with the time from the metadata, if a copy has put it there. */
export function asOriginal(event: RecordedEvent): RecordedEvent {
  const time = event.metadata[ORIGINAL_TIME];
  if (typeof time !== 'string' || instantOf(time) === undefined) return event;
  const { [ORIGINAL_TIME]: _, ...metadata } = event.metadata;
  // The spread loses the types of the known fields.
  const { $correlationId, $causationId, actor } = event.metadata;
  return { ...event, recordedAt: time, metadata: { ...metadata, $correlationId, $causationId, actor } };
}

/** Milliseconds since 1970 of an instant in this program's format; undefined for anything else. */
export function instantOf(text: string): number | undefined {
  const instant = Date.parse(text);
  return Number.isNaN(instant) || new Date(instant).toISOString() !== text ? undefined : instant;
}

export interface PreparedRecordedEvent {
  readonly stream: StreamName;
  readonly revision: number;
  /** Milliseconds since 1970. */
  readonly recordedAt: number;
  readonly event: PreparedEvent;
}

/** @throws InvalidEvent */
export function prepareRecorded(recorded: RecordedEvent): PreparedRecordedEvent {
  requireCategory(recorded.stream);
  const recordedAt = instantOf(recorded.recordedAt);
  if (recordedAt === undefined) {
    throw new InvalidEvent(`Event ${recorded.id} has no valid recording time (ISO 8601 UTC with milliseconds).`);
  }
  const [event] = prepareEvents([recorded]);
  if (event === undefined) throw new InvalidEvent(`Event ${recorded.id} cannot be stored.`);
  return { stream: recorded.stream, revision: Number(recorded.revision), recordedAt, event };
}
