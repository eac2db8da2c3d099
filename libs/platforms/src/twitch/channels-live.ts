import { z } from 'zod';

/*
 * Asks in one query of the web player's GraphQL API whether many channels are live. Each channel has an alias of its
 * own. For installations without Twitch credentials.
 */

/** The most channels in one query; more is refused as too complex. */
export const channelsPerQuestion = 25;

export interface PublicChannel {
  readonly login: string;
  readonly id: string;
  readonly stream: { readonly id: string; readonly startedAt: string | null; readonly kind: string } | null;
  readonly title: string | null;
  readonly category: string | null;
}

export function channelsQuestion(logins: readonly string[]) {
  const parameters = logins.map((_, index) => `$l${index}: String!`).join(', ');
  const fields = 'id login stream { id type createdAt } broadcastSettings { title game { displayName } }';
  const aliases = logins.map((_, index) => `c${index}: user(login: $l${index}) { ${fields} }`).join('\n');
  const variables = Object.fromEntries(logins.map((login, index) => [`l${index}`, login]));
  return { operationName: 'ChannelsLive', query: `query ChannelsLive(${parameters}) {\n${aliases}\n}`, variables };
}

const user = z.object({
  id: z.string(),
  login: z.string(),
  stream: z
    .object({ id: z.string(), type: z.string().nullish().catch(null), createdAt: z.string().nullish().catch(null) })
    .nullable(),
  broadcastSettings: z
    .object({
      title: z.string().nullish().catch(null),
      game: z
        .object({ displayName: z.string().nullish().catch(null) })
        .nullish()
        .catch(null),
    })
    .nullish()
    .catch(null),
});
const answer = z.object({ data: z.record(z.string(), user.nullable()) });

/** By login; null for a channel that does not exist. Undefined if it is not a valid answer. */
export function readChannels(logins: readonly string[], body: unknown): Map<string, PublicChannel | null> | undefined {
  const read = answer.safeParse(body).data?.data;
  if (!read) return undefined;
  const channels = new Map<string, PublicChannel | null>();
  for (const [index, login] of logins.entries()) {
    const found = read[`c${index}`];
    // A channel without an answer is unknown.
    if (found === undefined) continue;
    channels.set(login, found && toChannel(found));
  }
  return channels;
}

const toChannel = ({ id, login, stream, broadcastSettings }: z.infer<typeof user>): PublicChannel => ({
  id,
  login,
  stream: stream && { id: stream.id, startedAt: stream.createdAt ?? null, kind: stream.type ?? 'live' },
  title: broadcastSettings?.title ?? null,
  category: broadcastSettings?.game?.displayName ?? null,
});
