import { Command } from '@nestjs/cqrs';
import type { CommandMetadata } from '@streamvault/kernel';
import type { StreamerOutcome } from '../outcome.js';

/** Removes a streamer from the list. Its recordings and videos stay. */
export class RemoveStreamer extends Command<StreamerOutcome> {
  constructor(
    readonly streamerId: number,
    readonly metadata: CommandMetadata,
  ) {
    super();
  }
}
