import { Command } from '@nestjs/cqrs';
import type { CommandMetadata } from '@streamvault/kernel';
import type { HandledBroadcast } from '../../broadcast-streams.js';
import type { Sighting } from '../../domain/sighting.js';

/** Reports what a witness sees of a streamer. Never refused; nothing is recorded for a streamer that was removed. */
export class ReportSighting extends Command<HandledBroadcast | undefined> {
  constructor(
    readonly streamerId: number,
    readonly sighting: Sighting,
    readonly metadata: CommandMetadata,
  ) {
    super();
  }
}
