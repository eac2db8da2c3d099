import type { Decider } from '@streamvault/kernel';
import { decideAsRecorder } from './decide/decide-assignment.js';
import {
  decideBegin,
  decideCaptureClosed,
  decideCaptureFailure,
  decidePartsDiscarded,
  decidePartsKept,
  decideRestart,
  decideSourceEnd,
} from './decide/decide-capture.js';
import { decideDeadline } from './decide/decide-deadline.js';
import { decideFact } from './decide/decide-facts.js';
import { decideGapFilled, decideGapFillFailure, decideGapFillRequest } from './decide/decide-gap-fill.js';
import { decideFinalized, decideFinalizeFailure } from './decide/decide-finalize.js';
import {
  decideRetryStep,
  decideSkipStep,
  decideStepFailure,
  decideStepStart,
  decideStepSuccess,
} from './decide/decide-steps.js';
import {
  decideCancel,
  decideDetails,
  decideRequest,
  decideRetry,
  decideStop,
  refuseSecondRequest,
} from './decide/decide-wishes.js';
import type { Decision, DecisionInput } from './decide/decision-input.js';
import { evolve, type RecordingState } from './lifecycle.js';
import type { AddressedCommand, RecordingCommand, RecordingCommandOf } from './recording-commands.js';
import { RecordingNotFound } from './recording-errors.js';
import type { RecordingEvent } from './recording-events.js';
import type { RecordingPolicy } from './recording-policy.js';

type Rules = {
  readonly [Type in RecordingCommand['type']]: (command: RecordingCommandOf<Type>, known: DecisionInput) => Decision;
};

const rules: Rules = {
  RequestRecording: refuseSecondRequest,
  StopRecording: decideStop,
  ChangeDetails: decideDetails,
  CancelRecording: decideCancel,
  RetryRecording: decideRetry,
  RetryStep: decideRetryStep,
  SkipStep: decideSkipStep,
  BeginCapture: decideBegin,
  ReportFact: decideFact,
  ReportRecorderRestart: decideRestart,
  ReportSourceEnd: decideSourceEnd,
  ReportCaptureFailure: decideCaptureFailure,
  ReportCaptureClosed: decideCaptureClosed,
  ReportFinalized: decideFinalized,
  ReportFinalizeFailure: decideFinalizeFailure,
  StartStep: decideStepStart,
  ReportStepSuccess: decideStepSuccess,
  ReportStepFailure: decideStepFailure,
  ReportDeadline: decideDeadline,
  ReportPartsDiscarded: decidePartsDiscarded,
  ReportPartsKept: decidePartsKept,
  RequestGapFill: decideGapFillRequest,
  ReportGapFilled: decideGapFilled,
  ReportGapFillFailure: decideGapFillFailure,
};

function decideExisting<Type extends RecordingCommand['type']>(
  command: RecordingCommandOf<Type>,
  known: DecisionInput,
): Decision {
  return rules[command.type](command, known);
}

/** The rules of a recording. The machine says what is possible; the decider says what a command means. */
export const recordingDecider = (
  policy: RecordingPolicy,
): Decider<RecordingState, AddressedCommand, RecordingEvent> => ({
  initialState: () => undefined,
  evolve,
  decide({ recordingId, command, reporter }, snapshot) {
    if (snapshot) {
      const existing = { snapshot, policy };
      const decide = () => decideExisting(command, existing);
      return reporter ? decideAsRecorder(command, reporter, existing, decide) : decide();
    }
    if (command.type !== 'RequestRecording') throw new RecordingNotFound(recordingId);
    return decideRequest(command, policy);
  },
});
