import { Command } from '@nestjs/cqrs';
import type { RecordingAnswer } from '@streamvault/api-contract';
import type { CommandMetadata } from '@streamvault/kernel';
import type { Outcome } from '../outcome.js';

/** Skips a post-processing step, so that what depends on it goes on without it. */
export class SkipStep extends Command<Outcome<RecordingAnswer>> {
  constructor(
    readonly recordingId: number,
    readonly name: string,
    readonly metadata: CommandMetadata,
  ) {
    super();
  }
}
