import type { Container } from '../port.js';
import type { Ledger, LedgerPart, LedgerSegment } from './ledger.js';

/** Bytes of one file in the recording's folder. */
export interface FileRange {
  readonly file: string;
  readonly offset: number;
  readonly length: number;
}

/**
 * A stretch in which the source's timeline is continuous. Its ranges in sequence (after `init`, for mp4) are a valid
 * stream, however many files a restart or a rotation spread them over.
 */
export interface Run {
  readonly index: number;
  readonly container: Container;
  /** Runs with equal signatures have the same codecs and resolution and can be joined by copying. */
  readonly signature: string;
  readonly init?: FileRange;
  readonly ranges: readonly FileRange[];
  readonly segments: number;
  readonly bytes: number;
  readonly durationSeconds: number;
  /**
   * By how much `durationSeconds` may be off because the source rounds: a second for each segment that could not be
   * measured.
   */
  readonly slackSeconds: number;
  /** Wall-clock of the first sample, ISO 8601 UTC. */
  readonly startsAt: string;
  /** Where the run starts on the recording's own timeline. */
  readonly mediaStartSeconds: number;
}

type Growing = { -readonly [K in keyof Omit<Run, 'ranges'>]: Run[K] } & {
  ranges: { file: string; offset: number; length: number }[];
};

const initOf = ({ file, init }: LedgerPart): FileRange | undefined =>
  init && { file, offset: init.offset, length: init.length };

/** Segments that form one stream; at least one. */
export type Stretch = readonly [LedgerSegment, ...LedgerSegment[]];

/** The recording as runs, in order: what a finalizer joins. */
export const readRuns = (ledger: Ledger): readonly Run[] => stretchesOf(ledger.segments, isContinuous).map(runOf);

export const isContinuous = (_before: LedgerSegment, { continuous }: LedgerSegment): boolean => continuous;

/** The segments in order, split where one does not continue the one before it. */
export function stretchesOf(
  segments: readonly LedgerSegment[],
  follows: (before: LedgerSegment, segment: LedgerSegment) => boolean,
): readonly Stretch[] {
  const stretches: [LedgerSegment, ...LedgerSegment[]][] = [];
  let before: LedgerSegment | undefined;
  for (const segment of segments) {
    const stretch = stretches.at(-1);
    if (stretch !== undefined && before !== undefined && follows(before, segment)) stretch.push(segment);
    else stretches.push([segment]);
    before = segment;
  }
  return stretches;
}

export function runOf(segments: Stretch, index = 0): Run {
  const run = begin(segments[0], index);
  for (const segment of segments) extend(run, segment);
  return run;
}

function begin({ part, startsAtMs, mediaStartSeconds }: LedgerSegment, index: number): Growing {
  const init = initOf(part);
  return {
    index,
    container: part.container,
    signature: part.signature,
    ...(init && { init }),
    ranges: [],
    segments: 0,
    bytes: 0,
    durationSeconds: 0,
    slackSeconds: 0,
    startsAt: new Date(startsAtMs).toISOString(),
    mediaStartSeconds,
  };
}

function extend(run: Growing, { part, offset, length, durationSeconds, rounded }: LedgerSegment): void {
  const last = run.ranges.at(-1);
  if (last?.file === part.file && last.offset + last.length === offset) last.length += length;
  else run.ranges.push({ file: part.file, offset, length });
  run.segments += 1;
  run.bytes += length;
  run.durationSeconds += durationSeconds;
  if (rounded) run.slackSeconds += 1;
}
