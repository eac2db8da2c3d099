import { CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import type { RecordingAnswer } from '@streamvault/api-contract';
import { stateName } from '../../domain/lifecycle.js';
import { RecordingStreams } from '../../recording-streams.js';
import type { Outcome } from '../outcome.js';
import { ChangeRecordingDetails } from './change-recording-details.command.js';

@CommandHandler(ChangeRecordingDetails)
export class ChangeRecordingDetailsHandler implements ICommandHandler<ChangeRecordingDetails> {
  constructor(private readonly streams: RecordingStreams) {}

  /** @throws RecordingNotFound */
  async execute({ recordingId, details, metadata }: ChangeRecordingDetails): Promise<Outcome<RecordingAnswer>> {
    const command = { type: 'ChangeDetails', at: metadata.now, details } as const;
    const { state, position } = await this.streams.handle(recordingId, command, metadata);
    return { answer: { recordingId, streamerId: state.context.streamerId, state: stateName(state) }, position };
  }
}
