import { errorCode } from '@streamvault/failures';
import { createHash } from 'node:crypto';
import { open, type FileHandle } from 'node:fs/promises';
import { basename } from 'node:path';
import { SourceUnreadable } from './errors.js';
import type { PackedAudio } from './packed-audio/frame-header.js';
import { timestampIn } from './packed-audio/packed-audio-reader.js';
import { packedToTs, type PackedClock } from './packed-audio/packed-to-ts.js';

/** A transport stream, fragmented MP4, or audio without a container (RFC 8216 section 3.4). */
export type Container = 'ts' | 'mp4' | PackedAudio;
export const containers = ['ts', 'mp4', 'aac', 'mp3', 'ac3', 'eac3'] as const satisfies Container[];

export interface ByteRange {
  readonly file: string;
  readonly offset: number;
  readonly length: number;
}

/**
 * A stretch of media with one continuous timeline, as bytes in order. It may span several files. `signature` names the
 * coding: runs with the same signature can be joined without encoding.
 */
export interface MediaRun {
  readonly container: Container;
  /** The initialisation segment of fragmented MP4, to be read first. */
  readonly init?: ByteRange;
  readonly ranges: readonly ByteRange[];
  /** As the ledger says. */
  readonly durationSeconds: number;
  /** Its audio, if the source keeps that apart: bytes of its own, timed by the same clock. */
  readonly sound?: MediaRun;
  /** By how much the ledger itself may be off, because the source gave whole seconds only. */
  readonly slackSeconds?: number;
  readonly signature: string;
}

/** A stream with enough details to put it into a file. */
export interface RunStream {
  readonly kind: 'video' | 'audio';
  /** ffmpeg's number for it. */
  readonly index: number;
  /** It is in the run's separate audio. */
  readonly apart?: boolean;
  readonly codec: string;
  /** Equal for streams that can follow one another in one track. */
  readonly coding: string;
}

/** ffmpeg's names for the containers that {@link streamOf} gives. */
export const DEMUXERS = {
  ts: 'mpegts',
  mp4: 'mp4',
  aac: 'mpegts',
  mp3: 'mpegts',
  ac3: 'mpegts',
  eac3: 'mpegts',
} as const satisfies Record<MediaRun['container'], string>;

export const isPacked = ({ container }: Pick<MediaRun, 'container'>): boolean =>
  container !== 'ts' && container !== 'mp4';

export function bytesOf(run: MediaRun): number {
  const sound = run.sound === undefined ? 0 : bytesOf(run.sound);
  return run.ranges.reduce((sum, range) => sum + range.length, run.init?.length ?? 0) + sound;
}

export function isEmpty(run: MediaRun): boolean {
  return run.ranges.every((range) => range.length === 0);
}

/**
 * A short word that is the same only for the same bytes in the same order. Folders do not count, so that a moved data
 * folder changes nothing.
 */
export function identityOf(runs: readonly MediaRun[]): string {
  const local = ({ file, offset, length }: ByteRange) => [basename(file), offset, length];
  const facts = runs.map((run) => [
    run.container,
    run.init && local(run.init),
    mergeRanges(run.ranges).map(local),
    run.durationSeconds,
    ...(run.sound ? [identityOf([run.sound])] : []),
  ]);
  return createHash('sha256').update(JSON.stringify(facts)).digest('hex').slice(0, 24);
}

/** Adjacent ranges become one: a recording has thousands of segments and a handful of files. Empty ones disappear. */
export function mergeRanges(ranges: readonly ByteRange[]): readonly ByteRange[] {
  const merged: ByteRange[] = [];
  for (const range of ranges) {
    if (range.length === 0) continue;
    const last = merged.at(-1);
    if (last !== undefined && last.file === range.file && last.offset + last.length === range.offset) {
      merged[merged.length - 1] = { file: last.file, offset: last.offset, length: last.length + range.length };
    } else {
      merged.push({ file: range.file, offset: range.offset, length: range.length });
    }
  }
  return merged;
}

/** Groups neighbours that `sameKind` accepts; the order stays. */
export function groupNeighbours<T>(
  items: readonly T[],
  sameKind: (left: T, right: T) => boolean,
): readonly (readonly [T, ...T[]])[] {
  const groups: [T, ...T[]][] = [];
  for (const item of items) {
    const group = groups.at(-1);
    const last = group?.at(-1);
    if (group !== undefined && last !== undefined && sameKind(last, item)) group.push(item);
    else groups.push([item]);
  }
  return groups;
}

const CHUNK_BYTES = 1024 * 1024;

/**
 * The run's bytes in order, a mebibyte at a time.
 * @throws SourceUnreadable if a file is missing, unreadable or shorter than the ledger says
 */
export async function* readRun(run: MediaRun): AsyncGenerator<Uint8Array> {
  for (const range of mergeRanges(run.init === undefined ? run.ranges : [run.init, ...run.ranges])) {
    const handle = await openSource(range.file);
    try {
      yield* readRange(handle, range);
    } finally {
      await handle.close();
    }
  }
}

async function* readRange(handle: FileHandle, range: ByteRange): AsyncGenerator<Uint8Array> {
  const end = range.offset + range.length;
  for (let position = range.offset; position < end;) {
    const chunk = Buffer.allocUnsafe(Math.min(CHUNK_BYTES, end - position));
    const { bytesRead } = await read(handle, chunk, position, range.file);
    if (bytesRead === 0)
      throw new SourceUnreadable(range.file, `ends at byte ${position}, but the ledger goes on to byte ${end}`);
    position += bytesRead;
    yield chunk.subarray(0, bytesRead);
  }
}

async function openSource(file: string): Promise<FileHandle> {
  try {
    return await open(file, 'r');
  } catch (error) {
    throw new SourceUnreadable(file, `cannot be opened (${errorCode(error) ?? String(error)})`, { cause: error });
  }
}

async function read(handle: FileHandle, chunk: Buffer, position: number, file: string) {
  try {
    return await handle.read(chunk, 0, chunk.length, position);
  } catch (error) {
    throw new SourceUnreadable(file, `cannot be read at byte ${position} (${errorCode(error) ?? String(error)})`, {
      cause: error,
    });
  }
}

/**
 * The run in a container that ffmpeg reads. Audio without one is put into a transport stream on the way.
 * @param bytes the run's own
 * @param clock what times audio that has no container
 */
export function streamOf(
  run: MediaRun,
  clock: PackedClock = 'counted',
  bytes: AsyncIterable<Uint8Array> = readRun(run),
): AsyncIterable<Uint8Array> {
  return isPacked(run) ? packedToTs(bytes, clock) : bytes;
}

const STAMP_WITHIN_BYTES = 64 * 1024;

/**
 * Whether it has times by the source's clock, so that it fits the other half of a broadcast. Only audio without a
 * container may lack them.
 */
export async function isTimed(run: MediaRun): Promise<boolean> {
  const [first] = run.ranges;
  if (first === undefined || !isPacked(run)) return true;
  const head = { ...run, ranges: [{ ...first, length: Math.min(first.length, STAMP_WITHIN_BYTES) }] };
  const chunks: Uint8Array[] = [];
  for await (const chunk of readRun(head)) chunks.push(chunk);
  return timestampIn(Buffer.concat(chunks)) !== undefined;
}
