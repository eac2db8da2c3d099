import { defineEvent, type EventOf } from '@streamvault/kernel';
import type { JsonObject } from '@streamvault/event-store';
import { z } from 'zod';

/* What can happen to a streamer. Stream: `streamer-<id>`. Instants are ISO 8601 UTC. */

const at = z.string();

/**
 * How a streamer's broadcast is had: `hls` from a playlist, `twitch` by the channel's name, `stream` over RTMP, RTSP, SRT or DASH,
 * `web` from an address that only shows what it is when it is opened, `demo` from the channel that the server makes itself.
 */
export const platforms = ['hls', 'demo', 'twitch', 'web', 'stream'] as const;
export type Platform = (typeof platforms)[number];

/** What becomes of advertising that a source marks as such: left out of recordings, or kept in them. */
export const adChoices = ['skip', 'keep'] as const;
export type AdChoice = (typeof adChoices)[number];

const skipsAds = (data: JsonObject): JsonObject => ({ ...data, ads: 'skip' });
const wantsNoProxies = (data: JsonObject): JsonObject => ({ ...data, proxies: null });

/** Names of proxies and `direct`, in the order in which they are wanted; null: as the settings say for all. */
const proxies = z.array(z.string()).nullable();

export const streamerAdded = defineEvent({
  type: 'StreamerAdded',
  version: 4,
  schema: z.object({
    streamerId: z.number(),
    name: z.string(),
    url: z.string(),
    platform: z.enum(platforms),
    autoRecord: z.boolean(),
    quality: z.string(),
    ads: z.enum(adChoices),
    proxies,
    at,
  }),
  // Version 1 knew the platforms hls and demo only; its data is as good as ever. Until version 3 nobody was asked about advertising,
  // until version 4 about proxies.
  upcasters: { 1: (data) => data, 2: skipsAds, 3: wantsNoProxies },
});

export const streamerChanged = defineEvent({
  type: 'StreamerChanged',
  version: 3,
  /** All of them, as they are from now on. */
  schema: z.object({
    name: z.string(),
    autoRecord: z.boolean(),
    quality: z.string(),
    ads: z.enum(adChoices),
    proxies,
    at,
  }),
  upcasters: { 1: skipsAds, 2: wantsNoProxies },
});

export const streamerRemoved = defineEvent({ type: 'StreamerRemoved', version: 1, schema: z.object({ at }) });

export const streamerEvents = [streamerAdded, streamerChanged, streamerRemoved] as const;
export type StreamerEvent = EventOf<(typeof streamerEvents)[number]>;

export const streamerCategory = 'streamer';
export const streamerStream = (streamerId: number): `streamer-${number}` => `streamer-${streamerId}`;
