import type { TwitchApi, TwitchConduit } from '../twitch/twitch-api.js';
import { TwitchFailure } from '../twitch/twitch-errors.js';

/**
 * The conduit that this installation made, stored in the log. Others with the same client id belong to someone else.
 */
export interface AdoptedConduits {
  find(clientId: string): Promise<string | undefined>;
  adopt(clientId: string, conduitId: string): Promise<void>;
}

export const shardCount = 2;

/**
 * Our conduit, if it still exists; else a new one. Foreign ones are not touched.
 * @throws TwitchFailure
 */
export async function findConduit(
  api: TwitchApi,
  adopted: AdoptedConduits,
  clientId: string,
  signal: AbortSignal,
): Promise<TwitchConduit> {
  const [own, there] = await Promise.all([adopted.find(clientId), api.conduits(signal)]);
  const known = there.find(({ id }) => id === own);
  if (known) return known;
  try {
    const made = await api.createConduit(shardCount, signal);
    await adopted.adopt(clientId, made.id);
    return made;
  } catch (error) {
    if (!(error instanceof TwitchFailure) || error.status !== 429) throw error;
    throw new TwitchFailure(
      'refused',
      `All five conduits of this client id are taken (${there.length} exist), and none of them is this installation’s. Register a separate application at dev.twitch.tv/console, or delete an unused conduit.`,
      429,
    );
  }
}
