import { CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { RecordingStreams } from '../../recording-streams.js';
import { ReportToRecording } from './report-to-recording.command.js';

@CommandHandler(ReportToRecording)
export class ReportToRecordingHandler implements ICommandHandler<ReportToRecording> {
  constructor(private readonly streams: RecordingStreams) {}

  async execute({ recordingId, report, metadata }: ReportToRecording): Promise<void> {
    await this.streams.handle(recordingId, report, metadata);
  }
}
