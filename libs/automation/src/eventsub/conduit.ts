import type { TwitchApi, TwitchConduit } from '../twitch/twitch-api.js';
import { TwitchFailure } from '../twitch/twitch-errors.js';

/** Which conduit this installation made, kept in the log: others of the same client id belong to somebody else. */
export interface AdoptedConduits {
  find(clientId: string): Promise<string | undefined>;
  adopt(clientId: string, conduitId: string): Promise<void>;
}

export const shardCount = 2;

/** Ours, where it still is; else a new one. Nobody else's is touched. @throws TwitchFailure */
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
      `All five conduits of this client id are taken (${there.length} are there), and none of them is this installation’s. Register an application of its own at dev.twitch.tv/console, or delete one that nobody uses.`,
      429,
    );
  }
}
