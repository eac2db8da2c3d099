import { Command } from '@nestjs/cqrs';
import type { CommandMetadata } from '@streamvault/kernel';
import type { VideoFacts } from '../../domain/video-events.js';

/** Adds a finished file to the library. The same output of a recording again gives the same video. */
export class AddVideo extends Command<{ videoId: number }> {
  constructor(
    readonly facts: VideoFacts,
    readonly metadata: CommandMetadata,
  ) {
    super();
  }
}
