import { CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { requirePermission } from '@streamvault/kernel';
import type { RecordingAnswer } from '@streamvault/api-contract';
import { stateName } from '../../domain/lifecycle.js';
import { RecordingStreams } from '../../recording-streams.js';
import type { Outcome } from '../outcome.js';
import { SkipStep } from './skip-step.command.js';

@CommandHandler(SkipStep)
export class SkipStepHandler implements ICommandHandler<SkipStep> {
  constructor(private readonly streams: RecordingStreams) {}

  /** @throws RecordingNotFound, StepNotFound, StepNotSkippable */
  async execute({ recordingId, name, metadata }: SkipStep): Promise<Outcome<RecordingAnswer>> {
    requirePermission(metadata, 'recordings.control');
    const command = { type: 'SkipStep', at: metadata.now, by: metadata.actor, name } as const;
    const { state, position } = await this.streams.handle(recordingId, command, metadata);
    return { answer: { recordingId, streamerId: state.context.streamerId, state: stateName(state) }, position };
  }
}
