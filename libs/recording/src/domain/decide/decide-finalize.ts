import { isOfDisk } from '../disk-causes.js';
import type { RecordingCommandOf } from '../recording-commands.js';
import { later, retryAt } from '../recording-policy.js';
import { ifPossible, nothing, type Decision, type DecisionInput } from './decision-input.js';

export const decideFinalized = (
  { at, outputs, steps }: RecordingCommandOf<'ReportFinalized'>,
  { snapshot, policy }: DecisionInput,
): Decision =>
  ifPossible(snapshot, {
    type: 'RecordingFinalized',
    data: {
      at,
      outputs: [...outputs],
      steps: steps.map(({ name, dependsOn }) => ({ name, dependsOn: [...dependsOn] })),
      deadline: later(at, policy.postProcessSeconds),
    },
  });

export function decideFinalizeFailure(
  { at, cause }: RecordingCommandOf<'ReportFinalizeFailure'>,
  { snapshot, policy }: DecisionInput,
): Decision {
  // An attempt that failed because the disk is full does not count.
  if (isOfDisk(cause)) {
    // The effect retries by itself; the waiting is reported once.
    if (snapshot.context.interruption?.code === cause.code) return nothing;
    const attempt = snapshot.context.finalizeAttempts;
    return ifPossible(
      snapshot,
      { type: 'FinalizeFailed', data: { at, attempt, cause, retryAt: later(at, policy.roomSeconds) } },
      { type: 'DeadlineMoved', data: { at, cause, deadline: later(at, policy.finalizeSeconds) } },
    );
  }
  const attempt = snapshot.context.finalizeAttempts + 1;
  const again = retryAt(at, attempt, {
    attempts: policy.finalizeAttempts,
    backoffSeconds: policy.backoffSeconds,
    of: `${snapshot.context.recordingId} finalize`,
  });
  return again === null
    ? ifPossible(snapshot, { type: 'RecordingFailed', data: { at, cause } })
    : ifPossible(snapshot, { type: 'FinalizeFailed', data: { at, attempt, cause, retryAt: again } });
}
