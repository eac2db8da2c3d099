import { Command } from '@nestjs/cqrs';
import type { CommandMetadata } from '@streamvault/kernel';
import type { ToldBroadcast } from '../../broadcast-streams.js';
import type { Sighting } from '../../domain/sighting.js';

/** What a witness says of a streamer. Never refused; of a streamer that is gone, nothing is noted. */
export class ReportSighting extends Command<ToldBroadcast | undefined> {
  constructor(
    readonly streamerId: number,
    readonly sighting: Sighting,
    readonly metadata: CommandMetadata,
  ) {
    super();
  }
}
