import type { Ledger, LedgerSegment } from './ledger.js';
import { runOf, type Run } from './runs.js';

/** The folder within a recording's own that holds its sound, ledger and all, where the source keeps that apart. */
export const SOUND_FOLDER = 'sound';

/**
 * The sound that belongs to a run of mute picture, by wall-clock: segments whose middle lies within it. Both are timed by the
 * source's one clock, which starts anew at a discontinuity, so of several such stretches the longest is taken. Undefined where none
 * of it could be had.
 */
export function soundOfRun(run: Run, sound: Ledger): Run | undefined {
  const fromMs = Date.parse(run.startsAt);
  const toMs = fromMs + run.durationSeconds * 1000;
  const stretches: LedgerSegment[][] = [];
  for (const segment of sound.segments) {
    const middleMs = segment.startsAtMs + segment.durationSeconds * 500;
    if (middleMs < fromMs || middleMs >= toMs) continue;
    const stretch = stretches.at(-1);
    const last = stretch?.at(-1);
    if (stretch === undefined || last === undefined || !isOneStream(last, segment)) stretches.push([segment]);
    else stretch.push(segment);
  }
  const length = (stretch: readonly LedgerSegment[]): number =>
    stretch.reduce((sum, { durationSeconds }) => sum + durationSeconds, 0);
  const longest = stretches.toSorted((a, b) => length(b) - length(a))[0];
  return longest && runOf(longest);
}

/** One may follow the other in a file, though something may be missing between them. */
const isOneStream = (before: LedgerSegment, after: LedgerSegment): boolean =>
  !after.discontinuity &&
  before.part.container === after.part.container &&
  before.part.signature === after.part.signature &&
  before.part.init?.sha256 === after.part.init?.sha256;
