import { Command } from '@nestjs/cqrs';
import type { RecordingAnswer } from '@streamvault/api-contract';
import type { CommandMetadata } from '@streamvault/kernel';
import type { Outcome } from '../outcome.js';

/** Retries a failed post-processing step. */
export class RetryStep extends Command<Outcome<RecordingAnswer>> {
  constructor(
    readonly recordingId: number,
    readonly name: string,
    readonly metadata: CommandMetadata,
  ) {
    super();
  }
}
