import { lstat } from 'node:fs/promises';
import type { Chapter } from './chapters.js';
import { expectationOf, type SomeRun } from './check-video.js';
import { oneAtATime } from './durable-file.js';
import { DurationMismatch, MediaToolFailed, NothingToFinalize, StreamsMissing, TargetTaken } from './errors.js';
import { inspectEach, inspectOncePerCoding } from './inspect-runs.js';
import { findVideo, isOwnedBy, makeVideo } from './make-video.js';
import type { MediaProbe } from './media-probe.js';
import { isEmpty, type MediaRun } from './runs.js';
import type { MediaTools } from './tools.js';

export interface FinalizeRequest {
  /** In the order of the broadcast. Empty ones are left out. */
  readonly runs: readonly MediaRun[];
  /** The final path of the n-th output, from 0. A broadcast is one. */
  readonly outputFor: (index: number) => string;
  /** For intermediates, in a folder of their own that is removed afterwards. Several recordings may share it. */
  readonly workDirectory: string;
  readonly title?: string;
  /** Written into the file. */
  readonly chapters?: readonly Chapter[];
  /**
   * Identifies the owner of the videos, and is written into them. With it, an existing file that may belong to another
   * owner is never replaced: the video gets another name. Without it, an existing file is replaced.
   */
  readonly owner?: string;
  readonly signal?: AbortSignal;
  /** From 0 to 1. */
  readonly onProgress?: (share: number) => void;
}

export interface FinalizedVideo {
  readonly index: number;
  readonly path: string;
  /** Which of the request's runs it contains. */
  readonly runs: readonly number[];
  /** As measured on the file. */
  readonly durationSeconds: number;
  readonly ledgerSeconds: number;
  readonly bytes: number;
  readonly probe: MediaProbe;
  /** It was already complete from an earlier attempt. */
  readonly reused: boolean;
}

interface Numbered extends SomeRun {
  /** The run's place in the request. */
  readonly number: number;
}

/**
 * Makes one MP4 of all runs by copying, also if the size of the video changes. What cannot follow in one track is
 * encoded. Idempotent: finished work is recognized and not repeated, leftovers of an interrupted attempt are removed,
 * and the final name only ever holds a complete video that was checked against the ledger and synced to the disk.
 * ffmpeg reads the parts in place.
 * @throws NothingToFinalize, SourceUnreadable, NoPlayableStreams, DurationMismatch, StreamsMissing, StorageFull,
 * StorageRefused, MediaToolFailed, MediaToolTimedOut, or the signal's reason
 */
export async function finalizeRuns(tools: MediaTools, request: FinalizeRequest): Promise<readonly FinalizedVideo[]> {
  request.signal?.throwIfAborted();
  const runs = request.runs.map((run, number) => ({ number, run })).filter(({ run }) => !isEmpty(run));
  if (runs.length === 0) throw new NothingToFinalize();
  return [await oneAtATime(request.outputFor(0), () => makeOrFind(tools, request, runs))];
}

async function makeOrFind(
  tools: MediaTools,
  request: FinalizeRequest,
  runs: readonly Numbered[],
): Promise<FinalizedVideo> {
  const { chapters = [], onProgress = () => {}, title, owner, signal, workDirectory } = request;
  let inspect = inspectOncePerCoding;
  for (;;) {
    // First by the ledger alone: when everything is done, the parts may be gone already.
    const place = await findPlace(tools, request, runs);
    if ('index' in place) return place;
    const [first, ...others] = await inspect(tools, runs, signal);
    if (first === undefined) throw new NothingToFinalize();
    try {
      const order = { ...place, title, owner, chapters, signal, workDirectory, onProgress };
      const made = await makeVideo(tools, { ...order, runs: [first, ...others] });
      return describe(place.path, runs, made, false);
    } catch (error) {
      if (isAboutContent(error) && inspect !== inspectEach) inspect = inspectEach;
      // Another program took the name while the video was being made: the next name is tried.
      else if (!(error instanceof TargetTaken)) throw error;
    }
  }
}

/** A run may hold something else than the others of its coding. */
const isAboutContent = (error: unknown): boolean =>
  error instanceof DurationMismatch || error instanceof StreamsMissing || error instanceof MediaToolFailed;

/** How many names are tried. Beyond that, something makes files faster than they can be counted. */
const MOST_NAMES = 1000;

/** Where a video may be made. */
interface Place {
  readonly path: string;
  readonly mayReplace: boolean;
}

/** The video, if an earlier attempt made it; else the first name that is free or belongs to the same owner. */
async function findPlace(
  tools: MediaTools,
  request: FinalizeRequest,
  runs: readonly Numbered[],
): Promise<FinalizedVideo | Place> {
  const { owner, signal } = request;
  const wanted = request.outputFor(0);
  for (let nth = 1; nth <= MOST_NAMES; nth += 1) {
    const path = nth === 1 ? wanted : wanted.replace(/(\.\w+)?$/, (extension) => ` (${nth})${extension}`);
    const found = await findVideo(tools, path, runs, request);
    if (found !== undefined) return describe(path, runs, found, true);
    if (owner === undefined) return { path, mayReplace: true };
    if (!(await isThere(path))) return { path, mayReplace: false };
    if (await isOwnedBy(tools, path, owner, signal)) return { path, mayReplace: true };
  }
  throw new TargetTaken(wanted);
}

const isThere = (path: string): Promise<boolean> =>
  lstat(path).then(
    () => true,
    // A place that cannot be read cannot be written to either, and the attempt will report why.
    () => false,
  );

const describe = (path: string, runs: readonly Numbered[], probe: MediaProbe, reused: boolean): FinalizedVideo => ({
  index: 0,
  path,
  runs: runs.map(({ number }) => number),
  durationSeconds: probe.durationSeconds ?? 0,
  ledgerSeconds: expectationOf(runs).ledgerSeconds,
  bytes: probe.bytes ?? 0,
  probe,
  reused,
});
