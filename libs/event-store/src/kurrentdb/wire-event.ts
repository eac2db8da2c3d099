import type { EventData, ResolvedEvent } from '@kurrent/kurrentdb-client';
import { InvalidEvent } from '../errors.js';
import type { PreparedEvent } from '../new-events.js';
import type { EventMetadata, JsonObject, JsonValue, RecordedEvent, StreamName } from '../port.js';
import { positionOf } from '../position.js';
import { categoryOf } from '../stream-name.js';

/**
 * What the port knows about an event and the server does not. It is kept in its metadata beside `$correlationId` and
 * `$causationId`, so that it is visible in the server's own UI.
 *
 * An event without a version has version 1. The instant is kept for its fraction of a second only: the half of the
 * client that reads cuts the server's own `created` to whole seconds, the half that subscribes does not, and one event
 * must not have two times.
 */
const VERSION = 'eventVersion';
const APPENDED_AT = 'appendedAt';

/**
 * @param now milliseconds since 1970
 * @throws InvalidEvent if the metadata already has a field with one of these names
 */
export function toWire(event: PreparedEvent, now: number): EventData {
  const metadata: JsonObject = JSON.parse(event.metadata);
  for (const name of [VERSION, APPENDED_AT]) {
    if (!Object.hasOwn(metadata, name)) continue;
    throw new InvalidEvent(`The metadata of an event must not have "${name}": KurrentDB uses that name itself.`);
  }
  return {
    id: event.id,
    contentType: 'application/json',
    type: event.type,
    data: JSON.parse(event.data),
    metadata: { ...metadata, [VERSION]: event.version, [APPENDED_AT]: new Date(now).toISOString() },
  };
}

/**
 * Undefined for events that are not ours: system events, links whose event is gone, binary events, names that we would
 * not use.
 */
export function fromWire({ event, commitPosition }: ResolvedEvent, namespace: string): RecordedEvent | undefined {
  if (event === undefined || !event.isJson || event.type.startsWith('$')) return undefined;
  if (!event.streamId.startsWith(namespace)) return undefined;
  const stream = event.streamId.slice(namespace.length);
  const position = event.position?.commit ?? commitPosition;
  if (categoryOf(stream) === undefined || position === undefined || !isObject(event.data)) return undefined;
  const { [VERSION]: version, [APPENDED_AT]: appendedAt, ...metadata } = isObject(event.metadata) ? event.metadata : {};
  return {
    id: event.id,
    type: event.type,
    version: typeof version === 'number' && Number.isSafeInteger(version) && version > 0 ? version : 1,
    data: event.data,
    metadata: withOrigin(metadata, event.id),
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- it has a category
    stream: stream as StreamName,
    revision: event.revision,
    position: positionOf(position),
    recordedAt: recordedAt(event.created, appendedAt),
  };
}

/** By the server's clock, to the second. The fraction comes from the writer's clock if the two agree on the second. */
function recordedAt(created: Date, appendedAt: JsonValue | undefined): string {
  const second = Math.floor(created.getTime() / 1000);
  const instant = typeof appendedAt === 'string' ? Date.parse(appendedAt) : Number.NaN;
  return new Date(Math.floor(instant / 1000) === second ? instant : second * 1000).toISOString();
}

/** An event that somebody appended by hand has no origin. */
function withOrigin(metadata: JsonObject, id: string): EventMetadata {
  return { $correlationId: id, $causationId: id, actor: 'unknown', ...metadata };
}

function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !ArrayBuffer.isView(value);
}
