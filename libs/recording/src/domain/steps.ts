import type { PlannedStep } from './recording-events.js';

/** What finalizing is called where people see steps: the parts become one video, before there is a plan. */
export const JOIN_STEP = 'join';

export interface StepStatus extends PlannedStep {
  readonly state: 'waiting' | 'running' | 'succeeded' | 'failed' | 'skipped';
  readonly attempts: number;
  /** What went wrong the last time, or what it waits for. */
  readonly error: string | null;
  /** Before this instant it is not tried again; null where it may run now or has been given up. */
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

/** Nothing is deleted before these have succeeded, so nobody may pass them over. */
const neverSkipped: ReadonlySet<string> = new Set(['verify', 'publish']);
export const mayBeSkipped = ({ name, state }: StepStatus): boolean =>
  state !== 'succeeded' && state !== 'skipped' && !neverSkipped.has(name);

/** It was tried, and had no room, no disk or no log to write to: it is tried again until it has. */
export const waitsForDisk = ({ state, retryAt }: StepStatus): boolean => state === 'waiting' && retryAt !== null;

const isDone = ({ state }: StepStatus): boolean => state === 'succeeded' || state === 'skipped';
const hasGivenUp = ({ state, retryAt }: StepStatus): boolean => state === 'failed' && retryAt === null;

/** What a step depends on and is not done yet. A name that the plan does not list holds nothing up. */
const missingFor = ({ dependsOn }: StepStatus, all: readonly StepStatus[]): readonly StepStatus[] =>
  all.filter((other) => dependsOn.includes(other.name) && !isDone(other));

/** It cannot run before somebody has seen to a step that was given up, on which it depends. */
export const isBlocked = (status: StepStatus, all: readonly StepStatus[]): boolean =>
  !isDone(status) && missingFor(status, all).some((needed) => hasGivenUp(needed) || isBlocked(needed, all));

/** A step that will not move by itself any more: done, given up, or waiting for one that was given up. */
export const isSettled = (status: StepStatus, all: readonly StepStatus[]): boolean =>
  isDone(status) || hasGivenUp(status) || isBlocked(status, all);

/** Everything that it depends on is done, and it is not: it may run, now or when its pause is over. */
export const isReady = (status: StepStatus, all: readonly StepStatus[]): boolean =>
  !isSettled(status, all) && missingFor(status, all).length === 0;
