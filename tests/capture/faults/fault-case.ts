import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { BROADCAST_OVER, type CaptureEnd, type PartReason } from '@streamvault/capture';
import { expect } from '@jest/globals';
import { LiveOrigin, type LiveOriginOptions, type OriginSegment } from '../../live-origin/live-origin.js';
import { CaptureRun, ledgerOf, storedHashes, type CaptureRunOptions, type Witness } from '../capture-run.js';
import { finishedVideos } from '../finished-videos.js';

/** Segments that cannot be fetched, by index, and why. */
export interface Lost {
  readonly from: number;
  readonly count: number;
  /** The code of the cause that a user reads. */
  readonly cause: string;
}

/**
 * One fault of a source, and what must be in the file afterwards. All of them together:
 * - `nine-faults`: faults by which streamlink and ffmpeg lost recordings
 * - `freezes`: broadcaster or playlist frozen for 20 s, 2 min, 10 min
 * - `bodies`: refused, reset, cut, stalled, dripping, of a wrong length, foreign, empty; once, and permanently
 * - `connections`: resets, unknown hosts, closed ports and refusals of the playlist; segments on missing hosts
 * - `numbers`: resets, jumps, slips, stale edges, doubled, swapped and late entries, the shortest lists, changing
 * tokens and paths
 * - `changes`: resolution, codec, sample rate, timestamps, init section, keys
 * - `../ads`: advertising of 30, 60 and 90 s · `../re-resolve`: addresses that are refused or expire
 *
 * The first six segments exist at the beginning. Everything published and not listed as lost could be fetched, and so
 * must be stored once and in order.
 */
export interface FaultCase {
  readonly name: string;
  readonly origin?: LiveOriginOptions;
  readonly capture?: Omit<Partial<CaptureRunOptions>, 'source'>;
  /** Makes it a source whose address can be found again. */
  readonly refreshedUrl?: (origin: LiveOrigin) => string;
  readonly play: (stage: Stage) => Promise<void>;
  readonly lost?: readonly Lost[];
  /** Why parts were opened. Default: only the start. */
  readonly parts?: readonly PartReason[];
  /** Default: it ends with its source. */
  readonly stopped?: boolean;
}

/** Segments of a second at sixty times the speed; a request is given up after some tenths of a second. */
const SETTINGS = { headersTimeoutSeconds: 0.4, idleTimeoutSeconds: 0.4, segmentTimeoutSeconds: 0.8 };
const RATE = 60;

/** A running broadcast and its capture. */
export class Stage {
  private constructor(
    readonly folder: string,
    readonly origin: LiveOrigin,
    private readonly options: CaptureRunOptions,
    private capture: CaptureRun,
    private readonly lost: ReadonlySet<number>,
  ) {}

  static async open({ origin: originOptions, capture, refreshedUrl, lost = [] }: FaultCase): Promise<Stage> {
    const folder = await mkdtemp(path.join(tmpdir(), 'fault-'));
    const origin = await LiveOrigin.start({ mediaSeconds: 40, ...originOptions });
    const { url } = origin;
    const options: CaptureRunOptions = {
      directory: folder,
      url,
      rate: RATE,
      ...capture,
      settings: { ...SETTINGS, ...capture?.settings },
      ...(refreshedUrl && { source: { url, refresh: () => Promise.resolve({ url: refreshedUrl(origin) }) } }),
    };
    const gone = lost.flatMap(({ from, count }) => Array.from({ length: count }, (_, index) => from + index));
    return new Stage(folder, origin, options, new CaptureRun(options), new Set(gone));
  }

  get run(): CaptureRun {
    return this.capture;
  }

  get witness(): Witness {
    return this.capture.witness;
  }

  /** What was published so far and could be fetched. */
  get obtainable(): readonly OriginSegment[] {
    return this.origin.segments().filter(({ index }) => !this.lost.has(index));
  }

  /** Publishes segments one by one, each after the previous one was listed and everything available was stored. */
  async broadcast(count: number): Promise<void> {
    for (let index = 0; index < count; index += 1) {
      await this.origin.shown();
      await this.stored();
      this.origin.advance();
    }
    await this.origin.shown();
    await this.stored();
  }

  /** Settles when everything that could be fetched up to now is in the file. */
  async stored(): Promise<void> {
    await this.witness.segments(this.obtainable.length);
  }

  /** Lets this many seconds of the capture's time pass. */
  async pass(seconds: number): Promise<void> {
    await this.run.clock.sleep(seconds * 1000, new AbortController().signal);
  }

  /** Ends the capture and begins another in the same folder. */
  async restart(): Promise<void> {
    await this.run.stop();
    this.capture = new CaptureRun(this.options);
  }

  async close(): Promise<void> {
    await this.run.stop().catch(() => undefined);
    await this.origin.close();
    await rm(this.folder, { recursive: true, force: true });
  }
}

/** Plays it, and compares the file with what was broadcast. */
export async function playOut(fault: FaultCase): Promise<void> {
  const stage = await Stage.open(fault);
  try {
    await fault.play(stage);
    expect(await endOf(stage, fault)).toEqual(
      fault.stopped === true ? { kind: 'stopped' } : { kind: 'ended', reason: 'endlist' },
    );
    await judge(stage, fault);
  } finally {
    await stage.close();
  }
}

async function endOf(stage: Stage, { stopped }: FaultCase): Promise<CaptureEnd> {
  // The recorder's patience ran out.
  if (stopped === true) return stage.run.stop(BROADCAST_OVER);
  stage.origin.end();
  return stage.run.end;
}

async function judge({ folder, origin, obtainable, witness }: Stage, fault: FaultCase): Promise<void> {
  const indexOf = new Map(origin.segments().map(({ sha256, index }) => [sha256, index]));
  const stored = (await storedHashes(folder)).map((hash) => indexOf.get(hash) ?? hash);
  expect(stored).toEqual(obtainable.map(({ sha256 }) => indexOf.get(sha256)));

  const ledger = await ledgerOf(folder);
  const gaps = ledger.gaps.map(({ from, to, seconds, cause }) => ({ from, to, seconds, cause: cause.code }));
  expect(gaps).toEqual((fault.lost ?? []).map((lost) => gapOf(origin, lost)));
  expect(ledger.parts.map(({ reason }) => reason)).toEqual(fault.parts ?? ['start']);
  expect(ledger.segments.map(({ programDateTime }) => Date.parse(programDateTime))).toEqual(
    obtainable.map(({ programDateTimeMs }) => programDateTimeMs),
  );
  expect(witness.of('gap').map(({ from }) => from)).toEqual(gaps.map(({ from }) => from));
  expect(await finishedVideos(folder)).toHaveLength(1);
}

function gapOf(origin: LiveOrigin, { from, count, cause }: Lost) {
  const segments = origin.segments();
  const [first, last] = [segments[from]!, segments[from + count - 1]!];
  const toMs = last.programDateTimeMs + last.durationSeconds * 1000;
  const seconds = (toMs - first.programDateTimeMs) / 1000;
  return { from: first.programDateTime, to: new Date(toMs).toISOString(), seconds, cause };
}
