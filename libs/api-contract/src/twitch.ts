import { z } from 'zod';
import { instant, noMore } from './primitives.js';

const problem = z
  .string()
  .nullable()
  .meta({ description: 'The present problem and what to do; null if there is none.' });

export const twitchStatus = z
  .object({
    mode: z.enum(['helix', 'public']).meta({
      description:
        'public: without credentials Twitch sends no notices and is queried in the way that is open to everyone.',
    }),
    credentials: z.object({ clientId: z.boolean(), clientSecret: z.boolean(), eventSubSecret: z.boolean() }).meta({
      description: 'Which of TWITCH_CLIENT_ID, TWITCH_CLIENT_SECRET and EVENTSUB_SECRET are set.',
    }),
    appToken: z.object({ expiresAt: instant }).nullable(),
    watch: z.object({ channels: z.int().min(0), lookedAt: instant.nullable(), problem }),
    helix: z.object({ calls: z.int().min(0), remaining: z.int().min(0).nullable() }).nullable(),
    eventSub: z
      .object({
        transport: z.enum(['webhook', 'conduit']),
        conduitId: z.string().nullable(),
        shards: z.array(
          z.object({
            id: z.string(),
            status: z.string().nullable(),
            sessionId: z.string().nullable(),
            since: instant.nullable(),
            problem,
          }),
        ),
        wanted: z.int().min(0),
        there: z.int().min(0),
        checkedAt: instant.nullable(),
        problem,
      })
      .nullable(),
  })
  .meta({ id: 'TwitchStatus' });
export type TwitchStatus = z.infer<typeof twitchStatus>;

export const twitchCheck = z
  .object({
    steps: z.array(
      z.object({
        name: z.enum(['credentials', 'token', 'helix', 'transport', 'subscriptions', 'notice']),
        title: z.string(),
        state: z.enum(['ok', 'failed', 'skipped']),
        detail: z.string(),
        next: z.string().nullable().meta({ description: 'What to click or set, if it failed.' }),
      }),
    ),
  })
  .meta({ id: 'TwitchCheck', description: 'The set-up, step by step; after a failed one the rest is skipped.' });
export type TwitchCheck = z.infer<typeof twitchCheck>;

export const twitchSignIn = z
  .object({
    state: z.enum(['signed-out', 'waiting', 'signed-in']),
    userCode: z.string().nullable().meta({ description: 'To be typed at `verificationUri` while `state` is waiting.' }),
    verificationUri: z.string().nullable(),
    expiresAt: instant.nullable(),
    login: z.string().nullable(),
  })
  .meta({ id: 'TwitchSignIn' });
export type TwitchSignIn = z.infer<typeof twitchSignIn>;

export const twitchFollows = z
  .object({
    nextCursor: noMore,
    items: z.array(z.object({ login: z.string(), name: z.string(), url: z.string(), isAdded: z.boolean() })),
  })
  .meta({ id: 'TwitchFollows' });
export type TwitchFollows = z.infer<typeof twitchFollows>;
