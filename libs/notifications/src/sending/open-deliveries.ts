import { EntityManager } from '@mikro-orm/core';
import { Injectable } from '@nestjs/common';
import type { Delivery } from '../domain/delivery-decider.js';
import { DeliveryRow } from '../read-models/delivery-row.entity.js';

/** What the read model says is left to do. It may lag: whoever sends looks at the log before. */
export interface OpenDeliveries {
  /** Targets that something is open for. */
  targets(): Promise<readonly number[]>;
  /** The oldest of a target first. */
  of(targetId: number): Promise<readonly Delivery[]>;
}

const atOnce = 50;

@Injectable()
export class OpenDeliveryRows implements OpenDeliveries {
  constructor(private readonly em: EntityManager) {}

  async targets(): Promise<readonly number[]> {
    const em = this.em.fork();
    const seen: number[] = [];
    for (;;) {
      const [row] = await em.find(
        DeliveryRow,
        { isOpen: true, ...(seen.length > 0 && { targetId: { $nin: seen } }) },
        { orderBy: { place: 'asc' }, limit: 1, fields: ['targetId'] },
      );
      if (!row) return seen;
      seen.push(row.targetId);
    }
  }

  async of(targetId: number): Promise<readonly Delivery[]> {
    const rows = await this.em
      .fork()
      .find(DeliveryRow, { isOpen: true, targetId }, { orderBy: { place: 'asc' }, limit: atOnce });
    return rows.map(({ delivery }) => delivery);
  }
}
