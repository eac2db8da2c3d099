import { cause, defineEvent, type EventOf } from '@streamvault/kernel';
import { z } from 'zod';
import { firstNoticeSchema, noticeSchema } from './notice.js';

/*
 * What happens to one notice for one target. Stream: `notice-<id>`, with the id derived from the event and the target.
 */

const at = z.string();
const attempt = z.number();

export const noticeQueued = defineEvent({
  type: 'NoticeQueued',
  version: 2,
  schema: z.object({
    noticeId: z.string(),
    targetId: z.number(),
    notice: noticeSchema,
    /** The event that it reports. */
    sourceEventId: z.string(),
    expiresAt: z.string().nullable(),
    /** Until then it may be merged with later events, or become obsolete; null: it is sent at once. */
    settlesAt: z.string().nullable(),
    /** Ids of the notices that it combines; null if it is a single one. */
    digestOf: z.array(z.string()).nullable(),
    at,
  }),
  upcasters: {
    1: ({ notice, ...data }) => ({
      ...data,
      notice: { ...firstNoticeSchema.parse(notice), streamerName: null, show: null },
      settlesAt: null,
      digestOf: null,
    }),
  },
});

/** It waits although it could be sent. */
export const noticeHeld = defineEvent({
  type: 'NoticeHeld',
  version: 1,
  schema: z.object({ until: z.string(), reason: z.enum(['quiet-hours', 'digest']), at }),
});

/** A later event belongs to it: it reports both now, and waits no longer. */
export const noticeMerged = defineEvent({
  type: 'NoticeMerged',
  version: 1,
  schema: z.object({ notice: noticeSchema, mergedEventId: z.string(), at }),
});

/** Written before the request is sent: if the process dies, this remains, and it is sent again after the deadline. */
export const noticeSending = defineEvent({
  type: 'NoticeSending',
  version: 1,
  schema: z.object({ attempt, owner: z.string(), deadline: z.string(), at }),
});

export const noticeDelivered = defineEvent({
  type: 'NoticeDelivered',
  version: 1,
  schema: z.object({ attempt, status: z.number().nullable(), at }),
});

export const noticeDeferred = defineEvent({
  type: 'NoticeDeferred',
  version: 1,
  schema: z.object({ attempt, cause, retryAt: z.string(), at }),
});

export const noticeDead = defineEvent({
  type: 'NoticeDead',
  version: 2,
  schema: z.object({
    attempt,
    /** `partial`: some of the receivers behind the target got it, so that a retry would be a duplicate for them. */
    reason: z.enum([
      'refused',
      'partial',
      'gave-up',
      'expired',
      'target-removed',
      'target-off',
      /** Included in a digest. */
      'digested',
      /** Obsolete before it was sent. */
      'superseded',
    ]),
    cause,
    at,
  }),
  upcasters: { 1: (data) => data },
});

export const deliveryEvents = [
  noticeQueued,
  noticeHeld,
  noticeMerged,
  noticeSending,
  noticeDelivered,
  noticeDeferred,
  noticeDead,
] as const;
export type DeliveryEvent = EventOf<(typeof deliveryEvents)[number]>;
export type DeathReason = EventOf<typeof noticeDead>['data']['reason'];

export const noticeCategory = 'notice';
export const noticeStream = (noticeId: string): `notice-${string}` => `notice-${noticeId}`;
