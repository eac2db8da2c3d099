import { Command } from '@nestjs/cqrs';
import type { CommandMetadata } from '@streamvault/kernel';
import type { VideoOutcome } from '../outcome.js';

/** Gives a video another title, or sets or removes its protection from rules and accidents. */
export class ChangeVideo extends Command<VideoOutcome> {
  constructor(
    readonly videoId: number,
    readonly changes: { readonly title?: string | undefined; readonly protected?: boolean | undefined },
    readonly metadata: CommandMetadata,
  ) {
    super();
  }
}
