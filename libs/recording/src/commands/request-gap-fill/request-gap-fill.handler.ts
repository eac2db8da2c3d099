import { Inject } from '@nestjs/common';
import { CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import type { RecordingAnswer } from '@streamvault/api-contract';
import { requirePermission } from '@streamvault/kernel';
import { stateName } from '../../domain/lifecycle.js';
import { GapNotFillable, RecordingNotFound } from '../../domain/recording-errors.js';
import { GAP_GUARD, type GapGuard } from '../../ports.js';
import { RecordingStreams } from '../../recording-streams.js';
import type { Outcome } from '../outcome.js';
import { RequestGapFill } from './request-gap-fill.command.js';

@CommandHandler(RequestGapFill)
export class RequestGapFillHandler implements ICommandHandler<RequestGapFill> {
  constructor(
    private readonly streams: RecordingStreams,
    @Inject(GAP_GUARD) private readonly guard: GapGuard,
  ) {}

  /** @throws RecordingNotFound, GapNotFound, GapNotFillable */
  async execute({ recordingId, from, source, metadata }: RequestGapFill): Promise<Outcome<RecordingAnswer>> {
    requirePermission(metadata, 'recordings.control');
    const recording = await this.streams.current(recordingId);
    if (!recording) throw new RecordingNotFound(recordingId);
    const why = await this.guard.whyFileStays(recording.context);
    if (why !== undefined) throw new GapNotFillable(recordingId, from, why);
    const command = { type: 'RequestGapFill', at: metadata.now, by: metadata.actor, from, source } as const;
    const { state, position } = await this.streams.handle(recordingId, command, metadata);
    return { answer: { recordingId, streamerId: state.context.streamerId, state: stateName(state) }, position };
  }
}
