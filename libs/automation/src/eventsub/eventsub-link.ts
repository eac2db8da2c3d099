import { messageOf } from '@streamvault/failures';
import type { KernelLogger } from '@streamvault/kernel';
import type { SubscriptionTransport, TwitchApi, TwitchSubscription, WantedSubscription } from '../twitch/twitch-api.js';
import { TwitchFailure } from '../twitch/twitch-errors.js';
import { type AdoptedConduits, findConduit, shardCount } from './conduit.js';
import type { NoticeInbox } from './notice-inbox.js';
import { Shards, type ShardState } from './shards.js';
import { planSubscriptions, wantedFor } from './wanted-subscriptions.js';

export interface EventSubLinkParts {
  readonly api: TwitchApi;
  readonly clientId: string;
  readonly url: string;
  readonly adopted: AdoptedConduits;
  readonly inbox: Pick<NoticeInbox, 'take'>;
  /** Notices come to an address of ours, instead of over the WebSocket. */
  readonly webhook?: { readonly callback: string; readonly secret: string } | undefined;
  readonly logger: KernelLogger;
  /** Called when notices may have been missed: the present state has to be fetched. */
  readonly missed: () => void;
}

export interface EventSubStatus {
  readonly transport: 'webhook' | 'conduit';
  readonly conduitId: string | null;
  readonly shards: readonly (ShardState & { readonly status: string | null })[];
  readonly wanted: number;
  readonly there: number;
  readonly checkedAt: string | null;
  readonly problem: string | null;
}

/** How often all subscriptions are compared; in between, only changes are. */
const listedForMilliseconds = 3_600_000;
const atOnce = 6;

/**
 * Maintains what Twitch sends about the watched channels: transport, shards, and wanted subscriptions against existing
 * ones.
 */
export class EventSubLink {
  readonly #parts: EventSubLinkParts;
  readonly #signal: AbortSignal;
  #shards: Shards | undefined;
  #conduitId: string | undefined;
  #shardStatus = new Map<string, string>();
  #wanted: readonly WantedSubscription[] = [];
  #there = 0;
  #listedAt = 0;
  #checkedAt: string | undefined;
  #problem: string | undefined;
  #turn: Promise<void> = Promise.resolve();

  constructor(parts: EventSubLinkParts, signal: AbortSignal) {
    this.#parts = parts;
    this.#signal = signal;
  }

