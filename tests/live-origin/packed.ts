import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { findFfmpeg } from './media.js';

export type PackedFormat = 'aac' | 'mp3' | 'ac3' | 'eac3';

export interface PackedRequest {
  readonly directory: string;
  readonly format: PackedFormat;
  readonly seconds: number;
  /** What the first timestamp says. */
  readonly startSeconds?: number;
  readonly sampleRate?: number;
  /** Distinguishes the files of several in one directory. */
  readonly name?: string;
  /** Hertz. */
  readonly pitch?: number;
}

export interface PackedSegment {
  readonly file: string;
  readonly bytes: Buffer;
  readonly sha256: string;
  readonly startSeconds: number;
  readonly durationSeconds: number;
}

const MUXERS = { aac: 'adts', mp3: 'mp3', ac3: 'ac3', eac3: 'eac3' } as const;
const ENCODERS = { aac: 'aac', mp3: 'libmp3lame', ac3: 'ac3', eac3: 'eac3' } as const;

/**
 * Audio without a container in segments of about a second, each after an ID3 tag with its time, as Apple's tools make
 * it.
 */
export async function makePacked(request: PackedRequest): Promise<readonly PackedSegment[]> {
  const { directory, format, seconds, startSeconds = 0, sampleRate = 48_000, name = 'sound', pitch = 440 } = request;
  const list = path.join(directory, `${name}.csv`);
  // What these muxers would write beside the frames belongs at the beginning of a file, not of a segment.
  const plain = format === 'mp3' ? ['-segment_format_options', 'write_xing=0:id3v2_version=0'] : [];
  const arguments_ = [
    ['-hide_banner', '-loglevel', 'error', '-nostdin', '-y'],
    ['-f', 'lavfi', '-i', `sine=frequency=${pitch}:sample_rate=${sampleRate}:duration=${seconds}`],
    ['-ac', '2', '-ar', String(sampleRate), '-c:a', ENCODERS[format], '-b:a', '96k'],
    ['-f', 'segment', '-segment_time', '1', '-segment_format', MUXERS[format], ...plain],
    ['-segment_list', list, '-segment_list_type', 'csv', path.join(directory, `${name}-%03d.${format}`)],
  ].flat();
  await run(await findFfmpeg(), arguments_);
  const rows = (await readFile(list, 'utf8')).trim().split('\n');
  const segments = rows.map(async (row): Promise<PackedSegment> => {
    const [file = '', from, to] = row.split(',');
    const frames = await readFile(path.join(directory, file));
    const bytes = Buffer.concat([timestampTag(startSeconds + Number(from)), frames]);
    await writeFile(path.join(directory, file), bytes);
    const sha256 = createHash('sha256').update(bytes).digest('hex');
    return { file, bytes, sha256, startSeconds: Number(from), durationSeconds: Number(to) - Number(from) };
  });
  return Promise.all(segments);
}

/** An ID3v2.4 tag of one PRIV frame (RFC 8216 section 3.4). */
export function timestampTag(seconds: number): Buffer {
  const owner = Buffer.from('com.apple.streaming.transportStreamTimestamp\0', 'latin1');
  const ticks = Buffer.alloc(8);
  ticks.writeBigUInt64BE(BigInt(Math.round(seconds * 90_000)) & 0x1_ffff_ffffn);
  const frame = Buffer.concat([Buffer.from('PRIV'), syncsafe(owner.length + 8), Buffer.alloc(2), owner, ticks]);
  return Buffer.concat([Buffer.from('ID3\u0004\u0000\u0000', 'latin1'), syncsafe(frame.length), frame]);
}

const syncsafe = (size: number): Buffer =>
  Buffer.from([(size >> 21) & 127, (size >> 14) & 127, (size >> 7) & 127, size & 127]);

function run(program: string, parameters: readonly string[]): Promise<void> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, parameters, { stdio: ['ignore', 'ignore', 'pipe'] });
    let said = '';
    child.stderr.on('data', (chunk: Buffer) => (said += chunk.toString()));
    child.on('error', reject);
    child.on('close', (code) => (code === 0 ? resolve() : reject(new Error(`ffmpeg ended with ${code}: ${said}`))));
  });
}
