import { sanitizeName } from './file-name.js';

export interface VideoNaming {
  readonly streamerName: string;
  readonly title: string;
  /** ISO 8601. */
  readonly recordedAt: string;
  readonly recordingId: number;
  /** From 1. More than one where the broadcast changed its coding on the way. */
  readonly outputNumber?: number;
}

/** No file system here takes more in one component (Linux NAME_MAX; NTFS counts 255 UTF-16 units, which are never more than the bytes). */
const MAX_COMPONENT_BYTES = 255;
/** Room for what stands beside a video under the same name: `.chapters.vtt`, `.storyboard.jpg`. */
const SIDECAR_BYTES = 24;
/** Leaves most of what Windows programs take for a whole path (260) to the rest of it. */
const MAX_STREAMER_BYTES = 100;

/**
 * Where a video lies below the library's root, with `/` between: `<Streamer>/<YYYY-MM-DD HH-mm-ss> <title> [<recordingId>].mp4`, in UTC.
 * Always two components, both valid on every usual file system; two videos never share a path, whatever their titles are.
 *
 * @throws RangeError where `recordedAt` is no instant.
 */
export function videoPath({ streamerName, title, recordedAt, recordingId, outputNumber = 1 }: VideoNaming): string {
  const time = new Date(recordedAt)
    .toISOString()
    .replace(/\.\d+Z$/, '')
    .replace('T', ' ')
    .replaceAll(':', '-');
  const id = outputNumber === 1 ? `[${recordingId}]` : `[${recordingId}-${outputNumber}]`;
  const fixedBytes = `${time}  ${id}`.length;
  const name = sanitizeName(title, MAX_COMPONENT_BYTES - SIDECAR_BYTES - fixedBytes);
  const folder = sanitizeName(streamerName, MAX_STREAMER_BYTES) || 'Unknown streamer';
  return `${folder}/${[time, name, id].filter((part) => part !== '').join(' ')}.mp4`;
}

/** The thumbnail of a video stands beside it, where media centres find it. */
export function thumbnailPath(videoPath: string): string {
  return `${videoPath.replace(/\.mp4$/, '')}.jpg`;
}
