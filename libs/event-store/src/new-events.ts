import { InvalidEvent } from './errors.js';
import { jsonText } from './json-text.js';
import type { ExpectedRevision, NewEvent } from './port.js';
import { isEventType } from './stream-name.js';

const UUID = /^[\da-fA-F]{8}-[\da-fA-F]{4}-[\da-fA-F]{4}-[\da-fA-F]{4}-[\da-fA-F]{12}$/;
/** In UTF-16 units, data and metadata together. Larger content belongs in a file that the event names. */
const MAX_PAYLOAD = 16 * 1024 * 1024;

/** An event, checked and serialized: whatever the caller does with its object afterwards, this is stored. */
export interface PreparedEvent {
  /** Lower case. */
  readonly id: string;
  readonly type: string;
  readonly version: number;
  readonly data: string;
  readonly metadata: string;
}

/** @throws InvalidEvent */
export function prepareEvents(events: readonly NewEvent[]): readonly PreparedEvent[] {
  if (events.length === 0) throw new InvalidEvent('An append needs at least one event.');
  const prepared = events.map(prepareEvent);
  if (prepared.length > 1 && new Set(prepared.map((event) => event.id)).size < prepared.length) {
    throw new InvalidEvent('Two events of one append have the same id. Give each its own.');
  }
  return prepared;
}

/** @throws InvalidEvent */
export function requireExpectedRevision(expected: ExpectedRevision): void {
  if (typeof expected === 'bigint' ? expected >= 0n : ['any', 'no_stream', 'stream_exists'].includes(expected)) return;
  throw new InvalidEvent("The expected revision must be a bigint from 0n, 'any', 'no_stream' or 'stream_exists'.");
}

function prepareEvent(event: NewEvent, index: number): PreparedEvent {
  const what = `event[${index}]`;
  // The nil UUID (RFC 9562 §5.9) is not a valid id for a server.
  if (typeof event.id !== 'string' || !UUID.test(event.id) || /^[0-]+$/.test(event.id))
    throw new InvalidEvent(`${what}.id must be a UUID.`);
  if (!isEventType(event.type)) {
    throw new InvalidEvent(`${what}.type must be a non-empty name that does not begin with "$".`);
  }
  if (!Number.isSafeInteger(event.version) || event.version < 1) {
    throw new InvalidEvent(`${what}.version must be a whole number from 1.`);
  }
  const data = jsonText(event.data, `${what}.data`);
  const metadata = jsonText(event.metadata, `${what}.metadata`);
  if (data.length + metadata.length > MAX_PAYLOAD) {
    throw new InvalidEvent(`${what} is larger than 16 MiB. Store the content in a file and its name in the event.`);
  }
  return { id: event.id.toLowerCase(), type: event.type, version: event.version, data, metadata };
}
