import { EntityManager } from '@mikro-orm/core';
import { Injectable } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import { DomainError, type Reaction, type ReadEvent } from '@streamvault/kernel';
import { BinVideo, VideoRow } from '@streamvault/library';
import { RecordingStreams } from '@streamvault/recording';
import { BroadcastStreams } from '../broadcast-streams.js';
import { causedBy } from '../caused-by.js';
import type { BroadcastContext } from '../domain/broadcast-context.js';
import { broadcastIdOf } from './broadcast-id-of.js';

/**
 * A broadcast that was recorded before the rules could decide, and then was not wanted, goes to the bin, where it can
 * be restored. Its video may be made after the rules said no, or exist already.
 */
@Injectable()
export class BinVideoWhenItsBroadcastWasDiscarded implements Reaction {
  readonly name = 'bin-video-when-its-broadcast-was-discarded';
  readonly role = 'scheduler';
  readonly from = 'end';
  readonly filter = { types: ['VideoAdded', 'RecordingDecided'] };

  constructor(
    private readonly commands: CommandBus,
    private readonly recordings: RecordingStreams,
    private readonly broadcasts: BroadcastStreams,
    private readonly em: EntityManager,
  ) {}

  async handle(event: ReadEvent): Promise<void> {
    if (event.type === 'RecordingDecided') return this.#decided(event);
    const { recordingId, videoId } = event.data;
    if (typeof recordingId !== 'number' || typeof videoId !== 'number') return;
    const broadcastId = (await this.recordings.current(recordingId))?.context.broadcastId;
    if (typeof broadcastId !== 'number') return;
    const context = (await this.broadcasts.current(broadcastId))?.context;
    if (context) await this.#bin(event, context, videoId);
  }

  async #decided(event: ReadEvent): Promise<void> {
    if (event.data['decision'] !== 'discard') return;
    const context = (await this.broadcasts.current(broadcastIdOf(event)))?.context;
    if (!context || context.recordingId === null) return;
    const { recordingId } = context;
    const rows = await this.em.fork().find(VideoRow, { recordingId, place: 'library' }, { fields: ['id'] });
    for (const { id } of rows) await this.#bin(event, context, id);
  }

  /** The present decision counts: a person may have wanted it since. */
  async #bin(event: ReadEvent, { decision }: BroadcastContext, videoId: number): Promise<void> {
    if (decision?.decision !== 'discard') return;
    const metadata = causedBy(event, `${this.name} ${videoId}`);
    try {
      await this.commands.execute(new BinVideo(videoId, { rule: decision.reason.message }, metadata));
    } catch (error) {
      // Somebody protected or deleted it: that takes precedence.
      if (!(error instanceof DomainError)) throw error;
    }
  }
}
