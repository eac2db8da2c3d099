import { EventStoreError } from '../errors.js';

/** The target holds something else than the beginning of the source: it is left as it is. */
export class LogsDiffer extends EventStoreError {
  readonly code = 'event-store.logs-differ';
}

/** The file is no export of a log, or not a whole one. */
export class InvalidExport extends EventStoreError {
  readonly code = 'event-store.invalid-export';
}
