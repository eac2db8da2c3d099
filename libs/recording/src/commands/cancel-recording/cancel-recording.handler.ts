import { CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { requirePermission } from '@streamvault/kernel';
import type { RecordingAnswer } from '@streamvault/api-contract';
import { stateName } from '../../domain/lifecycle.js';
import { RecordingStreams } from '../../recording-streams.js';
import type { Outcome } from '../outcome.js';
import { CancelRecording } from './cancel-recording.command.js';

@CommandHandler(CancelRecording)
export class CancelRecordingHandler implements ICommandHandler<CancelRecording> {
  constructor(private readonly streams: RecordingStreams) {}

  /** @throws RecordingNotFound, RecordingOver */
  async execute({ recordingId, metadata }: CancelRecording): Promise<Outcome<RecordingAnswer>> {
    requirePermission(metadata, 'recordings.control');
    const command = { type: 'CancelRecording', at: metadata.now, by: metadata.actor } as const;
    const { state, position } = await this.streams.handle(recordingId, command, metadata);
    return { answer: { recordingId, streamerId: state.context.streamerId, state: stateName(state) }, position };
  }
}
