import type { Cause } from '@streamvault/failures';
import type { Decider } from '@streamvault/kernel';
import type { DeathReason, DeliveryEvent } from './delivery-events.js';
import type { Notice } from './notice.js';

export interface Delivery {
  readonly noticeId: string;
  readonly targetId: number;
  readonly notice: Notice;
  readonly state: 'pending' | 'sending' | 'delivered' | 'retry' | 'dead';
  readonly attempts: number;
  readonly queuedAt: string;
  /** When it may be sent; while it is being sent, when that counts as lost. null if it is done. */
  readonly dueAt: string | null;
  /** Why it waits although nothing failed. */
  readonly heldBecause: 'quiet-hours' | 'digest' | 'settling' | null;
  /** Ids of the notices that it combines. */
  readonly digestOf: readonly string[] | null;
  readonly expiresAt: string | null;
  readonly endedAt: string | null;
  /** The process that sends it. */
  readonly owner: string | null;
  readonly deadBecause: DeathReason | null;
  readonly failure: Cause | null;
}

/** `at`: when, ISO 8601 UTC. */
export type DeliveryCommand = { readonly at: string } & (
  | {
      readonly type: 'QueueNotice';
      readonly noticeId: string;
      readonly targetId: number;
      readonly notice: Notice;
      readonly sourceEventId: string;
      readonly expiresAt: string | null;
      readonly settlesAt?: string | null;
      readonly digestOf?: readonly string[] | null;
    }
  | { readonly type: 'Hold'; readonly until: string; readonly reason: 'quiet-hours' | 'digest' }
  | { readonly type: 'Merge'; readonly notice: Notice; readonly mergedEventId: string }
  | { readonly type: 'BeginSending'; readonly owner: string; readonly deadline: string }
  | { readonly type: 'ReportDelivered'; readonly attempt: number; readonly status: number | null }
  | { readonly type: 'Defer'; readonly attempt: number; readonly cause: Cause; readonly retryAt: string }
  | { readonly type: 'GiveUp'; readonly attempt: number; readonly reason: DeathReason; readonly cause: Cause }
);

export const isOpen = ({ state }: Pick<Delivery, 'state'>): boolean => state !== 'delivered' && state !== 'dead';

/** A report about an attempt that is over, or a delivery that is done, changes nothing. */
export const deliveryDecider: Decider<Delivery | undefined, DeliveryCommand, DeliveryEvent> = {
  initialState: () => undefined,
  evolve,
  decide(command, delivery) {
    const { at } = command;
    if (command.type === 'QueueNotice') {
      const { noticeId, targetId, notice, sourceEventId, expiresAt, settlesAt = null } = command;
      const digestOf = command.digestOf ? [...command.digestOf] : null;
      const data = { noticeId, targetId, notice, sourceEventId, expiresAt, settlesAt, digestOf, at };
      return delivery ? [] : [{ type: 'NoticeQueued', data }];
    }
    if (!delivery || !isOpen(delivery)) return [];
    if (command.type === 'BeginSending') {
      const { owner, deadline } = command;
      return [{ type: 'NoticeSending', data: { attempt: delivery.attempts + 1, owner, deadline, at } }];
    }
    if (command.type === 'Hold') {
      const { until, reason } = command;
      const isNews = delivery.state === 'pending' && (delivery.dueAt ?? '') < until;
      return isNews ? [{ type: 'NoticeHeld', data: { until, reason, at } }] : [];
    }
    if (command.type === 'Merge') {
      const { notice, mergedEventId } = command;
      // A notice that is being sent can no longer change.
      return delivery.heldBecause === 'settling' ? [{ type: 'NoticeMerged', data: { notice, mergedEventId, at } }] : [];
    }
    const { attempt } = command;
    if (attempt !== delivery.attempts) return [];
    switch (command.type) {
      case 'ReportDelivered':
        return [{ type: 'NoticeDelivered', data: { attempt, status: command.status, at } }];
      case 'Defer':
        return [
          { type: 'NoticeDeferred', data: { attempt, cause: { ...command.cause }, retryAt: command.retryAt, at } },
        ];
      case 'GiveUp':
        return [{ type: 'NoticeDead', data: { attempt, reason: command.reason, cause: { ...command.cause }, at } }];
      default:
        return command satisfies never;
    }
  },
};

function evolve(delivery: Delivery | undefined, event: DeliveryEvent): Delivery | undefined {
  if (event.type === 'NoticeQueued') {
    const { noticeId, targetId, notice, expiresAt, settlesAt, digestOf, at } = event.data;
    return {
      noticeId,
      targetId,
      notice,
      state: 'pending',
      attempts: 0,
      queuedAt: at,
      dueAt: settlesAt ?? at,
      heldBecause: settlesAt === null ? null : 'settling',
      digestOf,
      expiresAt,
      endedAt: null,
      owner: null,
      deadBecause: null,
      failure: null,
    };
  }
  if (!delivery) return undefined;
  switch (event.type) {
    case 'NoticeHeld':
      return { ...delivery, dueAt: event.data.until, heldBecause: event.data.reason };
    case 'NoticeMerged':
      return { ...delivery, notice: event.data.notice, dueAt: event.data.at, heldBecause: null };
    case 'NoticeSending': {
      const { attempt: attempts, owner, deadline: dueAt } = event.data;
      return { ...delivery, state: 'sending', attempts, owner, dueAt, heldBecause: null };
    }
    case 'NoticeDelivered':
      return { ...delivery, state: 'delivered', owner: null, dueAt: null, heldBecause: null, endedAt: event.data.at };
    case 'NoticeDeferred': {
      const { retryAt: dueAt, cause: failure } = event.data;
      return { ...delivery, state: 'retry', owner: null, dueAt, failure };
    }
    case 'NoticeDead': {
      const { reason: deadBecause, cause: failure, at: endedAt } = event.data;
      return { ...delivery, state: 'dead', owner: null, dueAt: null, heldBecause: null, endedAt, deadBecause, failure };
    }
    default:
      return event satisfies never;
  }
}

/** A notice's events as its state, for time travel. */
export const foldDelivery = (events: readonly { readonly type: string; readonly data: object }[]): object | undefined =>
  // The registry gives only delivery events for this stream.
  (events as readonly DeliveryEvent[]).reduce<Delivery | undefined>(evolve, undefined);
