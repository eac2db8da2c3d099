import { EntityManager } from '@mikro-orm/core';
import { type IQueryHandler, QueryHandler } from '@nestjs/cqrs';
import { type NoticeDelivery, sentKinds } from '@streamvault/api-contract';
import type { Delivery } from '../domain/delivery-decider.js';
import { DeliveryRow } from '../read-models/delivery-row.entity.js';
import { ListDeliveries } from './notification-queries.js';

@QueryHandler(ListDeliveries)
export class ListDeliveriesHandler implements IQueryHandler<ListDeliveries> {
  constructor(private readonly em: EntityManager) {}

  async execute({ filter }: ListDeliveries): Promise<{ items: NoticeDelivery[]; next: string | null }> {
    const { targetId, state, limit, before } = filter;
    const rows = await this.em.fork().find(
      DeliveryRow,
      {
        ...(targetId !== undefined && { targetId }),
        ...(state !== undefined && { state }),
        ...(before !== undefined && { place: { $lt: before } }),
      },
      { orderBy: { place: 'desc' }, limit: limit + 1 },
    );
    const shown = rows.slice(0, limit);
    return {
      items: shown.flatMap(({ delivery }) => toNoticeDelivery(delivery) ?? []),
      next: rows.length > limit ? (shown.at(-1)?.place ?? null) : null,
    };
  }
}

/** Undefined for a kind from a newer version. */
function toNoticeDelivery(delivery: Delivery): NoticeDelivery | undefined {
  const { noticeId: id, notice, owner: _owner, digestOf: _digestOf, ...rest } = delivery;
  const { kind, title, text } = notice;
  const sent = sentKinds.find((known) => known === kind);
  return sent && { id, kind: sent, title, text, ...rest };
}
