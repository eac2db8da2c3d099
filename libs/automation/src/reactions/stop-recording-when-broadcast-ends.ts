import { Injectable } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import { DomainError, type Reaction, type ReadEvent } from '@streamvault/kernel';
import { ActiveRecordingClaim, StopRecording } from '@streamvault/recording';
import { BroadcastStreams } from '../broadcast-streams.js';
import { causedBy } from '../caused-by.js';
import type { BroadcastContext } from '../domain/broadcast-context.js';
import { broadcastCategory, type BroadcastEvent } from '../domain/broadcast-events.js';
import type { Reason } from '../domain/verdict.js';
import { broadcastIdOf } from './broadcast-id-of.js';

/**
 * The end is the broadcast's own decision, or that of the rules, never a single notice. Only its own recordings are
 * stopped.
 */
@Injectable()
export class StopRecordingWhenBroadcastEnds implements Reaction {
  readonly name = 'stop-recording-when-broadcast-ends';
  readonly role = 'scheduler';
  readonly from = 'end';
  readonly filter = { categories: [broadcastCategory] };

  constructor(
    private readonly commands: CommandBus,
    private readonly broadcasts: BroadcastStreams,
    private readonly active: ActiveRecordingClaim,
  ) {}

  async handle(event: ReadEvent): Promise<void> {
    const reason = endedBy(event as ReadEvent & BroadcastEvent);
    if (!reason) return;
    const context = (await this.broadcasts.current(broadcastIdOf(event)))?.context;
    const metadata = causedBy(event, this.name);
    const running = context && (await this.active.active(context.streamerId, metadata.now));
    if (context === undefined || running === undefined || !isOf(context, running)) return;
    try {
      await this.commands.execute(new StopRecording(context.streamerId, metadata, { cause: reason }));
    } catch (error) {
      // It ended by itself meanwhile, or its streamer is gone.
      if (!(error instanceof DomainError)) throw error;
    }
  }
}

function endedBy({ type, data }: BroadcastEvent): Reason | undefined {
  if (type === 'BroadcastEnded') return data.reason;
  const isEnd = type === 'RecordingDecided' && (data.decision === 'stop' || data.decision === 'discard');
  return isEnd ? data.reason : undefined;
}

const isOf = ({ recordingId, laterRecordingIds }: BroadcastContext, running: number): boolean =>
  recordingId === running || laterRecordingIds.includes(running);
