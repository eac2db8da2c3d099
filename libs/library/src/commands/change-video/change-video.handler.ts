import { CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { requirePermission } from '@streamvault/kernel';
import { VideoStreams } from '../../video-streams.js';
import type { VideoOutcome } from '../outcome.js';
import { ChangeVideo } from './change-video.command.js';

@CommandHandler(ChangeVideo)
export class ChangeVideoHandler implements ICommandHandler<ChangeVideo> {
  constructor(private readonly streams: VideoStreams) {}

  /** @throws VideoNotFound, VideoDeleted, VideoInBin */
  async execute({ videoId, changes, metadata }: ChangeVideo): Promise<VideoOutcome> {
    requirePermission(metadata, 'videos.change');
    const { title, protected: isProtected } = changes;
    const { actor: by, now: at } = metadata;
    const { position } = await this.streams.handle(
      { type: 'ChangeVideo', videoId, at, by, title, isProtected },
      metadata,
    );
    return { videoId, position };
  }
}
