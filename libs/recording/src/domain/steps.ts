/** A post-processing step: runs when everything it depends on has succeeded. */
export interface StepDefinition {
  readonly name: string;
  readonly description: string;
  readonly dependsOn: readonly string[];
}

/** In the order in which equally ready steps run. */
export const stepDefinitions = [
  // First, so that a video appears in the library with its picture; without it where that cannot be taken.
  { name: 'thumbnail', description: 'Take a still picture from the video.', dependsOn: [] },
  { name: 'publish', description: 'Put the finished video into the library.', dependsOn: [] },
] as const satisfies readonly StepDefinition[];

export type StepName = (typeof stepDefinitions)[number]['name'];

export interface StepStatus {
  readonly name: string;
  readonly state: 'waiting' | 'running' | 'succeeded' | 'failed';
  readonly attempts: number;
  /** What went wrong the last time, or what it waits for. */
  readonly error: string | null;
  /** Before this instant it is not tried again; null where it may run now or has been given up. */
  readonly retryAt: string | null;
}

export const isStepName = (name: string): name is StepName => stepDefinitions.some((step) => step.name === name);

export function initialSteps(): StepStatus[] {
  return stepDefinitions.map(({ name }) => ({ name, state: 'waiting', attempts: 0, error: null, retryAt: null }));
}

/** It was tried, and had no room, no disk or no log to write to: it is tried again until it has. */
export const waitsForDisk = ({ state, retryAt }: StepStatus): boolean => state === 'waiting' && retryAt !== null;

const dependencies = (name: string): readonly string[] =>
  stepDefinitions.find((step) => step.name === name)?.dependsOn ?? [];

const hasGivenUp = (status: StepStatus): boolean => status.state === 'failed' && status.retryAt === null;

/** A step that will not move by itself any more: done, given up, or waiting for one that was given up. */
export function isSettled(status: StepStatus, all: readonly StepStatus[]): boolean {
  if (status.state === 'succeeded' || hasGivenUp(status)) return true;
  return dependencies(status.name).some((needed) => {
    const other = all.find((step) => step.name === needed);
    return other !== undefined && other.state !== 'succeeded' && isSettled(other, all);
  });
}

/**
 * The step to run next: first one that was cut off while it ran, then what is ready now, then the failed one whose retry comes
 * first, then what waits for its disk. Undefined where every step is settled.
 */
export function nextStep(all: readonly StepStatus[]): StepStatus | undefined {
  const open = all.filter(
    (step) =>
      !isSettled(step, all) &&
      dependencies(step.name).every((needed) => all.find((other) => other.name === needed)?.state === 'succeeded'),
  );
  return (
    open.find((step) => step.state === 'running') ??
    open.find((step) => step.state === 'waiting' && !waitsForDisk(step)) ??
    open.filter((step) => !waitsForDisk(step)).toSorted(byRetry)[0] ??
    open.toSorted(byRetry)[0]
  );
}

const byRetry = (left: StepStatus, right: StepStatus): number =>
  (left.retryAt ?? '').localeCompare(right.retryAt ?? '');
