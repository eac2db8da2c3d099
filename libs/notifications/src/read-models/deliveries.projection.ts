import { type Projection, type ReadEvent, rowById } from '@streamvault/kernel';
import { type Delivery, deliveryDecider, isOpen } from '../domain/delivery-decider.js';
import { type DeliveryEvent, noticeCategory } from '../domain/delivery-events.js';
import { DeliveryRow } from './delivery-row.entity.js';

/** Enough digits for any position of a log. */
const digits = 20;

/** The outbox as rows: what is open for which target, and the history of all. */
export const deliveriesProjection: Projection<DeliveryEvent> = {
  name: 'notice-deliveries',
  version: 2,
  filter: { categories: [noticeCategory] },
  entities: [DeliveryRow],
  rowOf: (event) => (event.type === 'NoticeQueued' ? undefined : { entity: DeliveryRow, id: noticeIdOf(event) }),
  async handle(event, em) {
    const id = noticeIdOf(event);
    if (event.type === 'NoticeQueued') {
      const delivery = deliveryDecider.evolve(undefined, event);
      const place = event.position.toString().padStart(digits, '0');
      if (delivery)
        em.persist(
          em.create(DeliveryRow, {
            id,
            place,
            targetId: delivery.targetId,
            state: delivery.state,
            isOpen: isOpen(delivery),
            heldUntil: heldUntil(delivery),
            delivery,
          }),
        );
      return;
    }
    const found = rowById(em, DeliveryRow, id);
    const row = found instanceof Promise ? await found : found;
    if (!row) throw new Error(`Notice ${id} was never queued.`);
    const delivery = deliveryDecider.evolve(row.delivery, event);
    if (delivery)
      Object.assign(row, { delivery, state: delivery.state, isOpen: isOpen(delivery), heldUntil: heldUntil(delivery) });
  },
};

const heldUntil = ({ heldBecause, dueAt }: Delivery): string | null => (heldBecause === null ? null : dueAt);

const noticeIdOf = ({ stream }: Pick<ReadEvent, 'stream'>): string => stream.slice(stream.indexOf('-') + 1);
