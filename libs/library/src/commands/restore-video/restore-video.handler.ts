import { CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { requirePermission } from '@streamvault/kernel';
import { VideoStreams } from '../../video-streams.js';
import type { VideoOutcome } from '../outcome.js';
import { RestoreVideo } from './restore-video.command.js';

@CommandHandler(RestoreVideo)
export class RestoreVideoHandler implements ICommandHandler<RestoreVideo> {
  constructor(private readonly streams: VideoStreams) {}

  /** @throws VideoNotFound, VideoDeleted, VideoBeingPurged */
  async execute({ videoId, metadata }: RestoreVideo): Promise<VideoOutcome> {
    requirePermission(metadata, 'videos.delete');
    const { actor: by, now: at } = metadata;
    const { position } = await this.streams.handle({ type: 'RestoreVideo', videoId, at, by }, metadata);
    return { videoId, position };
  }
}
