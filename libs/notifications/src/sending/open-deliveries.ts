import { EntityManager, type FilterQuery } from '@mikro-orm/core';
import { Injectable } from '@nestjs/common';
import { KeptRows, ProjectionRunner } from '@streamvault/kernel';
import type { Delivery } from '../domain/delivery-decider.js';
import { deliveriesProjection } from '../read-models/deliveries.projection.js';
import { DeliveryRow } from '../read-models/delivery-row.entity.js';

/** What is left to do, from the read model, which may lag: the sender reads the log first. */
export interface OpenDeliveries {
  /** Targets with open deliveries. */
  targets(now: string): Promise<readonly number[]>;
  /** The target's oldest first, without those that are held back. */
  of(targetId: number, now: string): Promise<readonly Delivery[]>;
  /** The target's, including those that are held back. */
  all(targetId: number): Promise<readonly Delivery[]>;
}

const atOnce = 50;
/** A longer combined notice could not be read. */
const mostHeld = 500;

@Injectable()
export class OpenDeliveryRows implements OpenDeliveries {
  /** When the first may be sent; an empty text for at once, undefined if none is open. */
  readonly #first: KeptRows<string | undefined>;

  constructor(
    private readonly em: EntityManager,
    projections: ProjectionRunner,
  ) {
    this.#first = new KeptRows({ projections, of: deliveriesProjection.name, read: () => this.#firstFreeAt() });
  }

  async targets(now: string): Promise<readonly number[]> {
    const first = await this.#first.get();
    if (first === undefined || first > now) return [];
    const em = this.em.fork();
    const seen: number[] = [];
    for (;;) {
      const [row] = await em.find(
        DeliveryRow,
        { isOpen: true, ...free(now), ...(seen.length > 0 && { targetId: { $nin: seen } }) },
        { orderBy: { place: 'asc' }, limit: 1, fields: ['targetId'] },
      );
      if (!row) return seen;
      seen.push(row.targetId);
    }
  }

  async #firstFreeAt(): Promise<string | undefined> {
    const em = this.em.fork();
    const fields = ['heldUntil'] as const;
    if (await em.findOne(DeliveryRow, { isOpen: true, heldUntil: null }, { fields })) return '';
    const held = await em.findOne(DeliveryRow, { isOpen: true }, { fields, orderBy: { heldUntil: 'asc' } });
    return held ? (held.heldUntil ?? '') : undefined;
  }

  async of(targetId: number, now: string): Promise<readonly Delivery[]> {
    return this.#find({ isOpen: true, targetId, ...free(now) }, atOnce);
  }

  async all(targetId: number): Promise<readonly Delivery[]> {
    return this.#find({ isOpen: true, targetId }, mostHeld);
  }

  async #find(where: FilterQuery<DeliveryRow>, limit: number): Promise<readonly Delivery[]> {
    const rows = await this.em.fork().find(DeliveryRow, where, { orderBy: { place: 'asc' }, limit });
    return rows.map(({ delivery }) => delivery);
  }
}

/** Not held back, or not any more. */
const free = (now: string) => ({ $or: [{ heldUntil: null }, { heldUntil: { $lte: now } }] });
