export * from './errors.js';
export { type ChainLink, HashChain } from './hash-chain.js';
export type { ChainBreak, LogHead, Verification, VerifyOptions, VerifyProgress } from './log-verification.js';
export { parseKurrentDbUrl } from './kurrentdb/connection-settings.js';
export { EventStoreAccessDenied, EventStoreFailed, NoSuchPosition, StreamTombstoned } from './kurrentdb/failures.js';
export type { KurrentDbEventStore, KurrentDbEventStoreOptions } from './kurrentdb/kurrentdb-event-store.js';
export { MemoryEventStore, type MemoryEventStoreOptions } from './memory/memory-event-store.js';
export { openEventStore, sqlitePath } from './open-event-store.js';
export * from './port.js';
export { parsePosition } from './position.js';
export {
  type BackupOptions,
  type BackupProgress,
  type BackupResult,
  restore,
  type RestoreOptions,
} from './sqlite/back-up.js';
export { SqliteEventStore, type SqliteEventStoreOptions } from './sqlite/sqlite-event-store.js';
export { SqliteLogReader } from './sqlite/sqlite-log-reader.js';
export { categoryOf } from './stream-name.js';
export type { TransferOptions, TransferProgress, TransferResult } from './transfer/copy-events.js';
export { copyLog, type CopyOptions, type CopySource, type FoldStream } from './transfer/copy-log.js';
export {
  exportLog,
  type ExportOptions,
  type ExportProgress,
  type ExportResult,
  type ExportSource,
} from './transfer/export-log.js';
export { importLog, type ImportOptions, type ImportProgress } from './transfer/import-log.js';
export { LogDigest } from './transfer/log-digest.js';
export { type AppendsRecorded, asOriginal, ORIGINAL_TIME, type StreamRetention } from './transfer/recorded-events.js';
export { InvalidExport, LogsDiffer } from './transfer/transfer-errors.js';
