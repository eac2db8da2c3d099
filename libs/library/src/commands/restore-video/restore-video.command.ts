import { Command } from '@nestjs/cqrs';
import type { CommandMetadata } from '@streamvault/kernel';
import type { VideoOutcome } from '../outcome.js';

/** Takes a video out of the bin, as it was. */
export class RestoreVideo extends Command<VideoOutcome> {
  constructor(
    readonly videoId: number,
    readonly metadata: CommandMetadata,
  ) {
    super();
  }
}
