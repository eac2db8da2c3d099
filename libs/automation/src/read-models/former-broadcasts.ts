import { EntityManager } from '@mikro-orm/core';
import { Injectable } from '@nestjs/common';
import { BroadcastRow } from './broadcast-row.entity.js';

/** A platform does not return to older ids than these. */
const lookedAt = 20;

/** The streamer's earlier broadcasts, from the read model. */
@Injectable()
export class FormerBroadcasts {
  constructor(private readonly em: EntityManager) {}

  /** Recordings of earlier broadcasts that had one of these ids of the platform. */
  async recordingsOf(streamerId: number, platformIds: readonly string[], except: number): Promise<number[]> {
    const rows = await this.em
      .fork()
      .find(BroadcastRow, { streamerId, id: { $lt: except } }, { orderBy: { id: 'desc' }, limit: lookedAt });
    return rows
      .filter(({ context }) => context.platformIds.some((id) => platformIds.includes(id)))
      .flatMap(({ context: { recordingId, laterRecordingIds } }) => [
        ...(recordingId === null ? [] : [recordingId]),
        ...laterRecordingIds,
      ]);
  }
}
