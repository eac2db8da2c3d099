import { Command } from '@nestjs/cqrs';
import type { CommandMetadata } from '@streamvault/kernel';
import type { VideoOutcome } from '../outcome.js';

/** Takes a video out of the bin, unchanged. */
export class RestoreVideo extends Command<VideoOutcome> {
  constructor(
    readonly videoId: number,
    readonly metadata: CommandMetadata,
  ) {
    super();
  }
}
