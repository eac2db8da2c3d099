import { Injectable } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import { DomainError, type Reaction, type ReadEvent } from '@streamvault/kernel';
import { BinVideo } from '@streamvault/library';
import { RecordingStreams } from '@streamvault/recording';
import { BroadcastStreams } from '../broadcast-streams.js';
import { causedBy } from '../caused-by.js';

/** What was recorded before the rules could decide, and then was not wanted, goes to the bin: there it can be fetched back. */
@Injectable()
export class BinVideoWhenItsBroadcastWasDiscarded implements Reaction {
  readonly name = 'bin-video-when-its-broadcast-was-discarded';
  readonly role = 'scheduler';
  readonly from = 'end';
  readonly filter = { types: ['VideoAdded'] };

  constructor(
    private readonly commands: CommandBus,
    private readonly recordings: RecordingStreams,
    private readonly broadcasts: BroadcastStreams,
  ) {}

  async handle(event: ReadEvent): Promise<void> {
    const { recordingId, videoId } = event.data;
    if (typeof recordingId !== 'number' || typeof videoId !== 'number') return;
    const broadcastId = (await this.recordings.current(recordingId))?.context.broadcastId;
    const decision =
      typeof broadcastId === 'number' ? (await this.broadcasts.current(broadcastId))?.context.decision : undefined;
    if (decision?.decision !== 'discard') return;
    try {
      await this.commands.execute(new BinVideo(videoId, { rule: decision.reason.message }, causedBy(event, this.name)));
    } catch (error) {
      // Somebody protected it, or deleted it: that person knew better.
      if (!(error instanceof DomainError)) throw error;
    }
  }
}
