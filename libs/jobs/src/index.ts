export { RequestJobRun } from './commands/request-job-run/request-job-run.command.js';
export { JobAlreadyRunning } from './domain/job-errors.js';
export { foldJob } from './domain/job-decider.js';
export { jobEvents } from './domain/job-events.js';
export { jobsContext } from './jobs.context.js';
export {
  defaultWorkLimit,
  WorkQueue,
  type WorkOptions,
  type WorkProgress,
  type WorkStatus,
} from './work-queue/work-queue.js';
