import { defineEvent, type EventOf } from '@streamvault/kernel';
import { z } from 'zod';

const shareId = z.string();
const at = z.iso.datetime();

/** Its token and password are stored beside the log, as hashes. */
export const shareCreated = defineEvent({
  type: 'ShareCreated',
  version: 1,
  schema: z.object({
    shareId,
    kind: z.enum(['video', 'recording']),
    itemId: z.int(),
    name: z.string().nullable(),
    userId: z.int(),
    hasPassword: z.boolean(),
    download: z.boolean(),
    expiresAt: at.nullable(),
    at,
  }),
});
export const shareRevoked = defineEvent({ type: 'ShareRevoked', version: 1, schema: z.object({ shareId, at }) });
/** At most once a day for each share, so that a popular link does not fill the log. */
export const shareOpened = defineEvent({ type: 'ShareOpened', version: 1, schema: z.object({ shareId, at }) });

export const shareEvents = [shareCreated, shareRevoked, shareOpened] as const;
export type ShareEvent = EventOf<(typeof shareEvents)[number]>;

export const shareCategory = 'shares';
export const shareStream = 'shares-all';
