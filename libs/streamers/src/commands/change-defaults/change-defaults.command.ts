import { Command } from '@nestjs/cqrs';
import type { Position } from '@streamvault/event-store';
import type { CommandMetadata } from '@streamvault/kernel';
import type { RecordingChoices } from '../../domain/choices.js';

/** Changes what applies to all streamers without a choice of their own. */
export class ChangeStreamerDefaults extends Command<{ readonly position: Position | undefined }> {
  constructor(
    readonly changes: Partial<RecordingChoices>,
    readonly metadata: CommandMetadata,
  ) {
    super();
  }
}
