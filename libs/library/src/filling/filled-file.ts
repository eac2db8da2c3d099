import { type Media, type MediaRun, renameDurably, writeContentDurably } from '@streamvault/media';
import {
  chapterName,
  chaptersOf,
  type FetchedSpan,
  filledTimeline,
  type Output,
  type RecordingContext,
  type VideoChapter,
} from '@streamvault/recording';
import { readFile, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';

/** What is known of a file after a gap of it was filled. */
export interface FilledFile {
  readonly output: Output;
  readonly chapters: readonly VideoChapter[];
  readonly seconds: number;
  readonly mutedSeconds: number;
}

export interface FillOrder {
  /** The video as it is, with its whole path. */
  readonly path: string;
  /** As the log knows it: a file of another size is not the one that has this gap. */
  readonly bytes: number;
  readonly recording: RecordingContext;
  readonly gap: { readonly from: string; readonly to: string };
  readonly fetched: FetchedSpan;
  /** Of this fill alone. What is finished there is used again by the next attempt. */
  readonly workDirectory: string;
  readonly signal: AbortSignal;
  readonly onProgress: (share: number) => void;
}

/** The file changed since its video was published. */
export class FileChanged extends Error {
  readonly code = 'gap-fill.file-changed';
  constructor(path: string) {
    super(`${path} is not the file that the library knows. See what the check of consistency says, then try again.`);
  }
}

export class NothingCovered extends Error {
  readonly code = 'gap-fill.nothing';
  constructor() {
    super('The video of the platform has nothing of this span.');
  }
}

/** A piece begins and ends at a key frame. */
export class GapTooShort extends Error {
  readonly code = 'gap-fill.too-short';
  constructor() {
    super(
      "The gap is shorter than the distance between two key frames of the platform's video, so nothing can be put there.",
    );
  }
}

const DONE = 'verified.json';
const leastSeconds = 0.5;

type FillingMedia = Pick<Media, 'splitRun' | 'finalizeRuns' | 'verifyVideo' | 'probe'>;

/**
 * Makes the file again with what the gap lacked, and exchanges it: the old one stays until the new one is whole and
 * plays. Killed at any point, the same call goes on.
 */
export async function fillFile(media: FillingMedia, order: FillOrder): Promise<FilledFile> {
  const made = join(dirname(order.path), `.streamvault-fill-${order.recording.recordingId}.mp4`);
  const verified = (await verifiedIn(order.workDirectory)) ?? (await make(media, order, made));
  order.signal.throwIfAborted();
  if (await sizeOf(made)) await renameDurably(made, order.path);
  // Already exchanged by an attempt that was killed before it could tell.
  else if ((await sizeOf(order.path)) !== verified.output.bytes) throw new FileChanged(order.path);
  return verified;
}

async function verifiedIn(workDirectory: string): Promise<FilledFile | undefined> {
  const text = await readFile(join(workDirectory, DONE), 'utf8').catch(() => undefined);
  return text === undefined ? undefined : (JSON.parse(text) as FilledFile);
}

async function make(media: FillingMedia, order: FillOrder, made: string): Promise<FilledFile> {
  const { bytes, gap, path, recording, signal, workDirectory } = order;
  const [output] = recording.outputs;
  if (!output || (await sizeOf(path)) !== bytes) throw new FileChanged(path);
  const fill = await withinGap(media, order);
  const { atSeconds, timeline } = filledTimeline(output.timeline, gap, fill);
  const whole = await media.probe(path, { signal });
  const lasts = whole.durationSeconds ?? output.durationSeconds;
  // By the ledger, whose durations are rounded: over many joins the file is a little longer or shorter than that.
  const stretch = lasts / (lastOf(output.timeline) || lasts);
  const file = {
    container: 'mp4',
    signature: 'unknown',
    durationSeconds: lasts,
    ranges: [{ file: path, offset: 0, length: bytes }],
  } as const;
  const [head, tail] = await media.splitRun({
    run: file,
    atSeconds: [atSeconds * stretch],
    folder: join(workDirectory, 'pieces'),
    signal,
  });
  // The file could have been exchanged in between.
  if ((await sizeOf(path)) !== bytes) throw new FileChanged(path);
  const runs = [head, ...fill.map(({ run }) => run), tail].filter((run) => run !== undefined);
  const seconds = fill.reduce((sum, { durationSeconds }) => sum + durationSeconds, 0);
  const expected = runs.reduce((sum, { durationSeconds }) => sum + durationSeconds, 0);
  const chapters = chaptersOf(recording.titles, timeline, expected);
  const owner = whole.comment?.split(' ')[1];
  const [video] = await media.finalizeRuns({
    runs,
    outputFor: () => made,
    workDirectory,
    ...(whole.title !== undefined && { title: whole.title }),
    ...(owner !== undefined && { owner }),
    chapters: chapters.map((chapter) => ({ ...chapter, title: chapterName(chapter) })),
    signal,
    onProgress: (share) => order.onProgress(0.5 + share / 2),
  });
  if (!video) throw new FileChanged(path);
  const joins = runs.slice(0, -1).map((_, index) => secondsOf(runs.slice(0, index + 1)));
  await media.verifyVideo({ file: made, ledgerSeconds: expected, joins, signal });
  const { probe } = video;
  const filled = {
    seconds,
    mutedSeconds: Math.min(order.fetched.mutedSeconds, seconds),
    chapters: chaptersOf(recording.titles, timeline, video.durationSeconds),
    output: {
      ...output,
      bytes: video.bytes,
      durationSeconds: video.durationSeconds,
      width: probe.video?.width ?? null,
      height: probe.video?.height ?? null,
      codecs: [probe.video?.codecs, probe.audio?.codecs].filter((codec) => codec !== undefined).join(',') || null,
      timeline: [...timeline],
    },
  };
  await writeContentDurably(join(workDirectory, DONE), JSON.stringify(filled));
  return filled;
}

interface Fill {
  readonly run: MediaRun;
  readonly startsAt: string;
  readonly durationSeconds: number;
}

/** What was fetched, cut at the key frames nearest to where the gap begins and ends. */
async function withinGap(media: FillingMedia, order: FillOrder): Promise<readonly Fill[]> {
  const { fetched, gap, signal, workDirectory } = order;
  const fill: Fill[] = [];
  let isTooShort = false;
  for (const [index, { run, startsAt }] of fetched.stretches.entries()) {
    const offset = (at: string) => (Date.parse(at) - Date.parse(startsAt)) / 1000;
    const [from, to] = [Math.max(0, offset(gap.from)), Math.min(run.durationSeconds, offset(gap.to))];
    if (to - from < leastSeconds) continue;
    // Where the audio is apart, the two cannot be cut at the same key frame: it stays whole.
    const isWhole = run.sound !== undefined || (from === 0 && to === run.durationSeconds);
    const piece = isWhole ? run : await cutOut(media, run, [from, to], join(workDirectory, `cut-${index}`), signal);
    if (!piece) {
      isTooShort = true;
      continue;
    }
    const begins = isWhole ? startsAt : new Date(Date.parse(startsAt) + from * 1000).toISOString();
    fill.push({ run: piece, startsAt: begins, durationSeconds: piece.durationSeconds });
  }
  if (fill.length === 0) throw isTooShort ? new GapTooShort() : new NothingCovered();
  return fill;
}

async function cutOut(
  media: FillingMedia,
  run: MediaRun,
  atSeconds: readonly number[],
  folder: string,
  signal: AbortSignal,
): Promise<MediaRun | undefined> {
  const [, middle] = await media.splitRun({ run, atSeconds, folder, signal });
  return middle;
}

const secondsOf = (runs: readonly MediaRun[]): number =>
  runs.reduce((sum, { durationSeconds }) => sum + durationSeconds, 0);

const lastOf = (timeline: Output['timeline']): number => {
  const last = timeline.at(-1);
  return last ? last.mediaSeconds + last.durationSeconds : 0;
};

/** Undefined if there is no such file. */
const sizeOf = (file: string): Promise<number | undefined> =>
  stat(file).then(
    (found) => (found.isFile() ? found.size : undefined),
    () => undefined,
  );
