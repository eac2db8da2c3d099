import { Command } from '@nestjs/cqrs';
import type { CommandMetadata } from '@streamvault/kernel';
import type { VideoFacts } from '../../domain/video-events.js';

/** Puts a finished file into the library; the same output of a recording again answers the same video. */
export class AddVideo extends Command<{ videoId: number }> {
  constructor(
    readonly facts: VideoFacts,
    readonly metadata: CommandMetadata,
  ) {
    super();
  }
}
