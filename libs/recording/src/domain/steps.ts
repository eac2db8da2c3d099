import type { PlannedStep } from './recording-events.js';

/** The name under which people see finalizing among the steps: the parts become one video, before there is a plan. */
export const JOIN_STEP = 'join';
/** The name under which they see that the raw parts are removed, after everything else and its time of grace. */
export const CLEAN_UP_STEP = 'clean-up';

export interface StepStatus extends PlannedStep {
  readonly state: 'waiting' | 'running' | 'succeeded' | 'failed' | 'skipped';
  readonly attempts: number;
  /** The last error, or what it waits for. */
  readonly error: string | null;
  /** It is not retried before this instant; null if it may run now or has been given up. */
  readonly retryAt: string | null;
}

/** A step of the plan before it has run. */
export const plannedStatus = ({ name, dependsOn }: PlannedStep): StepStatus => ({
  name,
  dependsOn,
  state: 'waiting',
  attempts: 0,
  error: null,
  retryAt: null,
});

/** Nothing is deleted before these have succeeded, so they cannot be skipped. */
const neverSkipped: ReadonlySet<string> = new Set(['verify', 'publish']);
export const mayBeSkipped = ({ name, state }: StepStatus): boolean =>
  state !== 'succeeded' && state !== 'skipped' && !neverSkipped.has(name);

/** It was tried without room, a disk or a log to write to, and is retried until there is one. */
export const waitsForDisk = ({ state, retryAt }: StepStatus): boolean => state === 'waiting' && retryAt !== null;

const isDone = ({ state }: StepStatus): boolean => state === 'succeeded' || state === 'skipped';
const hasGivenUp = ({ state, retryAt }: StepStatus): boolean => state === 'failed' && retryAt === null;

/** Steps that a step depends on and that are not done yet. A name that the plan does not list is ignored. */
const missingFor = ({ dependsOn }: StepStatus, all: readonly StepStatus[]): readonly StepStatus[] =>
  all.filter((other) => dependsOn.includes(other.name) && !isDone(other));

/** It depends on a step that was given up, so it cannot run until somebody deals with that. */
export const isBlocked = (status: StepStatus, all: readonly StepStatus[]): boolean =>
  !isDone(status) && missingFor(status, all).some((needed) => hasGivenUp(needed) || isBlocked(needed, all));

/** A step that will not move by itself any more: done, given up, or waiting for one that was given up. */
export const isSettled = (status: StepStatus, all: readonly StepStatus[]): boolean =>
  isDone(status) || hasGivenUp(status) || isBlocked(status, all);

/** Not done itself, but everything it depends on is: it may run, now or when its pause is over. */
export const isReady = (status: StepStatus, all: readonly StepStatus[]): boolean =>
  !isSettled(status, all) && missingFor(status, all).length === 0;
