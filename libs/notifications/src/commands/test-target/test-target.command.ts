import { Command } from '@nestjs/cqrs';
import type { TargetTest } from '@streamvault/api-contract';
import type { CommandMetadata } from '@streamvault/kernel';

/** Sends a test like a notice, once, also to a target that is switched off; nothing is stored. */
export class TestTarget extends Command<TargetTest> {
  constructor(
    readonly targetId: number,
    readonly metadata: CommandMetadata,
  ) {
    super();
  }
}
