import { Command } from '@nestjs/cqrs';
import type { CommandMetadata } from '@streamvault/kernel';

/** Pending notices for it are no longer sent, and its secrets are erased. */
export class RemoveTarget extends Command<void> {
  constructor(
    readonly targetId: number,
    readonly metadata: CommandMetadata,
  ) {
    super();
  }
}
