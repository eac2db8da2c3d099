import { Injectable } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import type { Reaction, ReadEvent } from '@streamvault/kernel';
import { ChangeRecordingDetails } from '@streamvault/recording';
import { BroadcastStreams } from '../broadcast-streams.js';
import { causedBy } from '../caused-by.js';
import { broadcastCategory, type BroadcastEvent } from '../domain/broadcast-events.js';
import { latestRecordingOf } from '../recording-starter.js';
import { broadcastIdOf } from './broadcast-id-of.js';

/** A broadcast's title reaches its recording, for chapters and names. */
@Injectable()
export class ChangeRecordingDetailsWhenTitleChanges implements Reaction {
  readonly name = 'change-recording-details-when-title-changes';
  readonly role = 'scheduler';
  readonly from = 'end';
  readonly filter = { categories: [broadcastCategory] };

  constructor(
    private readonly commands: CommandBus,
    private readonly broadcasts: BroadcastStreams,
  ) {}

  async handle(event: ReadEvent): Promise<void> {
    const { type, data } = event as ReadEvent & BroadcastEvent;
    // A title may have come between the decision and the start of the recording.
    if (type !== 'BroadcastTitleChanged' && type !== 'BroadcastRecorded') return;
    const context = (await this.broadcasts.current(broadcastIdOf(event)))?.context;
    const recordingId = context && latestRecordingOf(context);
    if (context === undefined || typeof recordingId !== 'number') return;
    const { title, category } = type === 'BroadcastTitleChanged' ? data : context.details;
    const at = type === 'BroadcastTitleChanged' ? data.at : (context.detailsBy?.at ?? data.at);
    if (title === null && category === null) return;
    await this.commands.execute(
      new ChangeRecordingDetails(recordingId, { at, title, category }, causedBy(event, this.name)),
    );
  }
}
