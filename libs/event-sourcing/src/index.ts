export * from './command-metadata.js';
export * from './decider.js';
export * from './domain-error.js';
export * from './domain-event.js';
