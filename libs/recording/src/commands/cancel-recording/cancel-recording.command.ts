import { Command } from '@nestjs/cqrs';
import type { RecordingAnswer } from '@streamvault/api-contract';
import type { CommandMetadata } from '@streamvault/kernel';
import type { Outcome } from '../outcome.js';

/** Cancels a recording: no video is made. What was captured stays on disk and playable. */
export class CancelRecording extends Command<Outcome<RecordingAnswer>> {
  constructor(
    readonly recordingId: number,
    readonly metadata: CommandMetadata,
  ) {
    super();
  }
}
