import { defineEvent, type EventOf } from '@streamvault/kernel';
import { z } from 'zod';

/* What happens to a periodic job. Stream: `job-<name>`. Instants are ISO 8601 UTC. */

export const jobSchedule = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('cron'), expression: z.string() }),
  z.object({ kind: z.literal('every'), seconds: z.number() }),
]);

/** Which job, who, and when. */
const done = { job: z.string(), by: z.string(), at: z.string() };
/** Which run, when it ended, and how long it took. */
const ended = { job: z.string(), runId: z.string(), at: z.string(), seconds: z.number() };

/** The job is known from now on, or has another schedule from now on; null: its own. */
export const jobScheduled = defineEvent({
  type: 'JobScheduled',
  version: 1,
  schema: z.object({ ...done, schedule: jobSchedule.nullable() }),
});
export const jobPaused = defineEvent({ type: 'JobPaused', version: 1, schema: z.object(done) });
export const jobResumed = defineEvent({ type: 'JobResumed', version: 1, schema: z.object(done) });

/** Somebody wants it to run now. */
export const jobRunRequested = defineEvent({ type: 'JobRunRequested', version: 1, schema: z.object(done) });

/** The process that appends this runs it, and no other does until it ended or its deadline passed. */
export const jobStarted = defineEvent({
  type: 'JobStarted',
  version: 1,
  schema: z.object({
    ...done,
    runId: z.string(),
    /** The process that runs it. */
    owner: z.string(),
    /** `missed`: it was due while no process ran. */
    trigger: z.enum(['schedule', 'missed', 'user']),
    dueAt: z.string().nullable(),
    deadline: z.string(),
  }),
});

export const jobSucceeded = defineEvent({
  type: 'JobSucceeded',
  version: 1,
  schema: z.object({ ...ended, summary: z.string(), figures: z.record(z.string(), z.number()) }),
});

export const jobFailed = defineEvent({
  type: 'JobFailed',
  version: 1,
  schema: z.object({
    ...ended,
    /** `interrupted`: its process ended, or was never heard of again. */
    reason: z.enum(['failed', 'deadline', 'interrupted']),
    cause: z.object({ code: z.string(), message: z.string() }),
  }),
});

export const jobEvents = [
  jobScheduled,
  jobPaused,
  jobResumed,
  jobRunRequested,
  jobStarted,
  jobSucceeded,
  jobFailed,
] as const;
export type JobEvent = EventOf<(typeof jobEvents)[number]>;

export const jobCategory = 'job';
export const jobStream = (name: string): `job-${string}` => `job-${name}`;
