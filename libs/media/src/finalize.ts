import { lstat } from 'node:fs/promises';
import type { Chapter } from './chapters.js';
import { expectationOf, type SomeRun } from './check-video.js';
import { oneAtATime } from './durable-file.js';
import { NothingToFinalize, TargetTaken } from './errors.js';
import { inspectRun } from './inspect-run.js';
import { findVideo, isOwnedBy, makeVideo } from './make-video.js';
import type { MediaProbe } from './media-probe.js';
import { isEmpty, type MediaRun } from './runs.js';
import type { MediaTools } from './tools.js';

export interface FinalizeRequest {
  /** In the order of the broadcast. Empty ones are left out. */
  readonly runs: readonly MediaRun[];
  /** The final path of the n-th output, from 0. A broadcast is one. */
  readonly outputFor: (index: number) => string;
  /** For intermediates, in a folder of their own that is removed afterwards. May be shared by several recordings. */
  readonly workDirectory: string;
  readonly title?: string;
  /** Written into the file. */
  readonly chapters?: readonly Chapter[];
  /**
   * A word for whose videos these are, which is written into them. With it, a file that is in the way and not known to be the same
   * owner's is never replaced: the video gets another name. Without it, whatever lies there is replaced.
   */
  readonly owner?: string;
  readonly signal?: AbortSignal;
  /** From 0 to 1. */
  readonly onProgress?: (share: number) => void;
}

export interface FinalizedVideo {
  readonly index: number;
  readonly path: string;
  /** Which of the request's runs it holds. */
  readonly runs: readonly number[];
  /** As measured on the file. */
  readonly durationSeconds: number;
  readonly ledgerSeconds: number;
  readonly bytes: number;
  readonly probe: MediaProbe;
  /** It was complete before, from an earlier attempt. */
  readonly reused: boolean;
}

interface Numbered extends SomeRun {
  /** The run's place in the request. */
  readonly number: number;
}

/**
 * Makes one MP4 of all runs: by copying, also where the size of the picture changes; what cannot follow in one track is coded again.
 * Idempotent: what is complete is recognised and not made again, leftovers of an interrupted attempt are removed, and the final name
 * only ever holds a whole video that was checked against the ledger and synced to the disk. ffmpeg reads the parts where they lie.
 *
 * @throws NothingToFinalize, SourceUnreadable, NoPlayableStreams, DurationMismatch, StreamsMissing, StorageFull, StorageRefused,
 *   MediaToolFailed, MediaToolTimedOut, or the signal's reason.
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
  for (;;) {
    // By the ledger alone first: when everything is done, the parts may be gone already.
    const place = await findPlace(tools, request, runs);
    if ('index' in place) return place;
    const [first, ...others] = await inspectAll(tools, runs, signal);
    if (first === undefined) throw new NothingToFinalize();
    try {
      const order = { ...place, title, owner, chapters, signal, workDirectory, onProgress };
      const made = await makeVideo(tools, { ...order, runs: [first, ...others] });
      return describe(place.path, runs, made, false);
    } catch (error) {
      // Somebody else took the name while the video was being made: the next one is tried.
      if (!(error instanceof TargetTaken)) throw error;
    }
  }
}

async function inspectAll(tools: MediaTools, runs: readonly Numbered[], signal: AbortSignal | undefined) {
  const inspected = [];
  for (const { run } of runs) inspected.push({ run, streams: await inspectRun(tools, run, signal) });
  return inspected;
}

/** Names that are tried; beyond, somebody makes files faster than they can be counted. */
const MOST_NAMES = 1000;

/** Where a video may be made. */
interface Place {
  readonly path: string;
  readonly mayReplace: boolean;
}

/** The video, where an earlier attempt made it; else the first name that is free, or is the same owner's. */
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
    // What cannot be looked at cannot be written to either, and the attempt tells why.
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
