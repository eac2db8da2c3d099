import { Command } from '@nestjs/cqrs';
import type { RecordingAnswer } from '@streamvault/api-contract';
import type { CommandMetadata } from '@streamvault/kernel';
import type { Outcome } from '../outcome.js';

/** Begins to record a streamer. Refused with `recording.already-active` while a recording of it is under way. */
export class StartRecording extends Command<Outcome<RecordingAnswer>> {
  constructor(
    readonly streamerId: number,
    readonly metadata: CommandMetadata,
  ) {
    super();
  }
}
