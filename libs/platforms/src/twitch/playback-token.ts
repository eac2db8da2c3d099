import { z } from 'zod';
import { SourceUnavailable } from '../source-unavailable.js';

/*
 * Queries to Twitch's GraphQL API, and the meaning of its answers. A query is sent in full and not as the hash of a
 * stored one: Twitch retires hashes without notice, while the fields have been the same for years.
 */

const TOKEN_QUERY = `query PlaybackAccessToken($login: String!, $platform: String!, $playerType: String!) {
  user(login: $login) {
    id
  }
  streamPlaybackAccessToken(channelName: $login, params: {platform: $platform, playerBackend: "mediaplayer", playerType: $playerType}) {
    value
    signature
    authorization {
      isForbidden
      forbiddenReasonCode
    }
  }
}`;

const VIDEO_TOKEN_QUERY = `query VideoPlaybackAccessToken($id: ID!, $platform: String!, $playerType: String!) {
  videoPlaybackAccessToken(id: $id, params: {platform: $platform, playerBackend: "mediaplayer", playerType: $playerType}) {
    value
    signature
  }
}`;

const LIVE_QUERY = `query ChannelLive($login: String!) {
  user(login: $login) {
    id
    stream {
      id
    }
  }
}`;

/** The query for a playback token of a channel. */
export const tokenQuestion = (login: string) => ({
  operationName: 'PlaybackAccessToken',
  query: TOKEN_QUERY,
  variables: { login, platform: 'web', playerType: 'site' },
});

/** The query for a playback token of a video. */
export const videoTokenQuestion = (id: string) => ({
  operationName: 'VideoPlaybackAccessToken',
  query: VIDEO_TOKEN_QUERY,
  variables: { id, platform: 'web', playerType: 'site' },
});

/** The query whether a channel is live. */
export const liveQuestion = (login: string) => ({
  operationName: 'ChannelLive',
  query: LIVE_QUERY,
  variables: { login },
});

const graphqlError = z.object({ message: z.string().catch('') });
const errors = z.array(graphqlError).nullish();
const tokenAnswer = z.object({
  data: z.object({
    user: z.object({ id: z.string() }).nullable(),
    streamPlaybackAccessToken: z
      .object({
        value: z.string().min(1),
        signature: z.string().min(1),
        authorization: z.object({ isForbidden: z.boolean(), forbiddenReasonCode: z.string().nullish() }).nullish(),
      })
      .nullable(),
  }),
});
const videoTokenAnswer = z.object({
  data: z.object({
    videoPlaybackAccessToken: z.object({ value: z.string().min(1), signature: z.string().min(1) }).nullable(),
  }),
});
const liveAnswer = z.object({
  data: z.object({ user: z.object({ id: z.string(), stream: z.object({ id: z.string() }).nullable() }).nullable() }),
});

/** The fields in which a token says that it is of no use. */
const tokenValue = z.object({
  authorization: z.object({ forbidden: z.boolean().catch(false), reason: z.string().catch('') }).optional(),
  geoblock_reason: z.string().catch('').optional(),
  ci_gb: z.boolean().catch(false).optional(),
  private: z.object({ allowed_to_view: z.boolean().catch(true) }).optional(),
});

export interface PlaybackToken {
  readonly value: string;
  readonly signature: string;
}

/** @throws SourceUnavailable that says why there is no token */
export function readToken(login: string, answer: unknown): PlaybackToken {
  const { data } = understood(tokenAnswer, answer);
  if (data.user === null)
    throw new SourceUnavailable('not-found', `Twitch has no channel ${login}. Check how its name is written.`);
  const token = data.streamPlaybackAccessToken;
  if (token === null) throw refused(login, 'it gives no token for it');
  const { authorization, value, signature } = token;
  if (authorization?.isForbidden === true) throw forbidden(login, authorization.forbiddenReasonCode ?? '');
  const said = tokenValue.safeParse(parsed(value)).data;
  if (said?.authorization?.forbidden === true) throw forbidden(login, said.authorization.reason);
  if (said?.ci_gb === true || (said?.geoblock_reason ?? '') !== '') throw forbidden(login, 'geoblocked');
  if (said?.private?.allowed_to_view === false) throw forbidden(login, 'subscribers only');
  return { value, signature };
}

/** @throws SourceUnavailable that says why there is no token */
export function readVideoToken(id: string, answer: unknown): PlaybackToken {
  const token = understood(videoTokenAnswer, answer).data.videoPlaybackAccessToken;
  if (token === null) throw noVideo(id);
  return token;
}

export const noVideo = (id: string): SourceUnavailable =>
  new SourceUnavailable('not-found', `Twitch keeps no video ${id} (any more).`);

/** @throws SourceUnavailable if it is not a valid answer */
export const readLive = (answer: unknown): 'live' | 'offline' =>
  understood(liveAnswer, answer).data.user?.stream ? 'live' : 'offline';

/** A refusal with one of Twitch's own codes (`GEO_BLOCKED`, `unauthorized_entitlements`, …). */
export function forbidden(login: string, code: string): SourceUnavailable {
  if (/geo/i.test(code))
    return new SourceUnavailable(
      'geo-blocked',
      `Twitch does not show ${login} in the country of this machine. A proxy elsewhere may help.`,
    );
  if (/subscri|entitle|restricted|private|product/i.test(code))
    return new SourceUnavailable(
      'subscribers-only',
      `${login} broadcasts for subscribers only. Set TWITCH_USER_TOKEN to the token of a subscriber.`,
    );
  return refused(login, code === '' ? 'it gives no reason' : `its reason: ${shown(code)}`);
}

export const refused = (login: string, why: string): SourceUnavailable =>
  new SourceUnavailable(
    'token-refused',
    `Twitch refuses to play ${login} (${why}). If TWITCH_USER_TOKEN is set, renew it; else try again later.`,
  );

export const changed = (what: string): SourceUnavailable =>
  new SourceUnavailable(
    'query-changed',
    `Twitch no longer answers as StreamVault expects (${what}). Upgrade StreamVault; until then install streamlink.`,
  );

/** The answer in its expected form, or the meaning of its errors. */
function understood<Schema extends z.ZodType>(schema: Schema, answer: unknown): z.infer<Schema> {
  const known = schema.safeParse(answer);
  if (known.success) return known.data;
  const said = z.object({ errors }).safeParse(answer).data?.errors ?? [];
  const words = said.map(({ message }) => message).join('; ');
  if (/integrity/i.test(words))
    throw new SourceUnavailable(
      'token-refused',
      'Twitch wants proof of a browser (integrity check). Try again later, or set TWITCH_USER_TOKEN.',
    );
  if (/time.?out|unavailable|service error|internal/i.test(words))
    throw new SourceUnavailable('unreachable', `Twitch has a fault of its own (${shown(words)}).`);
  const [issue] = known.error.issues;
  throw changed(words === '' ? `at ${issue?.path.join('.') || 'its root'}` : shown(words));
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // The token is opaque by design; it is read only if that is possible.
    return undefined;
  }
}

const shown = (words: string): string => words.replaceAll(/\s+/g, ' ').slice(0, 200);
