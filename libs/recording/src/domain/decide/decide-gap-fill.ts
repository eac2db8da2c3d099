import { stateName } from '../lifecycle.js';
import { type GapFillStatus, type GapStatus, SOUND_GAP } from '../recording-context.js';
import type { RecordingCommandOf } from '../recording-commands.js';
import { GapNotFillable, GapNotFound } from '../recording-errors.js';
import { later } from '../recording-policy.js';
import { ifPossible, nothing, type Decision, type DecisionInput } from './decision-input.js';

interface Fillable {
  readonly state: string;
  readonly videoId: number | null;
  readonly fills: readonly Pick<GapFillStatus, 'from' | 'state'>[];
}

/** Why a gap of a recording cannot be filled now, for people; undefined if it can. */
export function whyGapStays(
  { fills, state, videoId }: Fillable,
  { from, cause }: Pick<GapStatus, 'from' | 'cause'>,
): string | undefined {
  if (state !== 'completed')
    return 'Only the video of a finished recording can be filled. Wait until all its steps are done.';
  if (videoId === null) return 'This recording has no video that could be filled.';
  if (cause.code.startsWith(SOUND_GAP)) return 'Only the audio of this span is missing, and the video stays as it is.';
  if (fills.some((fill) => fill.from === from && fill.state === 'filled')) return 'This gap was filled already.';
  // One at a time, because each exchanges the whole file.
  if (fills.some(({ state: now }) => now === 'running'))
    return 'A gap of this recording is being filled. Wait until that is done.';
  return undefined;
}

/** @throws GapNotFound, GapNotFillable */
export function decideGapFillRequest(
  { at, by, from, source }: RecordingCommandOf<'RequestGapFill'>,
  { snapshot, policy }: DecisionInput,
): Decision {
  const { context } = snapshot;
  const gap = context.gaps.find((each) => Date.parse(each.from) === Date.parse(from));
  if (!gap) throw new GapNotFound(context.recordingId, from);
  // One whose time is over was given up, although nobody could say so.
  const fills = context.gapFills.filter((fill) => fill.state !== 'running' || fill.deadline > at);
  const why =
    context.outputs.length > 1
      ? 'This recording has several videos, as an older release made them. Only a recording of one can be filled.'
      : whyGapStays({ fills, state: stateName(snapshot), videoId: context.videoId }, gap);
  if (why !== undefined) throw new GapNotFillable(context.recordingId, gap.from, why);
  const deadline = later(at, policy.gapFillSeconds);
  return [{ type: 'GapFillRequested', data: { at, by, from: gap.from, to: gap.to, source, deadline } }];
}

const runningOf = ({ context }: DecisionInput['snapshot'], from: string) =>
  context.gapFills.find((fill) => fill.from === from && fill.state === 'running');

export function decideGapFilled(
  { at, from, seconds, mutedSeconds, output }: RecordingCommandOf<'ReportGapFilled'>,
  { snapshot }: DecisionInput,
): Decision {
  const fill = runningOf(snapshot, from);
  if (!fill) return nothing;
  const { by, source, to } = fill;
  const data = { at, by, from, to, url: source.url, seconds, mutedSeconds, output };
  return ifPossible(snapshot, { type: 'GapFilled', data });
}

export function decideGapFillFailure(
  { at, from, cause }: RecordingCommandOf<'ReportGapFillFailure'>,
  { snapshot }: DecisionInput,
): Decision {
  const fill = runningOf(snapshot, from);
  return fill ? ifPossible(snapshot, { type: 'GapFillFailed', data: { at, from, to: fill.to, cause } }) : nothing;
}
