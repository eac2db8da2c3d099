import { CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { requirePermission } from '@streamvault/kernel';
import { VideoStreams } from '../../video-streams.js';
import type { VideoOutcome } from '../outcome.js';
import { MarkWatched } from './mark-watched.command.js';

@CommandHandler(MarkWatched)
export class MarkWatchedHandler implements ICommandHandler<MarkWatched> {
  constructor(private readonly streams: VideoStreams) {}

  /** @throws VideoNotFound, VideoDeleted, VideoInBin */
  async execute({ videoId, isWatched, metadata }: MarkWatched): Promise<VideoOutcome> {
    requirePermission(metadata, 'videos.watch');
    const { actor: by, now: at } = metadata;
    const { position } = await this.streams.handle({ type: 'MarkWatched', videoId, at, by, isWatched }, metadata);
    return { videoId, position };
  }
}
