export { foldJob } from './domain/job-decider.js';
export { jobEvents } from './domain/job-events.js';
export { jobsContext } from './jobs.context.js';