  status(): EventSubStatus {
    const shards = this.#shards?.states() ?? [];
    return {
      transport: this.#parts.webhook ? 'webhook' : 'conduit',
      conduitId: this.#conduitId ?? null,
      shards: shards.map((shard) => ({ ...shard, status: this.#shardStatus.get(shard.id) ?? null })),
      wanted: this.#wanted.length,
      there: this.#there,
      checkedAt: this.#checkedAt ?? null,
      problem: this.#problem ?? null,
    };
  }

  /** The channels whose notices are wanted, by Twitch's ids; the next reconcile takes them up. */
  watch(userIds: readonly string[]): void {
    const wanted = userIds.flatMap((userId) => wantedFor(userId));
    // With a webhook, another check shows whether our transport is gone.
    if (!this.#parts.webhook && this.#conduitId !== undefined)
      wanted.push({
        type: 'conduit.shard.disabled',
        version: '1',
        condition: { client_id: this.#parts.clientId, conduit_id: this.#conduitId },
      });
    if (JSON.stringify(wanted) !== JSON.stringify(this.#wanted)) this.#listedAt = 0;
    this.#wanted = wanted;
  }

  /** A subscription was revoked: all are compared again. */
  distrust(): void {
    this.#listedAt = 0;
  }

  /**
   * One at a time. A failure is shown, and the next call retries.
   * @throws only the signal's reason
   */
  reconcile(): Promise<void> {
    this.#turn = this.#turn.then(() => this.#reconcile());
    return this.#turn;
  }

  async ended(): Promise<void> {
    await this.#turn.catch(() => undefined);
    await this.#shards?.ended();
  }

  async #reconcile(): Promise<void> {
    if (this.#signal.aborted) return;
    try {
      const transport = await this.#transport();
      if (Date.now() - this.#listedAt > listedForMilliseconds) await this.#matchSubscriptions(transport);
      this.#problem = undefined;
      this.#checkedAt = new Date().toISOString();
    } catch (error) {
      if (this.#signal.aborted) return;
      if (!(error instanceof TwitchFailure))
        this.#parts.logger.error('Notices of Twitch could not be set up', { error });
      const problem = messageOf(error);
      if (problem !== this.#problem && error instanceof TwitchFailure)
        this.#parts.logger.warn(`Notices of Twitch: ${problem}`, { code: error.code });
      this.#problem = problem;
    }
  }

  async #transport(): Promise<SubscriptionTransport> {
    const { webhook } = this.#parts;
    if (webhook) return { method: 'webhook', ...webhook };
    const { adopted, api, clientId } = this.#parts;
    if (this.#conduitId === undefined) {
      const conduit = await findConduit(api, adopted, clientId, this.#signal);
      this.#conduitId = conduit.id;
      this.#listedAt = 0;
    }
    await this.#checkShards(this.#conduitId);
    return { method: 'conduit', conduit_id: this.#conduitId };
  }

  /** A shard without our session stays silent for ever, even if the socket looks fine. */
  async #checkShards(conduitId: string): Promise<void> {
    const { api, inbox, logger, missed, url } = this.#parts;
    if (!this.#shards) {
      this.#shards = new Shards(
        {
          url,
          count: shardCount,
          logger,
          reconnected: missed,
          bind: (shard, sessionId, signal) => this.#bind(shard, sessionId, signal),
          revoked: () => this.distrust(),
          notice: (notice) => {
            if (notice.type === 'conduit.shard.disabled') this.distrust();
            inbox.take({ ...notice, over: 'websocket' }).then(undefined, (error: unknown) => {
              logger.error('A notice of Twitch could not be stored; Helix will show the change', { error });
              missed();
            });
          },
        },
        this.#signal,
      );
      return;
    }
    try {
      const there = await api.shards(conduitId, this.#signal);
      this.#shardStatus = new Map(there.map(({ id, status }) => [id, status]));
      for (const { id, sessionId } of this.#shards.states()) {
        const bound = there.find((shard) => shard.id === id);
        if (sessionId !== null && (bound?.status !== 'enabled' || bound.transport.session_id !== sessionId))
          this.#shards.renew(id);
      }
    } catch (error) {
      // Deleted: three days without a shard, or by hand.
      if (error instanceof TwitchFailure && error.status === 404) {
        this.#conduitId = undefined;
        for (const { id } of this.#shards.states()) this.#shards.renew(id);
      }
      throw error;
    }
  }

  async #bind(shard: string, sessionId: string, signal: AbortSignal): Promise<void> {
    const conduitId = this.#conduitId;
    if (conduitId === undefined) throw new TwitchFailure('away', 'The conduit is gone; another one is made.');
    const [error] = await this.#parts.api.bindShards(conduitId, [{ shard, sessionId }], signal);
    if (error)
      throw new TwitchFailure('refused', `Twitch does not bind shard ${shard}: ${error.message.slice(0, 200)}`);
    this.#shardStatus.set(shard, 'enabled');
  }

  async #matchSubscriptions(transport: SubscriptionTransport): Promise<void> {
    const { api } = this.#parts;
    const wanted = this.#wanted;
    const plan = planSubscriptions(wanted, await this.#own(transport));
    this.#there = plan.there;
    let failure: unknown;
    const work = [
      ...plan.remove.map((id) => () => api.unsubscribe(id, this.#signal)),
      ...plan.make.map((one) => async () => {
        await api.subscribe(one, transport, this.#signal);
        this.#there += 1;
      }),
    ];
    await inParallel(work, atOnce, (error) => {
      this.#signal.throwIfAborted();
      failure ??= error;
    });
    // What was made here is right; what failed is checked again by the next reconcile.
    if (failure === undefined) this.#listedAt = Date.now();
    else throw failure;
  }

  async #own(transport: SubscriptionTransport): Promise<readonly TwitchSubscription[]> {
    const { api } = this.#parts;
    if (transport.method === 'conduit') return api.subscriptions({ conduit_id: transport.conduit_id }, this.#signal);
    const all = await api.subscriptions({}, this.#signal);
    return all.filter(({ transport: { callback, method } }) => method === 'webhook' && callback === transport.callback);
  }
}

async function inParallel(
  work: readonly (() => Promise<void>)[],
  width: number,
  failed: (error: unknown) => void,
): Promise<void> {
  const waiting = [...work];
  const worker = async (): Promise<void> => {
    for (let next = waiting.shift(); next; next = waiting.shift()) await next().catch(failed);
  };
  await Promise.all(Array.from({ length: width }, worker));
}
