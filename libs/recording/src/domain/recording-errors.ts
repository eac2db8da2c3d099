import { DomainError } from '@streamvault/kernel';

export class RecordingNotFound extends DomainError {
  readonly code = 'recording.not-found';
  readonly kind = 'not-found';
  constructor(recordingId: number) {
    super(`There is no recording ${recordingId}.`, { recordingId });
  }
}

/** The recorder that reports has lost the recording to another one in between. */
export class StaleRecorder extends DomainError {
  readonly code = 'recording.stale-recorder';
  readonly kind = 'conflict';
  constructor(recordingId: number) {
    super(`Recording ${recordingId} was assigned to another recorder. What this one still says of it does not count.`, {
      recordingId,
    });
  }
}

export class StreamerNotFound extends DomainError {
  readonly code = 'streamer.not-found';
  readonly kind = 'not-found';
  constructor(streamerId: number) {
    super(`There is no streamer ${streamerId}.`, { streamerId });
  }
}

export class RecordingAlreadyActive extends DomainError {
  readonly code = 'recording.already-active';
  readonly kind = 'conflict';
  constructor(recordingId: number) {
    super(`Recording ${recordingId} of this streamer is active. Stop it first, or let it go on.`, { recordingId });
  }
}

export class RecordingNotActive extends DomainError {
  readonly code = 'recording.not-active';
  readonly kind = 'conflict';
  constructor(streamerId: number) {
    super(`Streamer ${streamerId} has never been recorded, so there is nothing to stop.`, { streamerId });
  }
}

export class RecordingOver extends DomainError {
  readonly code = 'recording.over';
  readonly kind = 'conflict';
  constructor(recordingId: number, state: string) {
    super(`Recording ${recordingId} is ${state} and cannot be cancelled any more.`, { recordingId, state });
  }
}

export class NothingToRetry extends DomainError {
  readonly code = 'recording.nothing-to-retry';
  readonly kind = 'conflict';
  constructor(recordingId: number, state: string) {
    super(`Recording ${recordingId} is ${state}; only a failed one can be retried.`, { recordingId, state });
  }
}

export class StepNotFound extends DomainError {
  readonly code = 'recording.step-not-found';
  readonly kind = 'not-found';
  constructor(recordingId: number, name: string) {
    super(`Recording ${recordingId} has no step of that name.`, { recordingId, name });
  }
}

export class StepNotRetryable extends DomainError {
  readonly code = 'recording.step-not-retryable';
  readonly kind = 'conflict';
  constructor(recordingId: number, name: string, state: string) {
    super(`Step ${name} of recording ${recordingId} is ${state}; only a failed one can be retried.`, {
      recordingId,
      name,
      state,
    });
  }
}

export class StepNotSkippable extends DomainError {
  readonly code = 'recording.step-not-skippable';
  readonly kind = 'conflict';
  constructor(recordingId: number, name: string, state: string) {
    super(`Step ${name} of recording ${recordingId} is ${state} and cannot be skipped.`, { recordingId, name, state });
  }
}

export class GapNotFound extends DomainError {
  readonly code = 'recording.gap-not-found';
  readonly kind = 'not-found';
  constructor(recordingId: number, from: string) {
    super(`Recording ${recordingId} has no gap that begins at ${from}.`, { recordingId, from });
  }
}

export class GapNotFillable extends DomainError {
  readonly code = 'recording.gap-not-fillable';
  readonly kind = 'conflict';
  constructor(recordingId: number, from: string, why: string) {
    super(why, { recordingId, from });
  }
}
