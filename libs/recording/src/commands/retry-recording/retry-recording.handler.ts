import { CommandBus, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { requirePermission } from '@streamvault/kernel';
import type { RecordingAnswer } from '@streamvault/api-contract';
import { ActiveRecordingClaim } from '../../active-recording-claim.js';
import { stateName } from '../../domain/lifecycle.js';
import { RecordingNotFound } from '../../domain/recording-errors.js';
import { RecordingStreams } from '../../recording-streams.js';
import type { Outcome } from '../outcome.js';
import { StartRecording } from '../start-recording/start-recording.command.js';
import { RetryRecording } from './retry-recording.command.js';

@CommandHandler(RetryRecording)
export class RetryRecordingHandler implements ICommandHandler<RetryRecording> {
  constructor(
    private readonly streams: RecordingStreams,
    private readonly claim: ActiveRecordingClaim,
    private readonly commands: CommandBus,
  ) {}

  /**
   * If a recording captured nothing and failed so long ago that the source may show another broadcast by now, it stays
   * as it is. A new recording begins, and the answer names it.
   * @throws RecordingNotFound, NothingToRetry, RecordingAlreadyActive if the streamer is being recorded again
   */
  async execute({ recordingId, metadata }: RetryRecording): Promise<Outcome<RecordingAnswer>> {
    requirePermission(metadata, 'recordings.control');
    const before = await this.streams.load(recordingId);
    if (!before) throw new RecordingNotFound(recordingId);
    const { streamerId, parts, endedAt } = before.snapshot.context;
    const takesTheSourceAgain = stateName(before.snapshot) === 'failed' && parts.length === 0;
    if (takesTheSourceAgain && endedAt !== null && isLongAgo(endedAt, metadata.now)) {
      const trigger = { kind: 'user', by: metadata.actor, reason: `Recording ${recordingId} is retried.` } as const;
      return this.commands.execute(new StartRecording(streamerId, metadata, { trigger }));
    }
    if (takesTheSourceAgain) await this.claim.take(streamerId, recordingId, metadata);
    const command = { type: 'RetryRecording', at: metadata.now, by: metadata.actor } as const;
    const { state, position } = await this.streams.handle(recordingId, command, metadata);
    return { answer: { recordingId, streamerId, state: stateName(state) }, position };
  }
}

/** After this time the source may show another broadcast. */
const sameBroadcastMilliseconds = 15 * 60_000;
const isLongAgo = (then: string, now: string): boolean =>
  Date.parse(now) - Date.parse(then) > sameBroadcastMilliseconds;
