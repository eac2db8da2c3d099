import { CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { eventId } from '@streamvault/kernel';
import { recordingStream } from '../../domain/recording-registry.js';
import { RecordingStreams } from '../../recording-streams.js';
import { ReportToRecording } from './report-to-recording.command.js';

@CommandHandler(ReportToRecording)
export class ReportToRecordingHandler implements ICommandHandler<ReportToRecording> {
  constructor(private readonly streams: RecordingStreams) {}

  async execute({ recordingId, report, metadata, reporter }: ReportToRecording): Promise<string | undefined> {
    const { events } = await this.streams.handle(recordingId, report, metadata, reporter);
    return events.length === 0
      ? undefined
      : eventId(metadata.commandId, recordingStream(recordingId), events.length - 1);
  }
}
