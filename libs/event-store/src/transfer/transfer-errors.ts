import { EventStoreError } from '../errors.js';

/** The target contains something else than the beginning of the source: it is not changed. */
export class LogsDiffer extends EventStoreError {
  readonly code = 'event-store.logs-differ';
}

/** The file is not an export of a log, or incomplete. */
export class InvalidExport extends EventStoreError {
  readonly code = 'event-store.invalid-export';
}
