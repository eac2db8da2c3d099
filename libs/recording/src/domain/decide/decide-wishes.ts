import { stateName } from '../lifecycle.js';
import type { RecordingCommandOf } from '../recording-commands.js';
import { NothingToRetry, RecordingAlreadyActive, RecordingOver } from '../recording-errors.js';
import { later, type RecordingPolicy } from '../recording-policy.js';
import { ifPossible, nothing, type Decision, type DecisionInput } from './decision-input.js';

export const decideRequest = (
  { at, request }: RecordingCommandOf<'RequestRecording'>,
  { pickUpSeconds }: RecordingPolicy,
): Decision => [{ type: 'RecordingRequested', data: { ...request, at, deadline: later(at, pickUpSeconds) } }];

/** @throws RecordingAlreadyActive */
export function refuseSecondRequest(_: RecordingCommandOf<'RequestRecording'>, { snapshot }: DecisionInput): Decision {
  throw new RecordingAlreadyActive(snapshot.context.recordingId);
}

export function decideStop(
  { at, by, cause }: RecordingCommandOf<'StopRecording'>,
  { snapshot, policy }: DecisionInput,
): Decision {
  const early = { code: 'recording.stopped-early', message: 'It was stopped before a recorder had begun.' };
  if (stateName(snapshot) === 'requested')
    return [{ type: 'RecordingCancelled', data: { at, by, cause: cause ?? early } }];
  const deadline = later(at, policy.finalizeSeconds);
  return ifPossible(snapshot, { type: 'StopRequested', data: { at, by, cause: cause ?? null, deadline } });
}

/** Never refused. A title that changes after the recording is over no longer belongs to it. */
export function decideDetails({ details }: RecordingCommandOf<'ChangeDetails'>, { snapshot }: DecisionInput): Decision {
  const { at, title, category } = details;
  const before = snapshot.context.titles.findLast((known) => Date.parse(known.at) <= Date.parse(at));
  if ((before?.title ?? null) === title && (before?.category ?? null) === category) return nothing;
  return ifPossible(snapshot, { type: 'RecordingDetailsChanged', data: { at, title, category } });
}

/** @throws RecordingOver */
export function decideCancel({ at, by }: RecordingCommandOf<'CancelRecording'>, { snapshot }: DecisionInput): Decision {
  const state = stateName(snapshot);
  if (state === 'cancelled') return nothing;
  const cause = { code: 'recording.cancelled', message: 'It was cancelled.' };
  const cancelled = { type: 'RecordingCancelled', data: { at, by, cause } } as const;
  if (!snapshot.can(cancelled)) throw new RecordingOver(snapshot.context.recordingId, state);
  return [cancelled];
}

/** @throws NothingToRetry */
export function decideRetry(
  { at, by }: RecordingCommandOf<'RetryRecording'>,
  { snapshot, policy }: DecisionInput,
): Decision {
  const { parts, recordingId } = snapshot.context;
  const from = parts.length > 0 ? 'finalize' : 'capture';
  const seconds = from === 'finalize' ? policy.finalizeSeconds : policy.pickUpSeconds;
  const retried = { type: 'RecordingRetried', data: { at, by, from, deadline: later(at, seconds) } } as const;
  if (!snapshot.can(retried)) throw new NothingToRetry(recordingId, stateName(snapshot));
  return [retried];
}
