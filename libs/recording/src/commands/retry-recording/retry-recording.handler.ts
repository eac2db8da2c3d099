import { CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import type { RecordingAnswer } from '@streamvault/api-contract';
import { ActiveRecordingClaim } from '../../active-recording-claim.js';
import { stateName } from '../../domain/lifecycle.js';
import { RecordingNotFound } from '../../domain/recording-errors.js';
import { RecordingStreams } from '../../recording-streams.js';
import type { Outcome } from '../outcome.js';
import { RetryRecording } from './retry-recording.command.js';

@CommandHandler(RetryRecording)
export class RetryRecordingHandler implements ICommandHandler<RetryRecording> {
  constructor(
    private readonly streams: RecordingStreams,
    private readonly claim: ActiveRecordingClaim,
  ) {}

  /** @throws RecordingNotFound, NothingToRetry, RecordingAlreadyActive where the streamer is being recorded anew */
  async execute({ recordingId, metadata }: RetryRecording): Promise<Outcome<RecordingAnswer>> {
    const before = await this.streams.load(recordingId);
    if (!before) throw new RecordingNotFound(recordingId);
    const { streamerId, parts } = before.snapshot.context;
    const takesTheSourceAgain = stateName(before.snapshot) === 'failed' && parts.length === 0;
    if (takesTheSourceAgain) await this.claim.take(streamerId, recordingId, metadata);
    const command = { type: 'RetryRecording', at: metadata.now, by: metadata.actor } as const;
    const { state, position } = await this.streams.handle(recordingId, command, metadata);
    return { answer: { recordingId, streamerId, state: stateName(state) }, position };
  }
}
