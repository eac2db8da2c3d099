import { Injectable } from '@nestjs/common';
import type { Reaction, ReadEvent } from '@streamvault/kernel';
import { causedBy } from '../caused-by.js';
import { broadcastCategory, type BroadcastEvent } from '../domain/broadcast-events.js';
import { RecordingStarter } from '../recording-starter.js';
import { broadcastIdOf } from './broadcast-id-of.js';

/**
 * Starts the recording of a broadcast that should be recorded. The present state counts, not that at the time of the
 * event.
 */
@Injectable()
export class StartRecordingWhenBroadcastGoesLive implements Reaction {
  readonly name = 'start-recording-when-broadcast-goes-live';
  readonly role = 'scheduler';
  readonly from = 'end';
  readonly filter = { categories: [broadcastCategory] };

  constructor(private readonly starter: RecordingStarter) {}

  async handle(event: ReadEvent): Promise<void> {
    const { type, data } = event as ReadEvent & BroadcastEvent;
    const mayBegin =
      type === 'BroadcastContinued' ||
      (type === 'RecordingDecided' && (data.decision === 'record' || data.decision === 'provisional'));
    if (mayBegin) await this.starter.see(broadcastIdOf(event), causedBy(event, this.name));
  }
}
