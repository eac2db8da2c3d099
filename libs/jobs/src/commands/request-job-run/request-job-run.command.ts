import { Command } from '@nestjs/cqrs';
import type { CommandMetadata } from '@streamvault/kernel';

/** Has a job run now, by whichever process runs jobs; also where it is paused. */
export class RequestJobRun extends Command<void> {
  constructor(
    readonly name: string,
    readonly metadata: CommandMetadata,
  ) {
    super();
  }
}
