import { Command } from '@nestjs/cqrs';
import type { RecordingAnswer } from '@streamvault/api-contract';
import type { CommandMetadata } from '@streamvault/kernel';
import type { Trigger } from '../../domain/recording-events.js';
import type { Outcome } from '../outcome.js';

/**
 * Who asked for the recording, and for which broadcast. Defaults: the actor asked, and nothing is known about the
 * broadcast.
 */
export interface RecordingOccasion {
  readonly trigger?: Trigger;
  readonly broadcastId?: number | null;
  readonly title?: string | null;
  readonly category?: string | null;
}

/** Begins to record a streamer. Refused with `recording.already-active` while a recording of the streamer is active. */
export class StartRecording extends Command<Outcome<RecordingAnswer>> {
  constructor(
    readonly streamerId: number,
    readonly metadata: CommandMetadata,
    readonly occasion: RecordingOccasion = {},
  ) {
    super();
  }
}
