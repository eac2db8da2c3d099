import { createHash } from 'node:crypto';
import { readdir, rm, stat, writeFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { expectationOf, whyNotWhole, type SomeRun } from './check-video.js';
import { makeDirectory, writeDurably, writeContentDurably } from './durable-file.js';
import { asStorageError, errnoOf, MediaToolFailed, StorageFull } from './errors.js';
import {
  concatArguments,
  concatList,
  remuxArguments,
  type OutputOptions,
  type SoundInput,
} from './ffmpeg-arguments.js';
import { requireSpace } from './free-space.js';
import type { MediaProbe } from './media-probe.js';
import { probe } from './probe.js';
import { bytesOf, DEMUXERS, identityOf, isTimed, readRun, streamOf, type MediaRun, type RunStream } from './runs.js';
import { runTool } from './run-tool.js';
import type { MediaTools } from './tools.js';

export interface InspectedRun extends SomeRun {
  readonly streams: readonly RunStream[];
}

export interface VideoOrder {
  /** At least one. All of one kind: they can be joined without coding again. */
  readonly runs: readonly [InspectedRun, ...InspectedRun[]];
  readonly path: string;
  readonly workDirectory: string;
  readonly title: string | undefined;
  /** Whose video it is; see `FinalizeRequest.owner`. */
  readonly owner: string | undefined;
  /** Whether a file at `path` may be replaced: it is known to be the same owner's. */
  readonly mayReplace: boolean;
  readonly signal: AbortSignal | undefined;
  /** Captured bytes that went through since the last call. */
  readonly onBytes: (bytes: number) => void;
}

/** Makes one video of one or more runs under its final name, checked and synced, and says what it holds. */
export async function makeVideo(tools: MediaTools, order: VideoOrder): Promise<MediaProbe> {
  return order.runs.length === 1 ? makeFromOne(tools, order) : makeFromSeveral(tools, order);
}

/** The finished file at `path`, if it is there and was made of exactly these bytes. */
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
    // One from before videos had owners is known by what it was made of.
    const isOurs = mark === expected.mark && (by === undefined || owner === undefined || by === owner);
    return isOurs && whyNotWhole(found, path, expected) === undefined ? found : undefined;
  } catch (error) {
    // Not there, or no whole video: it is to be made. Anything else is worth knowing.
    if (errnoOf(error) === 'ENOENT' || error instanceof MediaToolFailed) return undefined;
    throw asStorageError(error, path);
  }
}

/** Whether the file at `path` is a video of this owner's, whatever it was made of. */
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
    // No video: nobody knows whose it is.
    if (error instanceof MediaToolFailed) return false;
    throw error;
  }
}

async function makeFromOne(tools: MediaTools, order: VideoOrder): Promise<MediaProbe> {
  const [only] = order.runs;
  await requireSpace([{ directory: dirname(order.path), bytes: bytesOf(only.run) }]);
  return writeDurably(order.path, (temporary) => remuxAndCheck(tools, order, only, order.path, temporary, true), order);
}

async function makeFromSeveral(tools: MediaTools, order: VideoOrder): Promise<MediaProbe> {
  const work = join(resolve(order.workDirectory), `finalize-${shortHash(resolve(order.path))}`);
  try {
    await makeDirectory(work);
    const files = await makeIntermediates(tools, order, work);
    const list = join(work, 'runs.ffconcat');
    await writeContentDurably(list, concatList(files));
    const made = await writeDurably(
      order.path,
      async (temporary) => {
        const output = { ...outputOptions(order, order.runs, temporary), fastStart: true };
        await runTool({
          program: tools.ffmpeg.path,
          args: concatArguments(list, order.runs[0].streams, output),
          ...limits(order, totalBytes(order.runs)),
          writes: order.path,
        });
        return check(tools, order, order.runs, order.path, temporary);
      },
      order,
    );
    await rm(work, { recursive: true, force: true });
    return made;
  } catch (error) {
    // Whole intermediates help the next attempt, but not while they hold the room that is missing.
    if (error instanceof StorageFull) await rm(work, { recursive: true, force: true });
    throw asStorageError(error, work);
  }
}

