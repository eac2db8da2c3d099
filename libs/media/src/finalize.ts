import { lstat } from 'node:fs/promises';
import { expectationOf, type SomeRun } from './check-video.js';
import { oneAtATime } from './durable-file.js';
import { NothingToFinalize, TargetTaken } from './errors.js';
import { inspectRun } from './inspect-run.js';
import { findVideo, isOwnedBy, makeVideo, type InspectedRun } from './make-video.js';
import type { MediaProbe } from './media-probe.js';
import { bytesOf, groupNeighbours, isEmpty, type MediaRun, type RunStream } from './runs.js';
import type { MediaTools } from './tools.js';

export interface FinalizeRequest {
  /** In the order of the broadcast. Empty ones are left out. */
  readonly runs: readonly MediaRun[];
  /** The final path of the n-th output, from 0. One output, unless the broadcast changed its coding on the way. */
  readonly outputFor: (index: number) => string;
  /** For intermediates, in a folder of their own that is removed afterwards. May be shared by several recordings. */
  readonly workDirectory: string;
  readonly title?: string;
  /**
   * A word for whose videos these are, which is written into them. With it, a file that is in the way and not known to be the same
   * owner's is never replaced: the video gets another name. Without it, whatever lies there is replaced.
   */
  readonly owner?: string;
  readonly signal?: AbortSignal;
  readonly onProgress?: (progress: FinalizeProgress) => void;
}

export interface FinalizeProgress {
  /** The output that is being made, from 0. */
  readonly output: number;
  readonly outputs: number;
  /** Captured bytes that have gone through, of all outputs together. */
  readonly bytesDone: number;
  readonly bytesTotal: number;
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

interface Numbered {
  /** The run's place in the request. */
  readonly number: number;
}

/**
 * Makes one MP4 of every stretch of runs that can be joined without coding again. Idempotent: what is complete is recognised and not made
 * again, leftovers of an interrupted attempt are removed, and a final name only ever holds a whole video that was checked against
 * the ledger and synced to the disk. Needs the room of the recording once more, twice where runs are joined.
 *
 * @throws NothingToFinalize, SourceUnreadable, NoPlayableStreams, DurationMismatch, StreamsMissing, StorageFull, StorageRefused,
 *   MediaToolFailed, MediaToolTimedOut, or the signal's reason.
 */
export async function finalizeRuns(tools: MediaTools, request: FinalizeRequest): Promise<readonly FinalizedVideo[]> {
  request.signal?.throwIfAborted();
  const runs = request.runs.map((run, number) => ({ number, run })).filter(({ run }) => !isEmpty(run));
  if (runs.length === 0) throw new NothingToFinalize();

  // By the ledger alone first: when everything is done, the parts may be gone already.
  const finished: FinalizedVideo[] = [];
  const byLedger = groupNeighbours(runs, (left, right) => sameCoding(left.run, right.run));
  for (const [index, group] of byLedger.entries()) {
    const video = await findFinished(tools, request, group, index);
    if (video === undefined) break;
    finished.push(video);
  }
  return finished.length === byLedger.length ? finished : makeAll(tools, request, runs);
}

async function makeAll(
  tools: MediaTools,
  request: FinalizeRequest,
  runs: readonly (SomeRun & Numbered)[],
): Promise<readonly FinalizedVideo[]> {
  const inspected: (InspectedRun & Numbered)[] = [];
  for (const item of runs) inspected.push({ ...item, streams: await inspectRun(tools, item.run, request.signal) });
  const groups = groupNeighbours(
    inspected,
    (left, right) => sameCoding(left.run, right.run) && sameStreams(left.streams, right.streams),
  );

  const bytesTotal = runs.reduce((sum, { run }) => sum + bytesOf(run), 0);
  let bytesDone = 0;
  const videos: FinalizedVideo[] = [];
  for (const [index, group] of groups.entries()) {
    const onBytes = (bytes: number) => {
      bytesDone += bytes;
      request.onProgress?.({ output: index, outputs: groups.length, bytesDone, bytesTotal });
    };
    const make = () => makeOrFind(tools, request, group, index, onBytes);
    videos.push(await oneAtATime(request.outputFor(index), make));
  }
  return videos;
}

async function makeOrFind(
  tools: MediaTools,
  request: FinalizeRequest,
  group: readonly [InspectedRun & Numbered, ...(InspectedRun & Numbered)[]],
  index: number,
  onBytes: (bytes: number) => void,
): Promise<FinalizedVideo> {
  const { title, owner, signal, workDirectory } = request;
  for (;;) {
    const place = await findPlace(tools, request, group, index);
    if ('index' in place) {
      onBytes(group.reduce((sum, { run }) => sum + bytesOf(run), 0));
      return place;
    }
    try {
      const made = await makeVideo(tools, { ...place, runs: group, title, owner, signal, workDirectory, onBytes });
      return describe(place.path, index, group, made, false);
    } catch (error) {
      // Somebody else took the name while the video was being made: the next one is tried.
      if (!(error instanceof TargetTaken)) throw error;
    }
  }
}

async function findFinished(
  tools: MediaTools,
  request: FinalizeRequest,
  group: readonly (SomeRun & Numbered)[],
  index: number,
): Promise<FinalizedVideo | undefined> {
  const place = await findPlace(tools, request, group, index);
  return 'index' in place ? place : undefined;
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
  group: readonly (SomeRun & Numbered)[],
  index: number,
): Promise<FinalizedVideo | Place> {
  const { owner, signal } = request;
  const wanted = request.outputFor(index);
  for (let nth = 1; nth <= MOST_NAMES; nth += 1) {
    const path = nth === 1 ? wanted : wanted.replace(/(\.\w+)?$/, (extension) => ` (${nth})${extension}`);
    const found = await findVideo(tools, path, group, request);
    if (found !== undefined) return describe(path, index, group, found, true);
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

function describe(
  path: string,
  index: number,
  group: readonly (SomeRun & Numbered)[],
  probe: MediaProbe,
  reused: boolean,
): FinalizedVideo {
  return {
    index,
    path,
    runs: group.map(({ number }) => number),
    durationSeconds: probe.durationSeconds ?? 0,
    ledgerSeconds: expectationOf(group).ledgerSeconds,
    bytes: probe.bytes ?? 0,
    probe,
    reused,
  };
}

function sameCoding(left: MediaRun, right: MediaRun): boolean {
  return left.container === right.container && left.signature === right.signature;
}

/** The ledger's signature is what the playlist promised; streams that differ all the same must not be joined: no browser plays that. */
function sameStreams(left: readonly RunStream[], right: readonly RunStream[]): boolean {
  const coding = (streams: readonly RunStream[]) => streams.map((stream) => `${stream.kind} ${stream.coding}`).join();
  return coding(left) === coding(right);
}
