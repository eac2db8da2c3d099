import type { JobSchedule } from '@streamvault/kernel';

export interface JobRun {
  readonly runId: string;
  readonly owner: string;
  readonly trigger: 'schedule' | 'missed' | 'user';
  readonly by: string;
  /** ISO 8601 UTC. */
  readonly startedAt: string;
  readonly deadline: string;
}

export type JobRunOutcome =
  | {
      readonly kind: 'succeeded';
      readonly summary: string;
      readonly figures: Readonly<Record<string, number>>;
    }
  | {
      readonly kind: 'failed' | 'deadline' | 'interrupted';
      readonly cause: { readonly code: string; readonly message: string };
    };

export interface EndedJobRun extends JobRun {
  readonly endedAt: string;
  readonly seconds: number;
  readonly outcome: JobRunOutcome;
}

export interface JobState {
  /** An operator's; null: the job's own. */
  readonly schedule: JobSchedule | null;
  /** What the next run is counted from: when it was scheduled, or the last run that counts as one. */
  readonly countedFrom: string | null;
  readonly isPaused: boolean;
  readonly running: JobRun | null;
  readonly lastRun: EndedJobRun | null;
  /** Somebody waits for a run. */
  readonly request: { readonly by: string; readonly at: string } | null;
  /** How many runs in a row were interrupted. */
  readonly interruptions: number;
}

/** A run that was interrupted is made up as soon as it can be, but a job that brings its process down is not run for ever. */
export const mostInterruptions = 3;
