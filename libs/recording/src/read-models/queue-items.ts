import type { QueueItem } from '@streamvault/api-contract';
import type { WorkStatus } from '@streamvault/jobs';
import type { KeptRecording } from '../domain/fold-kept.js';
import type { RecordingContext } from '../domain/recording-context.js';
import { isBlocked, isReady, JOIN_STEP, type StepStatus } from '../domain/steps.js';
import { workGroup } from '../recorder/effect-parts.js';

/**
 * What is still to be done for a recording, or failed.
 * @param working what this process works on now
 */
export function queueItems({ state, context }: KeptRecording, working: readonly WorkStatus[]): QueueItem[] {
  const mine = working.filter(({ group }) => group === workGroup(context.recordingId));
  if (state === 'finalizing' || state === 'failed') return [joinItem(state === 'failed', context, mine)];
  return context.steps.flatMap((step) =>
    step.state === 'succeeded' || step.state === 'skipped' ? [] : [stepItem(step, context, mine)],
  );
}

function joinItem(hasFailed: boolean, context: RecordingContext, working: readonly WorkStatus[]): QueueItem {
  const { failure, finalizeAttempts: attempts, finalizeRetryAt: retryAt, interruption } = context;
  const work = working.find(({ name }) => name === JOIN_STEP);
  const isRunning = work?.state === 'running';
  const waitingFor = hasFailed || isRunning ? null : (interruption?.message ?? placeOf(work) ?? pauseOf(retryAt));
  return {
    ...of(context),
    name: JOIN_STEP,
    state: hasFailed ? 'failed' : isRunning ? 'running' : 'waiting',
    waitingFor,
    ...progressOf(work),
    attempts,
    error: hasFailed ? (failure?.message ?? null) : (interruption?.message ?? null),
    retryAt,
  };
}

function stepItem(step: StepStatus, context: RecordingContext, working: readonly WorkStatus[]): QueueItem {
  const { name, attempts, error, retryAt } = step;
  const work = working.find((known) => known.name === name);
  const state = isBlocked(step, context.steps) ? 'blocked' : (step.state as 'waiting' | 'running' | 'failed');
  return {
    ...of(context),
    name,
    state,
    waitingFor: state === 'waiting' || state === 'blocked' ? reasonOf(step, context.steps, work) : null,
    ...progressOf(work),
    attempts,
    error,
    retryAt,
  };
}

function reasonOf(step: StepStatus, all: readonly StepStatus[], work: WorkStatus | undefined): string | null {
  if (!isReady(step, all)) {
    const missing = all.filter(
      ({ name, state }) => step.dependsOn.includes(name) && state !== 'succeeded' && state !== 'skipped',
    );
    return `Step ${missing.map(({ name }) => name).join(', ')} comes first.`;
  }
  return step.error ?? placeOf(work) ?? pauseOf(step.retryAt);
}

const of = ({ recordingId, streamerName }: RecordingContext) => ({ recordingId, streamerName });

const progressOf = (work: WorkStatus | undefined): Pick<QueueItem, 'progress' | 'secondsLeft'> => ({
  progress: work?.share ?? null,
  secondsLeft: work?.secondsLeft ?? null,
});

const placeOf = (work: WorkStatus | undefined): string | undefined =>
  work?.place == null ? undefined : `Other work comes first: place ${work.place} in the queue.`;

const pauseOf = (retryAt: string | null): string | null =>
  retryAt === null ? null : 'StreamVault retries it after a pause.';
