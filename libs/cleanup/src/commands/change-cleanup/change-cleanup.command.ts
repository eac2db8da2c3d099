import { Command } from '@nestjs/cqrs';
import type { CleanupSettings } from '@streamvault/api-contract';
import type { CommandMetadata } from '@streamvault/kernel';

/** Sets all cleanup rules at once. */
export class ChangeCleanup extends Command<void> {
  constructor(
    readonly settings: CleanupSettings,
    readonly metadata: CommandMetadata,
  ) {
    super();
  }
}
