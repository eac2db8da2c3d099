import { Command } from '@nestjs/cqrs';
import type { ChangeStreamerBody } from '@streamvault/api-contract';
import type { CommandMetadata } from '@streamvault/kernel';
import type { StreamerOutcome } from '../outcome.js';

export class ChangeStreamer extends Command<StreamerOutcome> {
  constructor(
    readonly streamerId: number,
    readonly body: ChangeStreamerBody,
    readonly metadata: CommandMetadata,
  ) {
    super();
  }
}
