import { adChoice, platform } from '@streamvault/api-contract';
import { defineEvent, type EventOf } from '@streamvault/kernel';
import type { JsonObject } from '@streamvault/event-store';
import { z } from 'zod';

/* What can happen to a streamer. Stream: `streamer-<id>`. Instants are ISO 8601 UTC. */

const at = z.string();

export type { AdChoice, Platform } from '@streamvault/api-contract';

const skipsAds = (data: JsonObject): JsonObject => ({ ...data, ads: 'skip' });
const wantsNoProxies = (data: JsonObject): JsonObject => ({ ...data, proxies: null });

const inheritsTheRest = (data: JsonObject): JsonObject => ({
  ...data,
  patienceSeconds: null,
  reruns: null,
  stopAfterChangeSeconds: null,
});

const namedAsAll = (data: JsonObject): JsonObject => ({ ...data, nameTemplate: null, notices: null });

/** How a streamer is recorded. null: as the settings for all streamers say. */
const choices = {
  autoRecord: z.boolean().nullable(),
  quality: z.string().nullable(),
  ads: z.enum(adChoice.options).nullable(),
  /** Names of proxies and `direct`, in order of preference. */
  proxies: z.array(z.string()).nullable(),
  /** How long a streamer may be away before a broadcast is over. */
  patienceSeconds: z.number().nullable(),
  /** Whether reruns and premieres are recorded too. */
  reruns: z.boolean().nullable(),
  /** How long a recording goes on after a change that the rules do not want. */
  stopAfterChangeSeconds: z.union([z.number(), z.literal('never')]).nullable(),
  /** How its videos are named. */
  nameTemplate: z.string().nullable(),
  /** Kinds of notices that are sent about it. */
  notices: z.array(z.string()).nullable(),
};

export const streamerAdded = defineEvent({
  type: 'StreamerAdded',
  version: 6,
  schema: z.object({
    streamerId: z.number(),
    name: z.string(),
    url: z.string(),
    platform: z.enum(platform.options),
    ...choices,
    at,
  }),
  // Version 1 knew only the platforms hls and demo; its data is still valid. Before version 3 there was no choice about
  // advertising, before version 4 none about proxies. Before version 5 each streamer had choices of its own, and they
  // stay its own. Before version 6 naming and notices were the same for all.
  upcasters: { 1: (data) => data, 2: skipsAds, 3: wantsNoProxies, 4: inheritsTheRest, 5: namedAsAll },
});

export const streamerChanged = defineEvent({
  type: 'StreamerChanged',
  version: 5,
  /** All of them, as they are from now on. */
  schema: z.object({ name: z.string(), ...choices, at }),
  upcasters: { 1: skipsAds, 2: wantsNoProxies, 3: inheritsTheRest, 4: namedAsAll },
});

export const streamerRemoved = defineEvent({ type: 'StreamerRemoved', version: 1, schema: z.object({ at }) });

/** What applies to all streamers without a choice of their own. Stream: `streamerdefaults-0`. */
export const streamerDefaultsChanged = defineEvent({
  type: 'StreamerDefaultsChanged',
  version: 2,
  schema: z.object({
    autoRecord: z.boolean(),
    quality: z.string(),
    ads: z.enum(adChoice.options),
    proxies: z.array(z.string()).nullable(),
    patienceSeconds: z.number(),
    reruns: z.boolean(),
    stopAfterChangeSeconds: z.union([z.number(), z.literal('never')]),
    /** Kinds of notices that are sent; null: all kinds. */
    notices: z.array(z.string()).nullable(),
    at,
  }),
  upcasters: { 1: (data) => ({ ...data, notices: null }) },
});

export const streamerEvents = [streamerAdded, streamerChanged, streamerRemoved] as const;
export type StreamerEvent = EventOf<(typeof streamerEvents)[number]>;

export const streamerCategory = 'streamer';
export const streamerStream = (streamerId: number): `streamer-${number}` => `streamer-${streamerId}`;
