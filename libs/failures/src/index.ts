export { Backoff, withDeadline, type BackoffOptions } from './backoff.js';
export type { Cause } from './cause.js';
export { errorCode, messageOf } from './what-an-error-says.js';
