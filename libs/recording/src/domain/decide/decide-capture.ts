import { capturedRatioOf } from '../captured-ratio.js';
import { stateName } from '../lifecycle.js';
import type { RecordingCommandOf } from '../recording-commands.js';
import { later } from '../recording-policy.js';
import { ifPossible, nothing, type Decision, type DecisionInput } from './decision-input.js';

export const decideBegin = (
  { at }: RecordingCommandOf<'BeginCapture'>,
  { snapshot, policy }: DecisionInput,
): Decision =>
  ifPossible(snapshot, { type: 'CaptureStarting', data: { at, deadline: later(at, policy.firstBytesSeconds) } });

export const decideSourceEnd = (
  { at }: RecordingCommandOf<'ReportSourceEnd'>,
  { snapshot, policy }: DecisionInput,
): Decision =>
  ifPossible(snapshot, {
    type: 'SourceEnded',
    data: { at, reason: 'endlist', deadline: later(at, policy.finalizeSeconds) },
  });

export const decidePartsDiscarded = (
  { at, bytes }: RecordingCommandOf<'ReportPartsDiscarded'>,
  { snapshot }: DecisionInput,
): Decision =>
  snapshot.context.partsDiscardedAt === null
    ? ifPossible(snapshot, { type: 'PartsDiscarded', data: { at, bytes } })
    : nothing;

/** Said once for each cause, however often it is tried. */
export const decidePartsKept = (
  { at, cause }: RecordingCommandOf<'ReportPartsKept'>,
  { snapshot }: DecisionInput,
): Decision =>
  snapshot.context.partsKept?.code === cause.code || snapshot.context.partsDiscardedAt !== null
    ? nothing
    : ifPossible(snapshot, { type: 'PartsKept', data: { at, cause } });

/** The capture cannot go on: what was captured becomes a video. */
export function decideCaptureFailure(
  { at, cause }: RecordingCommandOf<'ReportCaptureFailure'>,
  { snapshot, policy }: DecisionInput,
): Decision {
  if (snapshot.context.parts.length === 0)
    return ifPossible(snapshot, { type: 'RecordingFailed', data: { at, cause } });
  const deadline = later(at, policy.finalizeSeconds);
  return ifPossible(snapshot, { type: 'SourceEnded', data: { at, reason: 'gave-up', deadline } });
}

/** The ledger is closed and counted. */
export function decideCaptureClosed(
  report: RecordingCommandOf<'ReportCaptureClosed'>,
  { snapshot }: DecisionInput,
): Decision {
  const { at, bytes, segments, durationSeconds, gapSeconds, adSeconds, retries } = report;
  if (snapshot.context.totals !== null) return nothing;
  if (segments === 0) {
    const cause = { code: 'recording.nothing-captured', message: 'It ended before the first segment had arrived.' };
    return snapshot.context.endReason === 'stopped'
      ? ifPossible(snapshot, { type: 'RecordingCancelled', data: { at, by: 'recorder', cause } })
      : ifPossible(snapshot, { type: 'RecordingFailed', data: { at, cause } });
  }
  // All segments have a length of zero.
  const capturedRatio = capturedRatioOf(durationSeconds, gapSeconds) ?? 1;
  return ifPossible(snapshot, {
    type: 'CaptureEnded',
    data: { at, bytes, segments, durationSeconds, capturedRatio, adSeconds, retries },
  });
}

/**
 * The recorder was away. Nothing counts as running until it runs again, and deadlines do not include the time without a
 * recorder.
 */
export function decideRestart(
  { at }: RecordingCommandOf<'ReportRecorderRestart'>,
  { snapshot, policy }: DecisionInput,
): Decision {
  const cause = { code: 'recorder.restarted', message: 'The recorder was restarted and takes it up again.' };
  const state = stateName(snapshot);
  switch (state) {
    case 'requested':
    case 'starting':
      return [{ type: 'CaptureStarting', data: { at, deadline: later(at, policy.firstBytesSeconds) } }];
    case 'capturing':
    case 'reconnecting':
      return [{ type: 'CaptureInterrupted', data: { at, cause, deadline: later(at, policy.patienceSeconds) } }];
    case 'finalizing':
    case 'postProcessing': {
      const seconds = state === 'finalizing' ? policy.finalizeSeconds : policy.postProcessSeconds;
      const { deadline } = snapshot.context;
      if (deadline !== null && Date.parse(deadline) > Date.parse(at)) return nothing;
      return [{ type: 'DeadlineMoved', data: { at, cause, deadline: later(at, seconds) } }];
    }
    case 'completed':
    case 'failed':
    case 'cancelled':
      return nothing;
    default:
      return state satisfies never;
  }
}
