import { defineEntity } from '@mikro-orm/core';
import { column } from '@streamvault/kernel';
import type { Delivery } from '../domain/delivery-decider.js';

const DeliveryRowSchema = defineEntity({
  name: 'NoticeDeliveryRow',
  tableName: 'notice_deliveries',
  properties: {
    id: column.text().primary(),
    /** Where it was queued in the log, with leading zeros: the order in which a target is told. */
    place: column.sortableText().index(),
    targetId: column.wholeNumber().index(),
    state: column.text(),
    /** Until when it waits although nothing failed. */
    heldUntil: column.sortableText().nullable().index(),
    /** There is still something to do. */
    isOpen: column.boolean().index(),
    delivery: column.json<Delivery>(),
  },
});

/** A notice to a target, and what became of it. */
export class DeliveryRow extends DeliveryRowSchema.class {}
DeliveryRowSchema.setClass(DeliveryRow);
