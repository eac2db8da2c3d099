import { execFile } from 'node:child_process';
import { hash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, open, readdir, readFile, rename, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { MediaToolMissing } from './errors.js';
import { runTool } from './run-tool.js';
import type { ByteRange, MediaRun } from './runs.js';
import { locateTools, type MediaTools } from './tools.js';

const execute = promisify(execFile);

/** The tools on this machine: what is installed, and the old programs that npm brings. */
export async function toolsToTest(): Promise<readonly (readonly [string, MediaTools])[]> {
  const found: [string, MediaTools][] = [];
  for (const [name, searchPath] of [
    ['system', undefined],
    ['npm fallback', ''],
  ] as const) {
    try {
      const tools = await locateTools({ searchPath });
      if (!found.some(([, { ffmpeg }]) => ffmpeg.path === tools.ffmpeg.path)) found.push([name, tools]);
    } catch (error) {
      // A machine may have one of the two.
      if (!(error instanceof MediaToolMissing)) throw error;
    }
  }
  if (found.length === 0) throw new Error('No ffmpeg at all: install one, or the optional npm packages.');
  return found;
}

/** For what does not depend on them: those that start fastest, because all their libraries are in one file. */
export async function anyTools(): Promise<MediaTools> {
  try {
    return await locateTools({ searchPath: '' });
  } catch (error) {
    if (!(error instanceof MediaToolMissing)) throw error;
    return locateTools();
  }
}

export interface TemporaryFolder extends AsyncDisposable {
  readonly path: string;
  remove(): Promise<void>;
}

export async function temporaryFolder(): Promise<TemporaryFolder> {
  const path = await mkdtemp(join(tmpdir(), 'streamvault-media-'));
  const remove = () => rm(path, { recursive: true, force: true });
  return { path, remove, [Symbol.asyncDispose]: remove };
}

/** A disk of the given size in mebibytes, if the system allows it (root on Linux). */
export async function smallDisk(path: string, mebibytes: number): Promise<{ remove(): Promise<unknown> } | undefined> {
  await mkdir(path);
  try {
    await execute('mount', ['-t', 'tmpfs', '-o', `size=${mebibytes}m`, 'tmpfs', path]);
    return { remove: () => execute('umount', [path]) };
  } catch {
    return undefined;
  }
}

export interface SourceOptions {
  readonly container: 'ts' | 'mp4';
  readonly seconds: number;
  readonly size?: string;
  /** Timestamps of a live stream do not begin at zero. */
  readonly startSeconds?: number;
  readonly video?: 'h264' | 'hevc' | 'none';
  readonly audio?: 'aac' | 'none';
}

export interface Source {
  readonly init?: Buffer;
  readonly segments: readonly { readonly bytes: Buffer; readonly seconds: number }[];
}

/** Small: tests ask how it is joined and cut, and coding costs. */
export const [WIDTH, HEIGHT] = [128, 72] as const;
const SIZE = `${WIDTH}x${HEIGHT}`;
export const FRAME_RATE = 30;
export const FRAME_SECONDS = 1 / FRAME_RATE;

const cache = join(import.meta.dirname, '../../../node_modules/.cache/media-sources');

/** A broadcast as HLS segments of two seconds: H.264 with B-frames, AAC. Encoded once, and kept for other tests. */
export async function makeSource(tools: MediaTools, options: SourceOptions): Promise<Source> {
  const { container } = options;
  const key = hash('sha256', JSON.stringify([2, tools.ffmpeg.path, options])).slice(0, 24);
  const folder = join(cache, key);
  if (!existsSync(folder)) await encodeSource(tools, options, folder);
  const durations = [...(await readFile(join(folder, 'live.m3u8'), 'utf8')).matchAll(/#EXTINF:([\d.]+)/g)].map(
    (match) => Number(match[1]),
  );
  const names = (await readdir(folder)).filter((name) => name.startsWith('segment-')).sort();
  const contents = await Promise.all(names.map((name) => readFile(join(folder, name))));
  const segments = contents.map((bytes, index) => ({ bytes, seconds: durations[index] ?? 0 }));
  return container === 'mp4' ? { init: await readFile(join(folder, 'init.mp4')), segments } : { segments };
}

async function encodeSource(tools: MediaTools, options: SourceOptions, folder: string): Promise<void> {
  const { container, seconds, size = SIZE, startSeconds = 1000 } = options;
  const unfinished = `${folder}.${process.pid}`;
  await mkdir(unfinished, { recursive: true });
  const picture = ['-f', 'lavfi', '-i', `testsrc2=size=${size}:rate=${FRAME_RATE}`];
  const sound = ['-f', 'lavfi', '-i', 'sine=frequency=440:sample_rate=48000'];
  await runTool({
    program: tools.ffmpeg.path,
    args: [
      ['-loglevel', 'error', '-nostdin', '-y'],
      options.video === 'none' ? [] : picture,
      options.audio === 'none' ? [] : sound,
      ['-t', String(seconds)],
      encoderOf(options.video),
      options.audio === 'none' ? [] : ['-c:a', 'aac', '-b:a', '96k'],
      ['-output_ts_offset', String(startSeconds)],
      ['-f', 'hls', '-hls_time', '2', '-hls_list_size', '0'],
      container === 'mp4' ? ['-hls_segment_type', 'fmp4', '-hls_fmp4_init_filename', 'init.mp4'] : [],
      ['-hls_segment_filename', join(unfinished, `segment-%03d.${container === 'mp4' ? 'm4s' : 'ts'}`)],
      join(unfinished, 'live.m3u8'),
    ].flat(),
  });
  try {
    await rename(unfinished, folder);
  } catch (error) {
    await rm(unfinished, { recursive: true, force: true });
    // Another process may have been faster; its source is the same.
    if (!existsSync(folder)) throw error;
  }
}

function encoderOf(video: SourceOptions['video'] = 'h264'): readonly string[] {
  const keyFrames = ['-g', String(2 * FRAME_RATE), '-keyint_min', String(2 * FRAME_RATE), '-sc_threshold', '0'];
  switch (video) {
    case 'h264':
      return ['-c:v', 'libx264', '-preset', 'veryfast', '-bf', '2', '-pix_fmt', 'yuv420p', ...keyFrames];
    case 'hevc':
      return [
        '-c:v',
        'libx265',
        '-preset',
        'ultrafast',
        '-pix_fmt',
        'yuv420p',
        '-x265-params',
        'log-level=none:keyint=60:min-keyint=60',
      ];
    default:
      return [];
  }
}

/** Writes segments into part files as a capture does, and returns the run as the ledger would. */
export async function capture(
  folder: string,
  container: 'ts' | 'mp4',
  parts: readonly (readonly [name: string, source: Source, from: number, to: number])[],
  signature = 'same',
): Promise<MediaRun> {
  const ranges: ByteRange[] = [];
  let init: ByteRange | undefined;
  let durationSeconds = 0;
  for (const [name, source, from, to] of parts) {
    const file = join(folder, name);
    await using handle = await open(file, 'a');
    let offset = (await stat(file)).size;
    const write = async (bytes: Buffer) => {
      await handle.write(bytes);
      const range = { file, offset, length: bytes.length };
      offset += bytes.length;
      return range;
    };
    if (source.init !== undefined) {
      const written = await write(source.init);
      init ??= written;
    }
    for (const segment of source.segments.slice(from, to)) {
      ranges.push(await write(segment.bytes));
      durationSeconds += segment.seconds;
    }
  }
  return { container, ...(init && { init }), ranges, durationSeconds, signature };
}
