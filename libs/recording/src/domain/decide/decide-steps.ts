import { isWaitedFor } from '../disk-causes.js';
import { evolve } from '../lifecycle.js';
import type { RecordingCommandOf } from '../recording-commands.js';
import { StepNotFound, StepNotRetryable, StepNotSkippable } from '../recording-errors.js';
import { later, retryAt } from '../recording-policy.js';
import { isReady, isSettled, mayBeSkipped, waitsForDisk, type StepStatus } from '../steps.js';
import { ifPossible, nothing, type Decision, type DecisionInput, type LaterEvent } from './decision-input.js';

/** A recording is complete when the last of its steps is. */
function settle(
  known: DecisionInput,
  event: LaterEvent & { type: 'StepSucceeded' | 'StepFailed' | 'StepSkipped' },
): Decision {
  const { snapshot } = known;
  if (!snapshot.can(event)) return nothing;
  const { steps } = evolve(snapshot, event)?.context ?? snapshot.context;
  const completed = { type: 'RecordingCompleted', data: { at: event.data.at } } as const;
  return steps.every((step) => isSettled(step, steps)) ? [event, completed] : [event];
}

const stepOf = ({ snapshot }: DecisionInput, name: string): StepStatus | undefined =>
  snapshot.context.steps.find((step) => step.name === name);

export function decideStepStart({ at, name }: RecordingCommandOf<'StartStep'>, known: DecisionInput): Decision {
  const step = stepOf(known, name);
  if (!step || !isReady(step, known.snapshot.context.steps)) return nothing;
  return ifPossible(known.snapshot, { type: 'StepStarted', data: { at, name, attempt: step.attempts + 1 } });
}

export function decideStepSuccess(
  { at, name, videoId }: RecordingCommandOf<'ReportStepSuccess'>,
  known: DecisionInput,
): Decision {
  const step = stepOf(known, name);
  if (step?.state !== 'running') return nothing;
  return settle(known, { type: 'StepSucceeded', data: { at, name, attempt: step.attempts, videoId } });
}

export function decideStepFailure(
  { at, name, cause }: RecordingCommandOf<'ReportStepFailure'>,
  known: DecisionInput,
): Decision {
  const { snapshot, policy } = known;
  const step = stepOf(known, name);
  if (step?.state !== 'running') return nothing;
  if (!isWaitedFor(cause)) {
    const again = retryAt(at, step.attempts, {
      attempts: policy.stepAttempts,
      backoffSeconds: policy.backoffSeconds,
      of: `${snapshot.context.recordingId} ${name}`,
    });
    return settle(known, { type: 'StepFailed', data: { at, name, attempt: step.attempts, cause, retryAt: again } });
  }
  const again = later(at, policy.roomSeconds);
  return ifPossible(snapshot, {
    type: 'StepFailed',
    data: { at, name, attempt: step.attempts - 1, cause, retryAt: again },
  });
}

/** @throws StepNotFound, StepNotRetryable */
export function decideRetryStep({ at, by, name }: RecordingCommandOf<'RetryStep'>, known: DecisionInput): Decision {
  const { snapshot, policy } = known;
  const step = requireStep(known, name);
  const retried = {
    type: 'StepRetryRequested',
    data: { at, by, name, deadline: later(at, policy.postProcessSeconds) },
  } as const;
  if ((step.state !== 'failed' && !waitsForDisk(step)) || !snapshot.can(retried))
    throw new StepNotRetryable(snapshot.context.recordingId, name, step.state);
  return [retried];
}

/** @throws StepNotFound, StepNotSkippable */
export function decideSkipStep({ at, by, name }: RecordingCommandOf<'SkipStep'>, known: DecisionInput): Decision {
  const { snapshot, policy } = known;
  const step = requireStep(known, name);
  if (step.state === 'skipped') return nothing;
  const skipped = {
    type: 'StepSkipped',
    data: { at, by, name, deadline: later(at, policy.postProcessSeconds) },
  } as const;
  if (!mayBeSkipped(step) || !snapshot.can(skipped))
    throw new StepNotSkippable(snapshot.context.recordingId, name, step.state);
  return settle(known, skipped);
}

function requireStep(known: DecisionInput, name: string): StepStatus {
  const step = stepOf(known, name);
  if (!step) throw new StepNotFound(known.snapshot.context.recordingId, name);
  return step;
}
