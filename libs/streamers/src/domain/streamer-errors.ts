import { DomainError } from '@streamvault/kernel';

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

export class UnknownProxy extends DomainError {
  readonly code = 'streamer.unknown-proxy';
  readonly kind = 'invalid';
  constructor(unknown: readonly string[], known: readonly string[]) {
    const wanted = unknown.map((name) => `“${name}”`).join(', ');
    const there = known.length === 0 ? 'names none' : `names ${known.join(', ')}`;
    super(`There is no proxy ${wanted}: SOURCE_PROXIES ${there}. “direct” always exists.`, {
      unknown: [...unknown],
      known: [...known],
    });
  }
}

export class InvalidNameTemplate extends DomainError {
  readonly code = 'streamer.name-template';
  readonly kind = 'invalid';
  constructor(problems: readonly string[]) {
    super(`Videos cannot be named by this template. ${problems.join(' ')}`, { problems: [...problems] });
  }
}

export class SourceNotSupported extends DomainError {
  readonly code = 'streamer.source-not-supported';
  readonly kind = 'invalid';
}
