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
  /** Set by an operator; null: the job's own. */
  readonly schedule: JobSchedule | null;
  /** The start for the next run: when it was scheduled, or the last run that counts as one. */
  readonly countedFrom: string | null;
  readonly isPaused: boolean;
  readonly running: JobRun | null;
  readonly lastRun: EndedJobRun | null;
  /** Somebody waits for a run. */
  readonly request: { readonly by: string; readonly at: string } | null;
  /** Number of consecutive interrupted runs. */
  readonly interruptions: number;
}

/** An interrupted run is made up for as soon as possible, but a job that crashes its process is not run for ever. */
export const mostInterruptions = 3;
