export * from './domain/job-events.js';
