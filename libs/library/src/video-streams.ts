import type { Revision } from '@streamvault/event-store';
import { CommandHandling, type CommandMetadata, type Fold, type Handled } from '@streamvault/kernel';
import { Injectable } from '@nestjs/common';
import { type VideoCommand, videoDecider } from './domain/video-decider.js';
import { VideoNotFound } from './domain/video-errors.js';
import { type VideoEvent, videoStream } from './domain/video-events.js';
import type { ExistingVideo, VideoState } from './domain/video-state.js';

/** The streams of videos: present state, and commands. */
@Injectable()
export class VideoStreams {
  constructor(private readonly handling: CommandHandling) {}

  /**
   * From the log, not from a read model that may lag.
   * @throws VideoNotFound
   */
  async find(videoId: number): Promise<Fold<ExistingVideo>> {
    const { state, ...rest } = await this.handling.current({ stream: videoStream(videoId), decider: videoDecider });
    if (!state) throw new VideoNotFound(videoId);
    return { state, ...rest };
  }

  /** Like {@link find}, but undefined if it was never added. */
  async peek(videoId: number): Promise<VideoState> {
    return (await this.handling.current({ stream: videoStream(videoId), decider: videoDecider })).state;
  }

  handle(
    command: VideoCommand,
    metadata: CommandMetadata,
    expected?: Revision,
  ): Promise<Handled<VideoState, VideoEvent>> {
    return this.handling.handle({
      stream: videoStream(command.videoId),
      decider: videoDecider,
      command,
      metadata,
      expected,
    });
  }
}
