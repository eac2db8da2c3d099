import type { JsonObject, JsonValue, NewEvent, NonEmptyArray } from '@streamvault/event-store';
import { asRestored, type EventRegistry } from '@streamvault/kernel';
import { foldRecording, recordingEvents, type RecordingContext } from '@streamvault/recording';
import { foldVideo } from '../domain/video-decider.js';
import { videoEvents } from '../domain/video-events.js';
import type { ExistingVideo } from '../domain/video-state.js';
import type { InfoFile, KeptEvent, KeptStream } from '../sidecars/info-file.js';

/** What an info file tells, found to be a past that a video and its recording can have. */
export interface PastOfVideo {
  readonly video: ExistingVideo;
  readonly recording: RecordingContext | null;
}

/** Numbers that the things of an info file have in this log. */
export interface OwnNumbers {
  readonly videoId: number;
  readonly recordingId: number | null;
  readonly streamerId: number;
}

const videoTypes = new Set(videoEvents.map(({ type }) => type as string));
const recordingTypes = new Set(recordingEvents.map(({ type }) => type as string));

/**
 * An info file lies where anybody may write: only what these events can be, with paths that stay in the library, is taken over.
 *
 * @throws SidecarDamaged
 */
export function pastOf(info: InfoFile, registry: EventRegistry): PastOfVideo {
  const video = foldVideo(eventsOf(info.video, videoTypes, registry));
  if (!video) throw new SidecarDamaged('its first event does not begin a video');
  if (video.videoId !== info.video.id) throw new SidecarDamaged('its events are of another video');
  if (video.place.kind === 'purging' || video.place.kind === 'purged')
    throw new SidecarDamaged('it says that the video was deleted');
  if (info.recording === null) return { video, recording: null };
  const recording = foldRecording(eventsOf(info.recording, recordingTypes, registry));
  if (!recording) throw new SidecarDamaged('the first event of its recording does not begin one');
  if (recording.context.recordingId !== info.recording.id || video.recordingId !== info.recording.id)
    throw new SidecarDamaged('its events are of another recording');
  if (recording.context.outputs.length === 0) throw new SidecarDamaged('its recording never had a video');
  return { video, recording: recording.context };
}

/** Its events as they can be appended to streams of these numbers. Nothing reacts to them. */
export function restoredEvents({ events }: KeptStream, numbers: OwnNumbers): NonEmptyArray<NewEvent> {
  const [first, ...rest] = events.map((event) => restoredEvent(event, numbers));
  if (!first) throw new SidecarDamaged('it has no events');
  return [first, ...rest];
}

const restoredEvent = (
  { id, type, version, data, metadata, recordedAt }: KeptEvent,
  numbers: OwnNumbers,
): NewEvent => ({
  id,
  type,
  version,
  data: renumbered(data, numbers),
  metadata: asRestored(metadata as NewEvent['metadata'], recordedAt),
});

/** The numbers of this log; and no broadcast, since those did not come back and their numbers are given out again. */
function renumbered(data: JsonObject, { videoId, recordingId, streamerId }: OwnNumbers): JsonObject {
  const numbers: Readonly<Record<string, JsonValue>> = { videoId, recordingId, streamerId, broadcastId: null };
  const entries = Object.entries(data).map(([key, value]): [string, JsonValue] => [
    key,
    typeof value === 'number' && Object.hasOwn(numbers, key) ? (numbers[key] ?? null) : value,
  ]);
  return Object.fromEntries(entries);
}

function eventsOf({ events }: KeptStream, types: ReadonlySet<string>, registry: EventRegistry) {
  return events.map((event, index) => {
    const definition = registry.definition(event.type);
    if (!definition || !types.has(event.type)) throw new SidecarDamaged(`${event.type.slice(0, 60)} is no event of it`);
    requireSafePaths(event.data);
    try {
      const place = { stream: 'sidecar-0', revision: BigInt(index), position: BigInt(index) } as const;
      const read = registry.read({ ...event, ...place } as unknown as Parameters<EventRegistry['read']>[0]);
      definition.schema.parse(read.data);
      return read;
    } catch (error) {
      throw new SidecarDamaged(`event ${index + 1}, ${event.type}, cannot be read`, { cause: error });
    }
  });
}

/** Whatever is called a file must lie below the library's root. */
function requireSafePaths(value: JsonValue): void {
  if (typeof value !== 'object' || value === null) return;
  for (const [key, inner] of Object.entries<JsonValue>(value)) {
    if ((key === 'file' || key === 'thumbnailFile') && (typeof inner !== 'string' || !isBelowRoot(inner)))
      throw new SidecarDamaged('a path in it leads out of the library');
    requireSafePaths(inner);
  }
}

const isBelowRoot = (path: string): boolean =>
  path !== '' && !/[\\\0]/.test(path) && !path.split('/').some((part) => part === '' || part === '.' || part === '..');

export class SidecarDamaged extends Error {
  readonly code = 'import.info-file-damaged';
  constructor(why: string, options?: ErrorOptions) {
    super(`The info file beside it cannot be used: ${why}.`, options);
    this.name = new.target.name;
  }
}
