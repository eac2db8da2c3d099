import { Command } from '@nestjs/cqrs';
import type { AddTargetBody } from '@streamvault/api-contract';
import type { CommandMetadata } from '@streamvault/kernel';

/** @returns its id */
export class AddTarget extends Command<number> {
  constructor(
    readonly body: AddTargetBody,
    readonly metadata: CommandMetadata,
  ) {
    super();
  }
}
