import { Query } from '@nestjs/cqrs';
import type { NoticeDelivery, NotificationTarget } from '@streamvault/api-contract';

/** All of them, in the order in which they were added. */
export class ListTargets extends Query<NotificationTarget[]> {}

/** @throws TargetNotFound */
export class GetTarget extends Query<NotificationTarget> {
  constructor(readonly targetId: number) {
    super();
  }
}

export interface DeliveryFilter {
  readonly targetId: number | undefined;
  readonly state: NoticeDelivery['state'] | undefined;
  readonly limit: number;
  /** The place of the last one that is known. */
  readonly before: string | undefined;
}

/** The outbox, newest first. */
export class ListDeliveries extends Query<{ readonly items: NoticeDelivery[]; readonly next: string | null }> {
  constructor(readonly filter: DeliveryFilter) {
    super();
  }
}
