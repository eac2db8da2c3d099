import { DomainError } from '@streamvault/kernel';

export class VideoNotFound extends DomainError {
  readonly code = 'video.not-found';
  readonly kind = 'not-found';
  constructor(videoId: number) {
    super(`There is no video ${videoId}.`, { videoId });
  }
}
