import { EntityManager } from '@mikro-orm/core';
import { Injectable } from '@nestjs/common';
import { BroadcastRow } from './broadcast-row.entity.js';

/** The broadcasts that are not over, from the read model: before acting on one, the log is read again. */
@Injectable()
export class OpenBroadcasts {
  constructor(private readonly em: EntityManager) {}

  async ids(): Promise<number[]> {
    const rows = await this.em.fork().find(BroadcastRow, { isOpen: true }, { fields: ['id'] });
    return rows.map(({ id }) => id);
  }

  /** Those for which time has come. */
  async due(now: string): Promise<number[]> {
    const rows = await this.em
      .fork()
      .find(BroadcastRow, { isOpen: true, dueAt: { $lte: now } }, { fields: ['id'], limit: 500 });
    return rows.map(({ id }) => id);
  }

  /** By streamer. */
  async all(): Promise<ReadonlyMap<number, BroadcastRow>> {
    const rows = await this.em.fork().find(BroadcastRow, { isOpen: true });
    return new Map(rows.map((row) => [row.streamerId, row]));
  }
}
