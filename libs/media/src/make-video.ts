import { errorCode } from '@streamvault/failures';
import { createHash } from 'node:crypto';
import { readdir, rm, stat, writeFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { chapterMetadata, type Chapter } from './chapters.js';
import { expectationOf, whyNotWhole, type SomeRun } from './check-video.js';
import { makeDirectory, writeDurably, writeContentDurably } from './durable-file.js';
import { asStorageError, MediaToolFailed, StorageFull } from './errors.js';
import {
  concatInput,
  concatList,
  joinArguments,
  runInput,
  type ListEntry,
  type OutputOptions,
} from './ffmpeg-arguments.js';
import { requireSpace } from './free-space.js';
import { trackArguments } from './join-arguments.js';
import { planJoin, type InspectedRun, type JoinPlan, type Piece } from './join-plan.js';
import type { MediaProbe } from './media-probe.js';
import { probe } from './probe.js';
import { FfmpegProgress } from './ffmpeg-progress.js';
import { isPiped, requireWhole, urlOf } from './run-input.js';
import { bytesOf, DEMUXERS, identityOf, isTimed, readRun, streamOf, type MediaRun } from './runs.js';
import { runTool } from './run-tool.js';
import type { MediaTools } from './tools.js';

export interface VideoOrder {
  /** In the order of the broadcast. */
  readonly runs: readonly [InspectedRun, ...InspectedRun[]];
  readonly path: string;
  readonly workDirectory: string;
  readonly title: string | undefined;
  /** Whose video it is; see `FinalizeRequest.owner`. */
  readonly owner: string | undefined;
  /** Whether a file at `path` may be replaced, because it is known to have the same owner. */
  readonly mayReplace: boolean;
  readonly chapters: readonly Chapter[];
  readonly signal: AbortSignal | undefined;
  /** From 0 to 1. */
  readonly onProgress: (share: number) => void;
}

/** Makes one video of all the runs under its final name, checked and synced, and returns its description. */
export async function makeVideo(tools: MediaTools, order: VideoOrder): Promise<MediaProbe> {
  const work = join(resolve(order.workDirectory), `finalize-${shortHash(resolve(order.path))}`);
  try {
    for (const { run } of order.runs) {
      await requireWhole(run);
      if (run.sound) await requireWhole(run.sound);
    }
    await makeDirectory(work);
    const made = order.runs.length === 1 ? await makeFromOne(tools, order, work) : await joinRuns(tools, order, work);
    await rm(work, { recursive: true, force: true });
    return made;
  } catch (error) {
    // Complete intermediates help the next attempt, but not while they occupy the space that is missing.
    if (error instanceof StorageFull) await rm(work, { recursive: true, force: true });
    throw asStorageError(error, work);
  }
}

/** The finished file at `path`, if it exists and was made from exactly these bytes. */
export async function findVideo(
  tools: MediaTools,
  path: string,
  runs: readonly SomeRun[],
  { owner, signal }: { readonly owner?: string | undefined; readonly signal?: AbortSignal | undefined },
): Promise<MediaProbe | undefined> {
  try {
    if (!(await stat(path)).isFile()) return undefined;
    const found = await probe(tools, path, signal ? { signal } : {});
    const expected = expectationOf(runs);
    const [mark, by] = (found.comment ?? '').split(' ');
    // Older videos without an owner are recognized by what they were made from.
    const isOurs = mark === expected.mark && (by === undefined || owner === undefined || by === owner);
    return isOurs && whyNotWhole(found, path, expected) === undefined ? found : undefined;
  } catch (error) {
    // Missing, or not a complete video: it has to be made. Any other error is thrown.
    if (errorCode(error) === 'ENOENT' || error instanceof MediaToolFailed) return undefined;
    throw asStorageError(error, path);
  }
}

/** Whether the file at `path` is a video of this owner, whatever it was made from. */
export async function isOwnedBy(
  tools: MediaTools,
  path: string,
  owner: string,
  signal?: AbortSignal,
): Promise<boolean> {
  try {
    const { comment } = await probe(tools, path, signal ? { signal } : {});
    return comment?.split(' ')[1] === owner;
  } catch (error) {
    // Not a video: its owner is unknown.
    if (error instanceof MediaToolFailed) return false;
    throw error;
  }
}

async function makeFromOne(tools: MediaTools, order: VideoOrder, work: string): Promise<MediaProbe> {
  const [only] = order.runs;
  await requireSpace([{ directory: dirname(order.path), bytes: bytesOf(only.run) }]);
  const source = await sourceOf(only.run, work);
  const tracks = only.streams.map((stream) => ({ track: stream, stream, again: false }));
  const { outputs } = trackArguments(tracks, source.inputs, only.run.durationSeconds);
  return write(tools, order, work, { ...source, outputs, tags: only.streams, start: 0 });
}

async function joinRuns(tools: MediaTools, order: VideoOrder, work: string): Promise<MediaProbe> {
  const plan = planJoin(order.runs);
  const coded = plan.pieces.filter((piece) => !piece.direct);
  const total = secondsOf(order.runs);
  const before = secondsOf(coded.map(({ item }) => item));
  await requireSpace([
    { directory: work, bytes: bytesOfAll(coded.map(({ item }) => item)) },
    { directory: dirname(order.path), bytes: bytesOfAll(order.runs) },
  ]);
  const list = join(work, 'runs.ffconcat');
  const files = await makeIntermediates(tools, order, plan, work, (share) =>
    order.onProgress((share * before) / (before + total)),
  );
  await writeContentDurably(list, concatList(files));
  return write(tools, order, work, {
    input: concatInput(list),
    inputs: 1,
    // In an intermediate the streams count from 0. If nothing is read directly, only those numbers matter.
    outputs: plan.tracks.flatMap(({ index }, place) => [
      '-map',
      `0:${plan.pieces.some(({ direct }) => direct) ? index : place}`,
      `-c:${place}`,
      'copy',
    ]),
    tags: plan.tracks,
    start: before / (before + total),
  });
}

interface Source {
  readonly input: readonly string[];
  /** The number of inputs. */
  readonly inputs: number;
  readonly stdin?: AsyncIterable<Uint8Array>;
  /** Both inputs are timed by the source's one clock. */
  readonly keepsClock?: boolean;
}

/**
 * A run as an input of ffmpeg. ffmpeg reads it directly, except audio without a container, which gets one on the way.
 */
async function sourceOf(run: MediaRun, work: string): Promise<Source> {
  // Beside audio of its own, the video comes through a pipe: ffmpeg then reads the two at the pace of the slower one.
  const main =
    isPiped(run) || run.sound !== undefined
      ? { input: runInput(DEMUXERS[run.container], 'pipe:0'), inputs: 1, stdin: streamOf(run, 'counted', readRun(run)) }
      : { input: runInput(DEMUXERS[run.container], urlOf(run)), inputs: 1 };
  const { sound } = run;
  if (sound === undefined) return main;
  const keepsClock = await isTimed(sound);
  const input = [...main.input, ...runInput(DEMUXERS[sound.container], await soundUrl(sound, work))];
  return { ...main, input: keepsClock ? ['-copyts', ...input] : input, inputs: 2, keepsClock };
}

/** ffmpeg reads one pipe. Separate audio is small and goes into a file of its own. */
async function soundUrl(sound: MediaRun, work: string): Promise<string> {
  const file = join(work, `sound-${identityOf([sound])}.${sound.container}`);
  try {
    await writeFile(file, streamOf(sound, 'stamped', readRun(sound)));
  } catch (error) {
    await rm(file, { force: true });
    throw asStorageError(error, file);
  }
  return `file:${file}`;
}

interface Final extends Source {
  readonly outputs: readonly string[];
  readonly tags: OutputOptions['tags'];
  /** The share of the whole that was done before. */
  readonly start: number;
}

async function write(tools: MediaTools, order: VideoOrder, work: string, source: Final): Promise<MediaProbe> {
  const chapters = await writeChapters(order.chapters, work);
  const seconds = secondsOf(order.runs);
  const progress = new FfmpegProgress((done) =>
    order.onProgress(source.start + (1 - source.start) * Math.min(1, done / seconds)),
  );
  order.onProgress(source.start);
  return writeDurably(
    order.path,
    async (temporary) => {
      await runTool({
        program: tools.ffmpeg.path,
        args: joinArguments(source, chapters, outputOptions(order, source.tags, temporary)),
        ...(source.stdin && { stdin: source.stdin }),
        ...limits(order, bytesOfAll(order.runs)),
        onStdout: (chunk) => progress.push(chunk),
        writes: order.path,
      });
      return check(tools, order, order.runs, order.path, temporary);
    },
    order,
  );
}

async function writeChapters(chapters: readonly Chapter[], work: string): Promise<string | undefined> {
  // A single chapter covers the whole video and needs no name.
  if (chapters.length < 2) return undefined;
  const file = join(work, 'chapters.ffmetadata');
  await writeContentDurably(file, chapterMetadata(chapters));
  return file;
}

/**
 * What is joined, in order: parts in place, and files in the common format, which are reused from an earlier attempt if
 * complete.
 */
async function makeIntermediates(
  tools: MediaTools,
  order: VideoOrder,
  plan: JoinPlan,
  work: string,
  onProgress: (share: number) => void,
): Promise<readonly ListEntry[]> {
  const suffix = plan.container === 'mpegts' ? 'ts' : 'mp4';
  const nameOf = ({ item }: Piece) => `run-${identityOf([item.run])}.${suffix}`;
  const wanted = new Set(plan.pieces.filter(({ direct }) => !direct).map(nameOf));
  for (const name of await readdir(work)) {
    if (!wanted.has(name)) await rm(join(work, name), { recursive: true, force: true });
  }
  // An intermediate with its final name is complete.
  const there = new Set(await readdir(work));
  const total = secondsOf(plan.pieces.filter(({ direct }) => !direct).map(({ item }) => item));
  let done = 0;
  for (const piece of plan.pieces) {
    if (piece.direct) continue;
    const file = join(work, nameOf(piece));
    const seconds = piece.item.run.durationSeconds;
    if (!there.has(nameOf(piece)))
      await makeIntermediate(tools, order, plan, piece, file, (share) => onProgress((done + share * seconds) / total));
    done += seconds;
    onProgress(done / total);
  }
  return plan.pieces.map((piece) => ({
    url: piece.direct ? urlOf(piece.item.run) : `file:${join(work, nameOf(piece))}`,
  }));
}

async function makeIntermediate(
  tools: MediaTools,
  order: VideoOrder,
  plan: JoinPlan,
  { item, tracks }: Piece & { direct: false },
  file: string,
  onProgress: (share: number) => void,
): Promise<void> {
  const source = await sourceOf(item.run, dirname(file));
  const made = trackArguments(tracks, source.inputs, item.run.durationSeconds);
  const progress = new FfmpegProgress((seconds) => onProgress(Math.min(1, seconds / item.run.durationSeconds)));
  onProgress(0);
  await writeDurably(file, async (temporary) => {
    await runTool({
      program: tools.ffmpeg.path,
      args: joinArguments({ ...source, input: [...source.input, ...made.inputs], outputs: made.outputs }, undefined, {
        output: temporary,
        muxer: plan.container,
        tags: plan.tracks,
      }),
      ...(source.stdin && { stdin: source.stdin }),
      // Encoding takes longer than copying, at worst much longer than the stretch lasts.
      ...limits(order, bytesOf(item.run), 20 * item.run.durationSeconds),
      onStdout: (chunk) => progress.push(chunk),
      writes: file,
    });
    if (plan.container === 'mp4') await check(tools, order, [item], file, temporary);
  });
}

async function check(
  tools: MediaTools,
  order: VideoOrder,
  runs: readonly InspectedRun[],
  name: string,
  temporary: string,
): Promise<MediaProbe> {
  const found = await probe(tools, temporary, order.signal ? { signal: order.signal } : {});
  const problem = whyNotWhole(found, name, expectationOf(runs));
  if (problem !== undefined) throw problem;
  return found;
}

const outputOptions = (order: VideoOrder, tags: Final['tags'], output: string): OutputOptions => ({
  output,
  muxer: 'mp4',
  tags,
  title: order.title,
  comment: [expectationOf(order.runs).mark, order.owner ?? ''].join(' ').trim(),
  fastStart: true,
});

/** Half a mebibyte per second is slower than any disk that could have kept up with the recording. */
function limits({ signal }: VideoOrder, bytes: number, more = 0) {
  return { timeLimitSeconds: Math.ceil(600 + bytes / (512 * 1024) + more), ...(signal && { signal }) };
}

const secondsOf = (runs: readonly { readonly run: MediaRun }[]): number =>
  runs.reduce((sum, { run }) => sum + run.durationSeconds, 0);

const bytesOfAll = (runs: readonly { readonly run: MediaRun }[]): number =>
  runs.reduce((sum, { run }) => sum + bytesOf(run), 0);

const shortHash = (text: string): string => createHash('sha256').update(text).digest('hex').slice(0, 16);
