import { Command } from '@nestjs/cqrs';
import type { CommandMetadata } from '@streamvault/kernel';

/** Runs a job now, in the process that runs jobs, even if it is paused. */
export class RequestJobRun extends Command<void> {
  constructor(
    readonly name: string,
    readonly metadata: CommandMetadata,
  ) {
    super();
  }
}
