import { Command } from '@nestjs/cqrs';
import type { CommandMetadata } from '@streamvault/kernel';
import type { RecordingReport, Reporter } from '../../domain/recording-commands.js';

/**
 * What an effect of the recorder saw or did. A late or repeated report changes nothing. Answers the id of the last
 * event that it caused; the next report of the effect may name that as its cause.
 *
 * @throws StaleRecorder where the recorder has lost the recording
 */
export class ReportToRecording extends Command<string | undefined> {
  constructor(
    readonly recordingId: number,
    readonly report: RecordingReport,
    readonly metadata: CommandMetadata,
    /** The recorder, where it is one that reports. */
    readonly reporter?: Reporter,
  ) {
    super();
  }
}
