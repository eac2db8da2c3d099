import type { JsonObject } from '@streamvault/event-store';

/** Kinds of errors without reference to HTTP; one filter at the edge translates them. */
export type DomainErrorKind =
  'not-found' | 'conflict' | 'invalid' | 'unavailable' | 'forbidden' | 'unauthenticated' | 'too-fast';

/**
 * A broken rule or an unmet condition that a caller can understand and act on. Anything else that is thrown is a defect.
 *
 *     class RecordingAlreadyActive extends DomainError {
 *       readonly code = 'recording.already-active';
 *       readonly kind = 'conflict';
 *       constructor(recordingId: number) {
 *         super('This streamer is being recorded already.', { recordingId });
 *       }
 *     }
 *
 * `code` is stable and dotted. `message` and `details` are shown to the caller, so they contain nothing internal and no
 * secrets.
 */
export abstract class DomainError extends Error {
  abstract readonly code: string;
  abstract readonly kind: DomainErrorKind;
  readonly details: JsonObject;

  constructor(message: string, details: JsonObject = {}, options?: ErrorOptions) {
    super(message, options);
    this.name = new.target.name;
    this.details = details;
  }
}

/** Another command changed the same thing first, repeatedly. It is safe to try again. */
export class ConcurrencyConflict extends DomainError {
  readonly code = 'conflict';
  readonly kind = 'conflict';

  constructor(
    message = 'Somebody else changed this at the same moment. Load it again, then retry.',
    options?: ErrorOptions,
  ) {
    super(message, {}, options);
  }
}
