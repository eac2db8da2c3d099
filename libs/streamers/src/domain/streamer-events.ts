import { defineEvent, type EventOf } from '@streamvault/event-sourcing';
import { z } from 'zod';

/* What can happen to a streamer. Stream: `streamer-<id>`. Instants are ISO 8601 UTC. */

const at = z.string();

export const streamerAdded = defineEvent({
  type: 'StreamerAdded',
  version: 1,
  schema: z.object({
    streamerId: z.number(),
    name: z.string(),
    url: z.string(),
    platform: z.enum(['hls', 'demo']),
    autoRecord: z.boolean(),
    quality: z.string(),
    at,
  }),
});

export const streamerChanged = defineEvent({
  type: 'StreamerChanged',
  version: 1,
  /** All of them, as they are from now on. */
  schema: z.object({ name: z.string(), autoRecord: z.boolean(), quality: z.string(), at }),
});

export const streamerRemoved = defineEvent({ type: 'StreamerRemoved', version: 1, schema: z.object({ at }) });

export const streamerEvents = [streamerAdded, streamerChanged, streamerRemoved] as const;
export type StreamerEvent = EventOf<(typeof streamerEvents)[number]>;

export const streamerCategory = 'streamer';
export const streamerStream = (streamerId: number): `streamer-${number}` => `streamer-${streamerId}`;
