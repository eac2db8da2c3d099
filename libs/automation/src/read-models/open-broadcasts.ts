import { EntityManager } from '@mikro-orm/core';
import { Injectable } from '@nestjs/common';
import { KeptRows, ProjectionRunner } from '@streamvault/kernel';
import { BroadcastRow } from './broadcast-row.entity.js';
import { broadcastViewProjection } from './broadcast-view.projection.js';

/** The broadcasts that are not over, from the read model: before acting on one, the log is read again. */
@Injectable()
export class OpenBroadcasts {
  readonly #waiting: KeptRows<readonly Pick<BroadcastRow, 'id' | 'dueAt'>[]>;

  constructor(
    private readonly em: EntityManager,
    projections: ProjectionRunner,
  ) {
    this.#waiting = new KeptRows({
      projections,
      of: broadcastViewProjection.name,
      read: () => em.fork().find(BroadcastRow, { isOpen: true, dueAt: { $ne: null } }, { fields: ['id', 'dueAt'] }),
    });
  }

  async ids(): Promise<number[]> {
    const rows = await this.em.fork().find(BroadcastRow, { isOpen: true }, { fields: ['id'] });
    return rows.map(({ id }) => id);
  }

  /** Those for which time has come. */
  async due(now: string): Promise<number[]> {
    const rows = await this.#waiting.get();
    return rows.flatMap(({ id, dueAt }) => (typeof dueAt === 'string' && dueAt <= now ? [id] : []));
  }

  /** By streamer. */
  async all(): Promise<ReadonlyMap<number, BroadcastRow>> {
    const rows = await this.em.fork().find(BroadcastRow, { isOpen: true });
    return new Map(rows.map((row) => [row.streamerId, row]));
  }
}
