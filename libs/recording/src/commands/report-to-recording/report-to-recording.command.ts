import { Command } from '@nestjs/cqrs';
import type { CommandMetadata } from '@streamvault/kernel';
import type { RecordingReport } from '../../domain/recording-commands.js';

/** What an effect of the recorder saw or did. Too late or twice, it changes nothing. */
export class ReportToRecording extends Command<void> {
  constructor(
    readonly recordingId: number,
    readonly report: RecordingReport,
    readonly metadata: CommandMetadata,
  ) {
    super();
  }
}
