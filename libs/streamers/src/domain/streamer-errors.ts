import { DomainError } from '@streamvault/event-sourcing';

export class StreamerNotFound extends DomainError {
  readonly code = 'streamer.not-found';
  readonly kind = 'not-found';
  constructor(streamerId: number) {
    super(`There is no streamer ${streamerId}.`, { streamerId });
  }
}

export class StreamerAlreadyAdded extends DomainError {
  readonly code = 'streamer.already-added';
  readonly kind = 'conflict';
  constructor(streamerId: number) {
    super(`Streamer ${streamerId} has this URL already.`, { streamerId });
  }
}

export class StreamerBusy extends DomainError {
  readonly code = 'streamer.recording';
  readonly kind = 'conflict';
  constructor(streamerId: number, recordingId: number) {
    super(`Streamer ${streamerId} is being recorded. Stop recording ${recordingId} first.`, {
      streamerId,
      recordingId,
    });
  }
}

export class SourceNotSupported extends DomainError {
  readonly code = 'streamer.source-not-supported';
  readonly kind = 'invalid';
}
