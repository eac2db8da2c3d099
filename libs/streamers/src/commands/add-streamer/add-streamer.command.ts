import { Command } from '@nestjs/cqrs';
import type { AddStreamerBody } from '@streamvault/api-contract';
import type { CommandMetadata } from '@streamvault/kernel';
import type { StreamerOutcome } from '../outcome.js';

export class AddStreamer extends Command<StreamerOutcome> {
  constructor(
    readonly body: AddStreamerBody,
    readonly metadata: CommandMetadata,
  ) {
    super();
  }
}
