import { defineContext } from '@streamvault/kernel';
import { ChangeJobHandler } from './commands/change-job/change-job.handler.js';
import { RequestJobRunHandler } from './commands/request-job-run/request-job-run.handler.js';
import { foldJob } from './domain/job-decider.js';
import { jobCategory, jobEvents } from './domain/job-events.js';
import { JobsController } from './http/jobs.controller.js';
import { jobsSettings } from './jobs-settings.js';
import { JobStreams } from './job-streams.js';
import { JobRegistry } from './job-registry.js';
import { GetJobHandler, ListJobRunsHandler, ListJobsHandler } from './queries/job-query.handlers.js';
import { JobHost } from './runner/job-host.js';
import { BackUpLogJob } from './upkeep/back-up-log.job.js';
import { TidyReadModelsJob } from './upkeep/tidy-read-models.job.js';

/** Periodic work: when it is due, which process runs it, and its results. */
export const jobsContext = defineContext({
  name: 'jobs',
  events: jobEvents,
  settings: jobsSettings,
  jobs: [BackUpLogJob, TidyReadModelsJob],
  folds: { [jobCategory]: foldJob },
  publicCategories: { [jobCategory]: { projection: null, permission: 'jobs.view' } },
  permissions: {
    'jobs.view': 'See periodic jobs and what they did.',
    'jobs.control': 'Run, pause and reschedule periodic jobs.',
  },
  module: () => ({
    controllers: [JobsController],
    providers: [
      JobRegistry,
      JobStreams,
      JobHost,
      RequestJobRunHandler,
      ChangeJobHandler,
      ListJobsHandler,
      GetJobHandler,
      ListJobRunsHandler,
    ],
  }),
});
