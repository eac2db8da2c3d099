import { readFile, rename, rm, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { makeDirectory, writeContentDurably } from './durable-file.js';
import { asStorageError, NoKeyFrame } from './errors.js';
import { QUIET, runInput } from './ffmpeg-arguments.js';
import { requireSpace } from './free-space.js';
import { fitsTs } from './join-plan.js';
import { inspectRun } from './inspect-run.js';
import { parseProbe } from './media-probe.js';
import { RUN_PROTOCOLS, urlOf } from './run-input.js';
import { bytesOf, DEMUXERS, type MediaRun, type RunStream } from './runs.js';
import { runTool } from './run-tool.js';
import type { MediaTools } from './tools.js';

export interface SplitRequest {
  /** A transport stream or an MP4, whole or fragmented. */
  readonly run: MediaRun;
  /** Counted from its beginning, ascending. Each cut is made at the nearest key frame. */
  readonly atSeconds: readonly number[];
  /** Will hold the pieces, whole or not at all. If it is there, they were made by an earlier attempt. */
  readonly folder: string;
  readonly signal?: AbortSignal;
}

/** Nearer than this to an end, there is nothing to cut off. */
const LEAST_SECONDS = 0.2;
/** Key frames lie no further apart in what plays at all. */
const REACH_SECONDS = 15;
const LIST = 'pieces.json';

interface Piece {
  readonly file: string;
  readonly bytes: number;
  readonly seconds: number;
}

/**
 * Cuts a run at key frames by copying, so that each packet is in exactly one piece. Idempotent.
 * @returns one more than there are cuts; undefined where nothing is left
 * @throws NoKeyFrame, StorageFull, StorageRefused, MediaToolFailed, MediaToolTimedOut, or the signal's reason
 */
export async function splitRun(tools: MediaTools, request: SplitRequest): Promise<readonly (MediaRun | undefined)[]> {
  const { folder } = request;
  const made = await piecesIn(folder);
  if (made) return made;
  const temporary = join(dirname(folder), `.streamvault-${basename(folder)}.partial`);
  try {
    await rm(temporary, { recursive: true, force: true });
    await makeDirectory(temporary);
    await requireSpace([{ directory: temporary, bytes: bytesOf(request.run) }]);
    const pieces = await cut(tools, request, temporary);
    await writeContentDurably(join(temporary, LIST), JSON.stringify(pieces));
    await rename(temporary, folder);
  } catch (error) {
    await rm(temporary, { recursive: true, force: true });
    throw asStorageError(error, folder);
  }
  return (await piecesIn(folder)) ?? [];
}

async function piecesIn(folder: string): Promise<readonly (MediaRun | undefined)[] | undefined> {
  const text = await readFile(join(folder, LIST), 'utf8').catch(() => undefined);
  if (text === undefined) return undefined;
  return (JSON.parse(text) as readonly (Piece | null)[]).map((piece): MediaRun | undefined => {
    if (!piece) return undefined;
    const { bytes: length, file, seconds: durationSeconds } = piece;
    const container = file.endsWith('.ts') ? 'ts' : 'mp4';
    return {
      container,
      signature: 'unknown',
      durationSeconds,
      ranges: [{ file: join(folder, file), offset: 0, length }],
    };
  });
}

async function cut(
  tools: MediaTools,
  { atSeconds, run, signal }: SplitRequest,
  folder: string,
): Promise<(Piece | null)[]> {
  const streams = await inspectRun(tools, run, signal);
  const { begins, seconds } = await timesOf(tools, run, signal);
  const hasVideo = streams.some(({ kind }) => kind === 'video');
  const isInside = (at: number) => at > LEAST_SECONDS && at < seconds - LEAST_SECONDS;
  const cuts: number[] = [];
  for (const at of atSeconds)
    cuts.push(hasVideo && isInside(at) ? await keyFrameNear(tools, run, at, begins, signal) : at);
  const inside = [...new Set(cuts.filter(isInside))];
  const files = await write(tools, run, streams, { inside, folder, signal });
  const edges = [0, ...inside, seconds];
  const pieces: (Piece | null)[] = [];
  for (let place = 0; place <= cuts.length; place += 1) {
    const [from, to] = [place === 0 ? 0 : (cuts[place - 1] ?? 0), cuts[place] ?? seconds];
    const index = edges.findIndex((edge) => Math.abs(edge - clamped(from, seconds)) < LEAST_SECONDS);
    const isEmpty = clamped(to, seconds) - clamped(from, seconds) < LEAST_SECONDS || index < 0;
    const file = isEmpty ? undefined : files[index];
    pieces.push(
      file === undefined
        ? null
        : {
            file,
            bytes: (await stat(join(folder, file))).size,
            seconds: (edges[index + 1] ?? seconds) - (edges[index] ?? 0),
          },
    );
  }
  return pieces;
}

const clamped = (at: number, seconds: number): number =>
  at <= LEAST_SECONDS ? 0 : at >= seconds - LEAST_SECONDS ? seconds : at;

interface Order {
  readonly inside: readonly number[];
  readonly folder: string;
  readonly signal: AbortSignal | undefined;
}

/** ffmpeg's segment muxer: each packet goes into the piece that is being written, and a key frame begins the next. */
async function write(
  tools: MediaTools,
  run: MediaRun,
  streams: readonly RunStream[],
  { inside, folder, signal }: Order,
): Promise<readonly string[]> {
  const container = fitsTs({ run, streams }) ? 'ts' : 'mp4';
  const nameOf = (number: number) => `piece-${number}.${container}`;
  const maps = streams.flatMap(({ index }) => ['-map', `0:${index}`]);
  // A little before the key frame, because its time was rounded.
  const times = inside.map((at) => (at - 0.005).toFixed(6)).join(',');
  const output =
    inside.length === 0
      ? ['-f', container === 'ts' ? 'mpegts' : 'mp4', `file:${join(folder, nameOf(0))}`]
      : [
          ['-f', 'segment', '-segment_format', container === 'ts' ? 'mpegts' : 'mp4', '-segment_times', times],
          [`file:${join(folder, 'piece-').replaceAll('%', '%%')}%d.${container}`],
        ].flat();
  await runTool({
    program: tools.ffmpeg.path,
    args: [
      ...QUIET,
      ...runInput(DEMUXERS[run.container], urlOf(run)),
      ...maps,
      '-c',
      'copy',
      '-strict',
      '-2',
      ...output,
    ],
    timeLimitSeconds: Math.ceil(600 + bytesOf(run) / (512 * 1024)),
    writes: folder,
    ...(signal && { signal }),
  });
  return Array.from({ length: inside.length + 1 }, (_, number) => nameOf(number));
}

async function timesOf(tools: MediaTools, run: MediaRun, signal: AbortSignal | undefined) {
  const text = await ask(tools, run, ['-show_entries', 'format=start_time,duration', '-of', 'json'], signal);
  const { startSeconds = 0, durationSeconds = run.durationSeconds } = parseProbe(JSON.parse(text));
  return { begins: startSeconds, seconds: durationSeconds };
}

/** Counted from the beginning of the run. */
async function keyFrameNear(
  tools: MediaTools,
  run: MediaRun,
  at: number,
  begins: number,
  signal: AbortSignal | undefined,
): Promise<number> {
  const wanted = begins + at;
  const interval = `${Math.max(begins, wanted - REACH_SECONDS).toFixed(3)}%${(wanted + REACH_SECONDS).toFixed(3)}`;
  const entries = ['-select_streams', 'V:0', '-show_entries', 'packet=pts_time,flags', '-of', 'csv=p=0'];
  const text = await ask(tools, run, ['-read_intervals', interval, ...entries], signal);
  const times = [...text.matchAll(/^(-?[\d.]+),K/gm)].map(([, time]) => Number(time) - begins);
  const [first, ...others] = times;
  if (first === undefined) throw new NoKeyFrame(run.ranges[0]?.file ?? 'The recording', at);
  return others.reduce((best, time) => (Math.abs(time - at) < Math.abs(best - at) ? time : best), first);
}

async function ask(tools: MediaTools, run: MediaRun, args: readonly string[], signal: AbortSignal | undefined) {
  const { stdout } = await runTool({
    program: tools.ffprobe.path,
    args: [
      '-v',
      'error',
      ...args,
      '-protocol_whitelist',
      RUN_PROTOCOLS,
      '-f',
      DEMUXERS[run.container],
      '-i',
      urlOf(run),
    ],
    timeLimitSeconds: 600,
    ...(signal && { signal }),
  });
  return new TextDecoder().decode(stdout);
}
