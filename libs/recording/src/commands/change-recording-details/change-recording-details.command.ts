import { Command } from '@nestjs/cqrs';
import type { RecordingAnswer } from '@streamvault/api-contract';
import type { CommandMetadata } from '@streamvault/kernel';
import type { Outcome } from '../outcome.js';

/** The broadcast has another title or category since `at`. Changes nothing once the capture is over. */
export class ChangeRecordingDetails extends Command<Outcome<RecordingAnswer>> {
  constructor(
    readonly recordingId: number,
    readonly details: { readonly at: string; readonly title: string | null; readonly category: string | null },
    readonly metadata: CommandMetadata,
  ) {
    super();
  }
}
