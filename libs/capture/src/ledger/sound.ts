import type { Ledger, LedgerSegment } from './ledger.js';
import { isContinuous, runOf, stretchesOf, type Run, type Stretch } from './runs.js';

/** The folder inside a recording's own that holds its audio, with its own ledger, if the source keeps audio apart. */
export const SOUND_FOLDER = 'sound';

/** If the audio breaks closer than this to where the video starts again or ends, it is the same event. */
const SAME_EVENT_SECONDS = 5;

export interface SoundedRun {
  readonly run: Run;
  /** Undefined if the audio is in it, or could not be fetched. */
  readonly sound: Run | undefined;
}

/**
 * The recording as runs, each with the audio that belongs to it by wall-clock time. The source times video and audio by
 * one clock, which starts again at a discontinuity. If only the audio has a discontinuity or a new coding, the video's
 * run ends as well, so that each run has one stream of audio.
 * @param sound the ledger of the audio, if the source keeps it apart
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

/**
 * Of several streams that overlap the run, the longest. The others come from differences between the source's two
 * playlists.
 */
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

/** Whether one may follow the other in a file, even if something is missing between them. */
const isOneStream = (before: LedgerSegment, after: LedgerSegment): boolean =>
  !after.discontinuity &&
  before.part.container === after.part.container &&
  before.part.signature === after.part.signature &&
  before.part.init?.sha256 === after.part.init?.sha256;
