import { Command } from '@nestjs/cqrs';
import type { RecordingAnswer } from '@streamvault/api-contract';
import type { CommandMetadata } from '@streamvault/kernel';
import type { Outcome } from '../outcome.js';

/** Retries a failed recording: from what was captured, or from the source if nothing was. */
export class RetryRecording extends Command<Outcome<RecordingAnswer>> {
  constructor(
    readonly recordingId: number,
    readonly metadata: CommandMetadata,
  ) {
    super();
  }
}
