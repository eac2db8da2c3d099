import { defineEntity } from '@mikro-orm/core';
import { column } from '@streamvault/kernel';
import type { Delivery } from '../domain/delivery-decider.js';

const DeliveryRowSchema = defineEntity({
  name: 'NoticeDeliveryRow',
  tableName: 'notice_deliveries',
  properties: {
    id: column.text().primary(),
    /** Its position in the log, with leading zeros: the order in which a target gets notices. */
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

/** A notice to a target, with its state. */
export class DeliveryRow extends DeliveryRowSchema.class {}
DeliveryRowSchema.setClass(DeliveryRow);