/** One file per run, each kept from an earlier attempt where it is whole. */
async function makeIntermediates(tools: MediaTools, order: VideoOrder, work: string): Promise<readonly string[]> {
  const fileOf = ({ run }: InspectedRun) => join(work, `run-${identityOf([run])}.mp4`);
  const files = order.runs.map(fileOf);
  for (const name of await readdir(work)) {
    if (!files.includes(join(work, name))) await rm(join(work, name), { recursive: true, force: true });
  }
  const there = await readdir(work);
  const missing = order.runs.filter((item) => !there.includes(`run-${identityOf([item.run])}.mp4`));
  await requireSpace([
    { directory: work, bytes: totalBytes(missing) },
    { directory: dirname(order.path), bytes: totalBytes(order.runs) },
  ]);
  for (const item of order.runs) {
    const file = fileOf(item);
    if ((await findVideo(tools, file, [item], order)) !== undefined) order.onBytes(bytesOf(item.run));
    else await writeDurably(file, (temporary) => remuxAndCheck(tools, order, item, file, temporary, false));
  }
  return files;
}

async function remuxAndCheck(
  tools: MediaTools,
  order: VideoOrder,
  item: InspectedRun,
  name: string,
  temporary: string,
  fastStart: boolean,
): Promise<MediaProbe> {
  const output = { ...outputOptions(order, [item], temporary), fastStart };
  const sound = await layOutSound(order, item.run);
  try {
    await runTool({
      program: tools.ffmpeg.path,
      args: remuxArguments(DEMUXERS[item.run.container], item.streams, output, sound),
      stdin: streamOf(item.run, 'counted', counted(readRun(item.run), order.onBytes)),
      ...limits(order, bytesOf(item.run)),
      writes: name,
    });
  } finally {
    if (sound !== undefined) await rm(sound.file, { force: true });
  }
  return check(tools, order, [item], name, temporary);
}

/** ffmpeg reads one pipe; separate sound, which is small, goes into a file of its own. */
async function layOutSound(order: VideoOrder, { sound }: MediaRun): Promise<SoundInput | undefined> {
  if (sound === undefined) return undefined;
  const file = join(resolve(order.workDirectory), `sound-${identityOf([sound])}.${sound.container}`);
  const timed = await isTimed(sound);
  try {
    await makeDirectory(dirname(file));
    await writeFile(file, streamOf(sound, 'stamped', counted(readRun(sound), order.onBytes)));
  } catch (error) {
    await rm(file, { force: true });
    throw asStorageError(error, file);
  }
  return { demuxer: DEMUXERS[sound.container], file, timed };
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

function outputOptions(
  order: VideoOrder,
  runs: readonly InspectedRun[],
  output: string,
): Omit<OutputOptions, 'fastStart'> {
  const { mark } = expectationOf(runs);
  return { output, title: order.title, comment: order.owner === undefined ? mark : `${mark} ${order.owner}` };
}

/** Half a mebibyte a second is slower than any disk that could have kept up with the recording. */
function limits({ signal }: VideoOrder, bytes: number) {
  return { timeLimitSeconds: Math.ceil(600 + bytes / (512 * 1024)), ...(signal && { signal }) };
}

function totalBytes(runs: readonly { readonly run: MediaRun }[]): number {
  return runs.reduce((sum, { run }) => sum + bytesOf(run), 0);
}

async function* counted(
  bytes: AsyncIterable<Uint8Array>,
  onBytes: (count: number) => void,
): AsyncGenerator<Uint8Array> {
  for await (const chunk of bytes) {
    yield chunk;
    onBytes(chunk.length);
  }
}

function shortHash(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 16);
}
