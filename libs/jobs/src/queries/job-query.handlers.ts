import { Inject } from '@nestjs/common';
import { type IQueryHandler, QueryHandler } from '@nestjs/cqrs';
import type { JobDescription, JobRunDescription } from '@streamvault/api-contract';
import type { EventStore } from '@streamvault/event-store';
import { EVENT_STORE, INSTALLATION, type Installation, type Job } from '@streamvault/kernel';
import type { EndedJobRun } from '../domain/job-state.js';
import { JobStreams } from '../job-streams.js';
import { JobRegistry } from '../job-registry.js';
import { dueAt } from '../schedule/due.js';
import { GetJob, ListJobRuns, ListJobs } from './job-queries.js';

@QueryHandler(ListJobs)
export class ListJobsHandler implements IQueryHandler<ListJobs> {
  constructor(
    private readonly jobs: JobRegistry,
    private readonly streams: JobStreams,
    @Inject(INSTALLATION) private readonly installation: Installation,
  ) {}

  execute(): Promise<JobDescription[]> {
    return Promise.all(this.jobs.all.map((job) => describe(job, this.streams, this.installation.timeZone)));
  }
}

@QueryHandler(GetJob)
export class GetJobHandler implements IQueryHandler<GetJob> {
  constructor(
    private readonly jobs: JobRegistry,
    private readonly streams: JobStreams,
    @Inject(INSTALLATION) private readonly installation: Installation,
  ) {}

  async execute({ name }: GetJob): Promise<JobDescription> {
    return describe(this.jobs.get(name), this.streams, this.installation.timeZone);
  }
}

@QueryHandler(ListJobRuns)
export class ListJobRunsHandler implements IQueryHandler<ListJobRuns> {
  constructor(
    private readonly jobs: JobRegistry,
    private readonly streams: JobStreams,
    @Inject(EVENT_STORE) private readonly store: EventStore,
  ) {}

  async execute({ name, limit }: ListJobRuns): Promise<JobRunDescription[]> {
    const { name: job } = this.jobs.get(name);
    return (await this.streams.runs(this.store, job, limit)).map((run) => describeRun(run));
  }
}

async function describe(job: Job, streams: JobStreams, timeZone: string): Promise<JobDescription> {
  const { state } = await streams.current(job.name);
  const { running } = state;
  return {
    name: job.name,
    title: job.title,
    schedule: { ...(state.schedule ?? job.schedule) },
    ownSchedule: { ...job.schedule },
    timeZone,
    paused: state.isPaused,
    running: running && {
      startedAt: running.startedAt,
      trigger: running.trigger,
      by: running.by,
      deadline: running.deadline,
    },
    requested: state.request !== null,
    lastRun: state.lastRun && describeRun(state.lastRun),
    nextRunAt: dueAt(state, job.schedule, timeZone),
  };
}

function describeRun({ startedAt, endedAt, seconds, trigger, by, outcome }: EndedJobRun): JobRunDescription {
  const succeeded = outcome.kind === 'succeeded' ? outcome : undefined;
  return {
    startedAt,
    endedAt,
    seconds,
    trigger,
    by,
    outcome: outcome.kind,
    summary: succeeded?.summary ?? null,
    figures: { ...succeeded?.figures },
    failure: outcome.kind === 'succeeded' ? null : { ...outcome.cause },
  };
}
