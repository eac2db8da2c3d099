import { Inject } from '@nestjs/common';
import { CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { requirePermission } from '@streamvault/kernel';
import type { RecordingAnswer } from '@streamvault/api-contract';
import { ActiveRecordingClaim } from '../../active-recording-claim.js';
import { stateName } from '../../domain/lifecycle.js';
import { RecordingNotActive, RecordingNotFound, StreamerNotFound } from '../../domain/recording-errors.js';
import { STREAMER_DIRECTORY, type StreamerDirectory } from '../../ports.js';
import { RecordingStreams } from '../../recording-streams.js';
import type { Outcome } from '../outcome.js';
import { StopRecording } from './stop-recording.command.js';

@CommandHandler(StopRecording)
export class StopRecordingHandler implements ICommandHandler<StopRecording> {
  constructor(
    private readonly streams: RecordingStreams,
    private readonly claim: ActiveRecordingClaim,
    @Inject(STREAMER_DIRECTORY) private readonly streamers: StreamerDirectory,
  ) {}

  /** @throws StreamerNotFound, or RecordingNotActive if the streamer was never recorded */
  async execute({ streamerId, metadata, reason }: StopRecording): Promise<Outcome<RecordingAnswer>> {
    requirePermission(metadata, 'recordings.control');
    if (!(await this.streamers.find(streamerId))) throw new StreamerNotFound(streamerId);
    const recordingId = await this.claim.latest(streamerId);
    if (recordingId === undefined) throw new RecordingNotActive(streamerId);
    try {
      const command = { type: 'StopRecording', at: metadata.now, by: metadata.actor, ...reason } as const;
      const { state, events, position } = await this.streams.handle(recordingId, command, metadata);
      const stopped = events.length > 0 ? undefined : await this.streams.loadAsStopped(recordingId);
      return { answer: { recordingId, streamerId, state: stateName(stopped?.snapshot ?? state) }, position };
    } catch (error) {
      // The claim of a start that failed halfway: it has no recording.
      if (error instanceof RecordingNotFound) throw new RecordingNotActive(streamerId);
      throw error;
    }
  }
}
