import { Inject } from '@nestjs/common';
import { CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import type { RecordingAnswer } from '@streamvault/api-contract';
import { IdSequence, requirePermission } from '@streamvault/kernel';
import { ActiveRecordingClaim } from '../../active-recording-claim.js';
import { stateName } from '../../domain/lifecycle.js';
import { RecordingAlreadyActive, StreamerNotFound } from '../../domain/recording-errors.js';
import {
  RECORDING_ADMISSION,
  STREAMER_DIRECTORY,
  type RecordingAdmission,
  type StreamerDirectory,
} from '../../ports.js';
import { RecordingStreams } from '../../recording-streams.js';
import type { Outcome } from '../outcome.js';
import { StartRecording } from './start-recording.command.js';

@CommandHandler(StartRecording)
export class StartRecordingHandler implements ICommandHandler<StartRecording> {
  constructor(
    private readonly streams: RecordingStreams,
    private readonly claim: ActiveRecordingClaim,
    private readonly ids: IdSequence,
    @Inject(STREAMER_DIRECTORY) private readonly streamers: StreamerDirectory,
    @Inject(RECORDING_ADMISSION) private readonly admission: RecordingAdmission,
  ) {}

  /** @throws StreamerNotFound, RecordingAlreadyActive, and what the admission throws */
  async execute({ streamerId, metadata, occasion }: StartRecording): Promise<Outcome<RecordingAnswer>> {
    requirePermission(metadata, 'recordings.control');
    const streamer = await this.streamers.find(streamerId);
    if (!streamer) throw new StreamerNotFound(streamerId);
    const request = {
      streamerId,
      streamerName: streamer.name,
      source: { url: streamer.url, platform: streamer.platform },
      quality: streamer.quality,
      ads: streamer.ads,
      proxies: streamer.proxies && [...streamer.proxies],
      title: occasion.title ?? null,
      category: occasion.category ?? null,
      trigger: occasion.trigger ?? { kind: 'user' as const, by: metadata.actor, reason: null },
      broadcastId: occasion.broadcastId ?? null,
    };
    const at = metadata.now;
    // Checked first so that a refused start uses up no number. The claim below decides.
    const active = await this.claim.active(streamerId, at);
    if (active !== undefined && !(await this.streams.current(active))) throw new RecordingAlreadyActive(active);
    if (active === undefined) await this.admission.requireRoom();
    const recordingId = active ?? (await this.ids.next('recording', metadata));
    if (active === undefined) await this.claim.take(streamerId, recordingId, metadata);
    // This refuses an active recording, unless this same command began it and is repeated.
    const command = { type: 'RequestRecording', at, request: { recordingId, ...request } } as const;
    const { state, position } = await this.streams.handle(recordingId, command, metadata);
    return { answer: { recordingId, streamerId, state: stateName(state) }, position };
  }
}
