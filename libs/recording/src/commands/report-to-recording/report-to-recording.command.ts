import { Command } from '@nestjs/cqrs';
import type { CommandMetadata } from '@streamvault/kernel';
import type { RecordingReport } from '../../domain/recording-commands.js';

/**
 * What an effect of the recorder saw or did. Too late or twice, it changes nothing. Answers the id of the last event that it led
 * to: what the effect reports next may be because of that.
 */
export class ReportToRecording extends Command<string | undefined> {
  constructor(
    readonly recordingId: number,
    readonly report: RecordingReport,
    readonly metadata: CommandMetadata,
  ) {
    super();
  }
}
