import { z } from 'zod';
import { cause, instant, seconds, wholeList } from './primitives.js';

export const jobSchedule = z
  .discriminatedUnion('kind', [
    z.object({ kind: z.literal('cron'), expression: z.string().trim().min(9).max(100) }),
    z.object({ kind: z.literal('every'), seconds: z.int().min(1) }),
  ])
  .meta({
    id: 'JobSchedule',
    description: 'Five cron fields on the wall clock of `timeZone`, or an interval in seconds from start to start.',
  });

const trigger = z.enum(['schedule', 'missed', 'user']);

export const jobRun = z
  .object({
    startedAt: instant,
    endedAt: instant,
    seconds,
    /** `missed`: it was due while no process ran, and was made up for. */
    trigger,
    by: z.string(),
    /** `deadline`: it took too long. `interrupted`: its process ended. */
    outcome: z.enum(['succeeded', 'failed', 'deadline', 'interrupted']),
    /** One sentence about what it did; null if it did not succeed. */
    summary: z.string().nullable(),
    figures: z.record(z.string(), z.number()),
    failure: cause.nullable(),
  })
  .meta({ id: 'JobRun' });
export type JobRunDescription = z.infer<typeof jobRun>;
export const jobRuns = wholeList(jobRun);

export const job = z
  .object({
    name: z.string(),
    title: z.string(),
    /** The present schedule. */
    schedule: jobSchedule,
    /** The schedule that applies unless somebody sets another. */
    ownSchedule: jobSchedule,
    /** IANA name. */
    timeZone: z.string(),
    paused: z.boolean(),
    running: z.object({ startedAt: instant, trigger, by: z.string(), deadline: instant }).nullable(),
    /** Somebody asked for a run that has not begun. */
    requested: z.boolean(),
    lastRun: jobRun.nullable(),
    /** In the past if it is due; null if it is paused. */
    nextRunAt: instant.nullable(),
  })
  .meta({ id: 'Job' });
export type JobDescription = z.infer<typeof job>;
export const jobList = wholeList(job);

export const changeJobBody = z.object({
  paused: z.boolean().optional(),
  /** null: its own schedule again. */
  schedule: jobSchedule.nullable().optional(),
});
export type ChangeJobBody = z.infer<typeof changeJobBody>;

export const jobRunsQuery = z.object({ limit: z.coerce.number().int().min(1).max(200).default(50) });
