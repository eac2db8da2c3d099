import { Command } from '@nestjs/cqrs';
import type { CommandMetadata } from '@streamvault/kernel';

/** What still waits for it is not sent any more, and its secrets are erased. */
export class RemoveTarget extends Command<void> {
  constructor(
    readonly targetId: number,
    readonly metadata: CommandMetadata,
  ) {
    super();
  }
}
