import { defineSettings, type SettingsOf } from '@streamvault/kernel';
import { z } from 'zod';

const base = (schemes: RegExp, words: string) =>
  z.url({ protocol: schemes, error: `must be an address that begins with ${words}` });
const secret = z.string().trim().min(1).max(200).optional();

/** What is needed to call Twitch itself, and its addresses. */
export const twitchSettings = defineSettings('twitch', {
  TWITCH_CLIENT_ID: {
    schema: z
      .string()
      .trim()
      .regex(/^[a-z0-9]{10,60}$/i, 'must be the client id of an application at dev.twitch.tv/console.')
      .optional(),
    meaning:
      'Client id of your application at dev.twitch.tv/console; with the secret, Twitch itself reports who is live',
    shownDefault: 'none',
  },
  TWITCH_CLIENT_SECRET: {
    schema: secret,
    meaning: 'Client secret of that application',
    shownDefault: 'none',
    secret: true,
  },
  EVENTSUB_SECRET: {
    schema: z
      .string()
      .min(10, 'must have 10 to 100 characters')
      .max(100, 'must have 10 to 100 characters')
      .regex(/^[\x20-\x7e]+$/, 'must be plain ASCII')
      .optional(),
    meaning: 'With PUBLIC_URL (https, port 443): Twitch sends its notices to `PUBLIC_URL/eventsub`, signed with this',
    shownDefault: 'none: notices come over a WebSocket',
    secret: true,
  },
  TWITCH_ID_URL: {
    schema: base(/^https?$/, 'https://').default('https://id.twitch.tv/oauth2'),
    meaning: 'Where Twitch gives out tokens',
    shownDefault: '`https://id.twitch.tv/oauth2`',
  },
  TWITCH_HELIX_URL: {
    schema: base(/^https?$/, 'https://').default('https://api.twitch.tv/helix'),
    meaning: 'Twitch’s API',
    shownDefault: '`https://api.twitch.tv/helix`',
  },
  TWITCH_EVENTSUB_URL: {
    schema: base(/^wss?$/, 'wss://').default('wss://eventsub.wss.twitch.tv/ws'),
    meaning: 'Where Twitch sends its notices over a WebSocket',
    shownDefault: '`wss://eventsub.wss.twitch.tv/ws`',
  },
});
export type TwitchSettings = SettingsOf<typeof twitchSettings>;

export interface TwitchCredentials {
  readonly clientId: string;
  readonly clientSecret: string;
}

/** Both or none: one alone is useless. */
export function credentialsOf(settings: TwitchSettings): TwitchCredentials | undefined {
  const { TWITCH_CLIENT_ID: clientId, TWITCH_CLIENT_SECRET: clientSecret } = settings;
  return clientId !== undefined && clientSecret !== undefined ? { clientId, clientSecret } : undefined;
}
