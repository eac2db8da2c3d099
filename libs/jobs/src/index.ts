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
