import { DomainError } from '@streamvault/kernel';
import type { Deletion } from './video-state.js';

export class VideoNotFound extends DomainError {
  readonly code = 'video.not-found';
  readonly kind = 'not-found';
  constructor(videoId: number) {
    super(`There is no video ${videoId}.`, { videoId });
  }
}

/** It existed, and its files are gone. Names for ever who deleted it. */
export class VideoDeleted extends DomainError {
  readonly code = 'video.deleted';
  readonly kind = 'not-found';
  constructor(videoId: number, { by, rule, at }: Deletion) {
    super(`Video ${videoId} was deleted by ${rule === null ? by : `the rule "${rule}"`} on ${at.slice(0, 10)}.`, {
      videoId,
      by,
      rule,
      at,
    });
  }
}

/** The request is only possible outside of the bin. */
export class VideoInBin extends DomainError {
  readonly code = 'video.in-bin';
  readonly kind = 'conflict';
  constructor(videoId: number) {
    super(`Video ${videoId} is in the bin. Restore it first.`, { videoId });
  }
}

/** It cannot be watched in the bin: for a player there is nothing at its address. */
export class VideoOutOfReach extends DomainError {
  readonly code = 'video.in-bin';
  readonly kind = 'not-found';
  constructor(videoId: number) {
    super(`Video ${videoId} is in the bin. Restore it to watch it.`, { videoId });
  }
}

export class VideoNotInBin extends DomainError {
  readonly code = 'video.not-in-bin';
  readonly kind = 'conflict';
  constructor(videoId: number) {
    super(`Video ${videoId} is not in the bin. Delete it first.`, { videoId });
  }
}

/** Its files are being removed now: there is nothing to restore. */
export class VideoBeingPurged extends DomainError {
  readonly code = 'video.being-purged';
  readonly kind = 'conflict';
  constructor(videoId: number) {
    super(`The files of video ${videoId} are being removed. It cannot be restored any more.`, { videoId });
  }
}

export class VideoIsProtected extends DomainError {
  readonly code = 'video.protected';
  readonly kind = 'conflict';
  constructor(videoId: number) {
    super(`Video ${videoId} is protected. Remove the protection, or confirm that it should be deleted anyway.`, {
      videoId,
    });
  }
}

export class GraceNotOver extends DomainError {
  readonly code = 'video.grace-not-over';
  readonly kind = 'conflict';
  constructor(videoId: number, purgeAfter: string) {
    super(`Video ${videoId} stays in the bin until ${purgeAfter}.`, { videoId, purgeAfter });
  }
}

export class RangeOutsideVideo extends DomainError {
  readonly code = 'video.range-outside';
  readonly kind = 'invalid';
  constructor(videoId: number, durationSeconds: number) {
    super(`Video ${videoId} lasts ${durationSeconds} seconds. Choose a range within it.`, { videoId, durationSeconds });
  }
}

export class FileMissing extends DomainError {
  readonly code = 'video.file-missing';
  readonly kind = 'not-found';
  constructor(videoId: number) {
    super(`The file of video ${videoId} is not there. See what the check of consistency says.`, { videoId });
  }
}

export class VideoBeingMoved extends DomainError {
  readonly code = 'video.being-moved';
  readonly kind = 'conflict';
  constructor(videoId: number) {
    super(`Video ${videoId} is being moved. Wait until that is done.`, { videoId });
  }
}

export class VideoBeingFilled extends DomainError {
  readonly code = 'video.being-filled';
  readonly kind = 'conflict';
  constructor(videoId: number) {
    super(`A gap of video ${videoId} is being filled. Wait until that is done.`, { videoId });
  }
}

/** The tools or the disk refused; their words say what to do. */
export class CutFailed extends DomainError {
  readonly code: string;
  readonly kind: 'conflict' | 'unavailable';
  constructor(videoId: number, cause: Error & { readonly code: string }) {
    super(cause.message, { videoId }, { cause });
    this.code = cause.code;
    this.kind = /storage|timed-out|tool-missing/.test(cause.code) ? 'unavailable' : 'conflict';
  }
}
