import { CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import type { RecordingAnswer } from '@streamvault/api-contract';
import { stateName } from '../../domain/lifecycle.js';
import { RecordingStreams } from '../../recording-streams.js';
import type { Outcome } from '../outcome.js';
import { RetryStep } from './retry-step.command.js';

@CommandHandler(RetryStep)
export class RetryStepHandler implements ICommandHandler<RetryStep> {
  constructor(private readonly streams: RecordingStreams) {}

  /** @throws RecordingNotFound, StepNotFound, StepNotRetryable */
  async execute({ recordingId, name, metadata }: RetryStep): Promise<Outcome<RecordingAnswer>> {
    const command = { type: 'RetryStep', at: metadata.now, by: metadata.actor, name } as const;
    const { state, position } = await this.streams.handle(recordingId, command, metadata);
    return { answer: { recordingId, streamerId: state.context.streamerId, state: stateName(state) }, position };
  }
}
