/** How often a job runs: an instant of the wall clock in the zone of the settings, or an interval. */
export type JobSchedule =
  { readonly kind: 'cron'; readonly expression: string } | { readonly kind: 'every'; readonly seconds: number };

export interface JobOutcome {
  /** One sentence on what it did, for people. */
  readonly summary: string;
  readonly figures?: Readonly<Record<string, number>>;
}

/** Something that is done again and again, by one process at a time. Run, outcome and duration are events. */
export interface Job {
  /** Kebab-case, unique: `GET /api/jobs`, `POST /api/jobs/:name/run`. */
  readonly name: string;
  /** What it is for, one sentence. */
  readonly title: string;
  /** Until an operator sets another one. */
  readonly schedule: JobSchedule;
  /** After so long it is aborted and counts as failed. */
  readonly deadlineSeconds: number;
  /** @throws whatever it failed of; the message is shown */
  run(signal: AbortSignal): Promise<JobOutcome>;
}
