import { defineEvent, type EventOf } from '@streamvault/kernel';
import { z } from 'zod';

/**
 * The content of a Twitch notice, as far as it is used. One stream per notice, named by its id, so that it is stored
 * once.
 */
export const eventSubNoticeReceived = defineEvent({
  type: 'EventSubNoticeReceived',
  version: 1,
  schema: z.object({
    messageId: z.string(),
    /** When Twitch sent it, with its nanoseconds. */
    sentAt: z.string(),
    receivedAt: z.string(),
    over: z.enum(['webhook', 'websocket']),
    type: z.string(),
    broadcasterId: z.string(),
    streamId: z.string().nullable(),
    startedAt: z.string().nullable(),
    kind: z.string().nullable(),
    title: z.string().nullable(),
    category: z.string().nullable(),
    raid: z.object({ to: z.string(), viewers: z.number() }).nullable(),
  }),
});

/** The conduit that this installation made at Twitch. Others with the same client id are not touched. */
export const conduitAdopted = defineEvent({
  type: 'ConduitAdopted',
  version: 1,
  schema: z.object({ at: z.string(), clientId: z.string(), conduitId: z.string() }),
});

/** The channel for a Twitch address: logins change, ids do not. */
export const channelIdentified = defineEvent({
  type: 'ChannelIdentified',
  version: 1,
  schema: z.object({ at: z.string(), streamerId: z.number(), userId: z.string(), login: z.string() }),
});

export const twitchEvents = [eventSubNoticeReceived, conduitAdopted, channelIdentified] as const;
export type TwitchEvent = EventOf<(typeof twitchEvents)[number]>;
export type EventSubNotice = EventOf<typeof eventSubNoticeReceived>['data'];

export const noticeCategory = 'eventsubnotice';
export const channelCategory = 'twitchchannel';
export const conduitCategory = 'twitchconduit';
