export * from './audit.js';
export * from './audit-events.js';
export * from './audit-projections.js';
export * from './primitives.js';
export * from './recordings.js';
export * from './streamers.js';
export * from './system.js';
export * from './videos.js';
