export { auditContext } from './audit.context.js';
export { AuditController } from './http/audit.controller.js';
export { StreamHistory } from './stream-history.js';
export { feedOfSome } from './http/feed-of-some-streamers.js';
export { LiveController, SESSION_CHECK_MILLISECONDS } from './http/live.controller.js';
