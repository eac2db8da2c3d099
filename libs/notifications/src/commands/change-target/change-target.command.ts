import { Command } from '@nestjs/cqrs';
import type { ChangeTargetBody } from '@streamvault/api-contract';
import type { CommandMetadata } from '@streamvault/kernel';

export class ChangeTarget extends Command<void> {
  constructor(
    readonly targetId: number,
    readonly body: ChangeTargetBody,
    readonly metadata: CommandMetadata,
  ) {
    super();
  }
}
