import { CommandBus, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { requirePermission } from '@streamvault/kernel';
import type { RecordingAnswer } from '@streamvault/api-contract';
import { stateName } from '../../domain/lifecycle.js';
import { JOIN_STEP } from '../../domain/steps.js';
import { RecordingStreams } from '../../recording-streams.js';
import type { Outcome } from '../outcome.js';
import { RetryRecording } from '../retry-recording/retry-recording.command.js';
import { RetryStep } from './retry-step.command.js';

@CommandHandler(RetryStep)
export class RetryStepHandler implements ICommandHandler<RetryStep> {
  constructor(
    private readonly streams: RecordingStreams,
    private readonly commands: CommandBus,
  ) {}

  /** @throws RecordingNotFound, StepNotFound, StepNotRetryable; for the join, what retrying the recording throws */
  async execute({ recordingId, name, metadata }: RetryStep): Promise<Outcome<RecordingAnswer>> {
    requirePermission(metadata, 'recordings.control');
    // The join comes before the plan. Retrying it means retrying the recording.
    if (name === JOIN_STEP) return this.commands.execute(new RetryRecording(recordingId, metadata));
    const command = { type: 'RetryStep', at: metadata.now, by: metadata.actor, name } as const;
    const { state, position } = await this.streams.handle(recordingId, command, metadata);
    return { answer: { recordingId, streamerId: state.context.streamerId, state: stateName(state) }, position };
  }
}
