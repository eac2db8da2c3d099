export { DiskGone, DiskLow } from './disk-errors.js';
export { DiskMetrics } from './disk-metrics.js';
export { DisksHealth, ReadModelsHealth } from './storage-health.js';
export {
  DiskWatch,
  type DiskStatus,
  type DiskThresholds,
  type DiskWatchParts,
  type RunningCapture,
} from './disk-watch.js';
export { type DiskReading, Disks, type WatchedFolder } from './disks.js';
export { FolderMarks } from './folder-marks.js';
export { installationId } from './installation-id.js';
export { ensureFolder } from './folders.js';
export {
  forRequests,
  openReadDatabase,
  type ReadModels,
  type ReadOrm,
  rebuildPlaces,
} from './read-database/read-database.js';
export { serveRebuilds } from './read-database/serve-rebuilds.js';
export { StartRefused } from './start-refused.js';
export { Threshold } from './threshold.js';
export { type ByteRange, parseRange, type RangeAnswer } from './serving/byte-range.js';
export { type Condition, evaluateConditional, type RequestHeaders } from './serving/conditional.js';
export { type BorrowedFile, KeptFiles } from './serving/kept-files.js';
export { type OpenedFile, openInside, type Refusal, type RefusedFile } from './serving/open-inside.js';
export { type FileToServe, planResponse, type ResponsePlan, type ResponseRequest } from './serving/plan-response.js';
