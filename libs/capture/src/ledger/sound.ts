import type { Ledger, LedgerSegment } from './ledger.js';
import { isContinuous, runOf, stretchesOf, type Run, type Stretch } from './runs.js';

/** The folder within a recording's own that holds its sound, ledger and all, where the source keeps that apart. */
export const SOUND_FOLDER = 'sound';

/** Nearer than this to where the picture begins anew, or ends, what the sound does is the same event. */
const SAME_EVENT_SECONDS = 5;

export interface SoundedRun {
  readonly run: Run;
  /** Undefined where its sound is in it, or could not be had. */
  readonly sound: Run | undefined;
}

/**
 * The recording as runs, each with the sound that belongs to it, by wall-clock. Picture and sound are timed by the source's one clock,
 * which starts anew at a discontinuity. Where the sound alone has one, or is coded differently from there on, the picture's run ends as
 * well: to each belongs one stream of sound.
 * @param sound where the source keeps it apart
 */
export function readSoundedRuns(ledger: Ledger, sound: Ledger | undefined): readonly SoundedRun[] {
  const heard = stretchesOf(sound?.segments ?? [], isOneStream);
  const breaksMs = heard.slice(1).map(([first]) => first.startsAtMs);
  return stretchesOf(ledger.segments, isContinuous)
    .flatMap((stretch) => cutAt(stretch, breaksMs))
    .map(runOf)
    .map((run) => ({ run, sound: soundOf(run, heard) }));
}

function cutAt(whole: Stretch, breaksMs: readonly number[]): readonly Stretch[] {
  const pieces: Stretch[] = [];
  let rest = whole;
  for (const breakMs of breaksMs) {
    const at = Math.max(
      0,
      rest.findIndex((segment) => middleMs(segment) >= breakMs),
    );
    const [before, after] = [rest.slice(0, at), rest.slice(at)];
    if (!isStretch(before) || !isStretch(after)) continue;
    if (Math.min(secondsOf(before), secondsOf(after)) < SAME_EVENT_SECONDS) continue;
    pieces.push(before);
    rest = after;
  }
  return [...pieces, rest];
}

/** Of several streams that reach into the run the longest: of the others there is what the source's two playlists differ by. */
function soundOf(run: Run, heard: readonly Stretch[]): Run | undefined {
  const fromMs = Date.parse(run.startsAt);
  const toMs = fromMs + run.durationSeconds * 1000;
  const within = heard.map((stretch) =>
    stretch.filter((segment) => middleMs(segment) >= fromMs && middleMs(segment) < toMs),
  );
  const longest = within.toSorted((a, b) => secondsOf(b) - secondsOf(a))[0];
  return longest !== undefined && isStretch(longest) ? runOf(longest) : undefined;
}

const middleMs = ({ startsAtMs, durationSeconds }: LedgerSegment): number => startsAtMs + durationSeconds * 500;
const secondsOf = (segments: readonly LedgerSegment[]): number =>
  segments.reduce((sum, { durationSeconds }) => sum + durationSeconds, 0);
const isStretch = (segments: readonly LedgerSegment[]): segments is Stretch => segments.length > 0;

/** One may follow the other in a file, though something may be missing between them. */
const isOneStream = (before: LedgerSegment, after: LedgerSegment): boolean =>
  !after.discontinuity &&
  before.part.container === after.part.container &&
  before.part.signature === after.part.signature &&
  before.part.init?.sha256 === after.part.init?.sha256;
