import { Command } from '@nestjs/cqrs';
import type { RecordingAnswer } from '@streamvault/api-contract';
import type { CommandMetadata } from '@streamvault/kernel';
import type { Cause } from '../../domain/recording-events.js';
import type { Outcome } from '../outcome.js';

/** Stops a streamer's recording. Answers at once; finalizing happens later. A repeated stop gets the same answer. */
export class StopRecording extends Command<Outcome<RecordingAnswer>> {
  constructor(
    readonly streamerId: number,
    readonly metadata: CommandMetadata,
    /** The cause, if it is not a person's wish. */
    readonly reason: { readonly cause?: Cause } = {},
  ) {
    super();
  }
}
