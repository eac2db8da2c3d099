import { Inject } from '@nestjs/common';
import { CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { Claims, requirePermission } from '@streamvault/kernel';
import { SecretVault, SourceSecrets } from '@streamvault/secrets';
import { StreamerBusy, StreamerNotFound } from '../../domain/streamer-errors.js';
import { RECORDING_ACTIVITY, type RecordingActivity } from '../../ports.js';
import { sourceClaim, StreamerStreams } from '../../streamer-streams.js';
import type { StreamerOutcome } from '../outcome.js';
import { RemoveStreamer } from './remove-streamer.command.js';

@CommandHandler(RemoveStreamer)
export class RemoveStreamerHandler implements ICommandHandler<RemoveStreamer> {
  constructor(
    private readonly streams: StreamerStreams,
    private readonly claims: Claims,
    @Inject(RECORDING_ACTIVITY) private readonly recordings: RecordingActivity,
    private readonly secrets: SecretVault,
  ) {}

  /** @throws StreamerNotFound, StreamerBusy */
  async execute({ streamerId, metadata }: RemoveStreamer): Promise<StreamerOutcome> {
    requirePermission(metadata, 'streamers.change');
    const streamer = await this.streams.find(streamerId);
    if (!streamer) throw new StreamerNotFound(streamerId);
    const recordingId = await this.recordings.activeOf(streamerId, metadata.now);
    if (recordingId !== undefined) throw new StreamerBusy(streamerId, recordingId);
    const { position } = await this.streams.handle({ type: 'RemoveStreamer', at: metadata.now, streamerId }, metadata);
    await new SourceSecrets(this.secrets).erase(streamer.url);
    await this.claims.release({ ...sourceClaim(streamer.url), owner: streamerId, metadata });
    return { streamerId, position };
  }
}
