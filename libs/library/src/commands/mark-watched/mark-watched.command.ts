import { Command } from '@nestjs/cqrs';
import type { CommandMetadata } from '@streamvault/kernel';
import type { VideoOutcome } from '../outcome.js';

/** Records that somebody watched a video to its end, or takes that back. */
export class MarkWatched extends Command<VideoOutcome> {
  constructor(
    readonly videoId: number,
    readonly isWatched: boolean,
    readonly metadata: CommandMetadata,
  ) {
    super();
  }
}
