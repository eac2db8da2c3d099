/** How often a job runs: at a time of day in the time zone of the settings, or at an interval. */
export type JobSchedule =
  { readonly kind: 'cron'; readonly expression: string } | { readonly kind: 'every'; readonly seconds: number };

export interface JobOutcome {
  /** One sentence about what it did, for people. */
  readonly summary: string;
  readonly figures?: Readonly<Record<string, number>>;
}

/** Repeated work, done by one process at a time. Its runs, results and durations are events. */
export interface Job {
  /** Kebab-case, unique: `GET /api/jobs`, `POST /api/jobs/:name/run`. */
  readonly name: string;
  /** What it is for, one sentence. */
  readonly title: string;
  /** Applies until an operator sets another one. */
  readonly schedule: JobSchedule;
  /** After this long it is aborted and counts as failed. */
  readonly deadlineSeconds: number;
  /** @throws any error; its message is shown */
  run(signal: AbortSignal): Promise<JobOutcome>;
}
