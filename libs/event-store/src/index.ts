export * from './errors.js';
export { EventStoreAccessDenied, EventStoreFailed, StreamTombstoned } from './kurrentdb/failures.js';
export type { KurrentDbEventStore, KurrentDbEventStoreOptions } from './kurrentdb/kurrentdb-event-store.js';
export { MemoryEventStore, type MemoryEventStoreOptions } from './memory/memory-event-store.js';
export { openEventStore } from './open-event-store.js';
export * from './port.js';
export { parsePosition } from './position.js';
export { SqliteEventStore, type SqliteEventStoreOptions } from './sqlite/sqlite-event-store.js';
export { categoryOf } from './stream-name.js';
