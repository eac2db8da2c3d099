import type { Step } from '@streamvault/api-contract';
import type { RecordingStateName } from '../domain/lifecycle.js';
import type { RecordingContext } from '../domain/recording-context.js';
import { later } from '../domain/recording-policy.js';
import { CLEAN_UP_STEP, isBlocked, JOIN_STEP } from '../domain/steps.js';

/** What happens to raw parts once their video is complete. */
export interface PartsPolicy {
  readonly keeps: boolean;
  /** How long viewers may go on reading them. */
  readonly graceSeconds: number;
}
export const PARTS_POLICY = Symbol('PartsPolicy');
export const usualParts: PartsPolicy = { keeps: false, graceSeconds: 600 };

/** Everything that is done after the capture, in order: the parts are joined, the planned steps run, the parts are removed. */
export function stepList(
  { state, context }: { readonly state: RecordingStateName; readonly context: RecordingContext },
  policy: PartsPolicy,
): Step[] {
  const join = joinOf(state, context);
  if (!join) return [];
  const planned = context.steps.map((step) => ({
    ...step,
    dependsOn: [...step.dependsOn],
    state: isBlocked(step, context.steps) ? ('blocked' as const) : step.state,
  }));
  if (planned.length === 0) return [join];
  return [join, ...planned, ...(context.parts.length === 0 ? [] : [cleanUpOf(state, context, policy)])];
}

function joinOf(state: RecordingStateName, context: RecordingContext): Step | undefined {
  const { failure, finalizeAttempts, finalizeRetryAt, interruption, outputs } = context;
  const base = { name: JOIN_STEP, dependsOn: [], retryAt: null, error: null };
  if (outputs.length > 0) return { ...base, state: 'succeeded', attempts: finalizeAttempts + 1 };
  if (state === 'finalizing') {
    const isWaiting = interruption !== null;
    return {
      ...base,
      state: isWaiting ? 'waiting' : 'running',
      attempts: finalizeAttempts,
      error: interruption?.message ?? null,
      retryAt: finalizeRetryAt,
    };
  }
  if (state !== 'failed' || finalizeAttempts === 0) return undefined;
  return { ...base, state: 'failed', attempts: finalizeAttempts, error: failure?.message ?? null };
}

function cleanUpOf(state: RecordingStateName, context: RecordingContext, policy: PartsPolicy): Step {
  const { completedAt, partsDiscardedAt, partsKept, steps } = context;
  const step = {
    name: CLEAN_UP_STEP,
    dependsOn: steps.map(({ name }) => name),
    attempts: 0,
    error: null,
    retryAt: null,
  };
  if (partsDiscardedAt !== null) return { ...step, state: 'succeeded', attempts: 1 };
  if (policy.keeps) return { ...step, state: 'skipped' };
  const isHeldUp = steps.some((each) => (each.state === 'failed' && each.retryAt === null) || isBlocked(each, steps));
  if (isHeldUp) return { ...step, state: 'blocked' };
  if (partsKept !== null) return { ...step, state: 'waiting', error: partsKept.message };
  const retryAt = state === 'completed' && completedAt !== null ? later(completedAt, policy.graceSeconds) : null;
  return { ...step, state: 'waiting', retryAt };
}
