import { messageOf } from '@streamvault/failures';
import { EntityManager } from '@mikro-orm/core';
import {
  type BeforeApplicationShutdown,
  Inject,
  Injectable,
  type OnApplicationBootstrap,
  Optional,
} from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import type { EventStore } from '@streamvault/event-store';
import {
  EVENT_STORE,
  EventRegistry,
  INSTALLATION,
  type Installation,
  KERNEL_LOGGER,
  type KernelLogger,
  Lease,
  LEASE_TIMES,
  type LeaseTimes,
} from '@streamvault/kernel';
import { ServerSources } from '@streamvault/recording';
import { StreamerRow, StreamerStreams } from '@streamvault/streamers';
import { randomUUID } from 'node:crypto';
import { BroadcastStreams } from '../broadcast-streams.js';
import { causedByLook } from '../caused-by.js';
import { TellBroadcast } from '../commands/tell-broadcast/tell-broadcast.command.js';
import { barely } from '../domain/sighting.js';
import { EventSubLink } from '../eventsub/eventsub-link.js';
import { NoticeInbox } from '../eventsub/notice-inbox.js';
import { TwitchLog } from '../eventsub/twitch-log.js';
import { OpenBroadcasts } from '../read-models/open-broadcasts.js';
import { type SignedInTwitch, TwitchConnection } from '../twitch/twitch-connection.js';
import { TwitchFailure } from '../twitch/twitch-errors.js';
import { LiveObserver } from './live-observer.js';
import { TwitchChannels } from './twitch-channels.js';
import { fromPublic, fromStream, notThere, nobodyKnows } from './twitch-sightings.js';
import { Wakeable } from './wakeable.js';

const everyMilliseconds = 60_000;
/** Notices within this time share one request for their titles. */
const gatherMilliseconds = 150;

type Watched = Pick<StreamerRow, 'id' | 'url'>;

export interface TwitchWatchStatus {
  readonly mode: 'helix' | 'public';
  readonly channels: number;
  readonly lookedAt: string | null;
  readonly problem: string | null;
}

/**
 * Who is live on Twitch: checked every minute, whatever else reports it, and at once when notices may have been missed.
 * With credentials, Helix is used and Twitch sends notices; without, the public API.
 */
@Injectable()
export class TwitchWatch implements OnApplicationBootstrap, BeforeApplicationShutdown {
  readonly #stopping = new AbortController();
  readonly #wakeable = new Wakeable();
  #link: EventSubLink | undefined;
  #running: Promise<void> | undefined;
  #undescribed = new Set<string>();
  #describing: Promise<void> | undefined;
  #channels = 0;
  #lookedAt: string | null = null;
  #problem: string | null = null;
  /** Missing credentials are reported once. */
  #hasWarned = false;

  constructor(
    private readonly em: EntityManager,
    private readonly commands: CommandBus,
    private readonly connection: TwitchConnection,
    private readonly channels: TwitchChannels,
    private readonly open: OpenBroadcasts,
    private readonly observer: LiveObserver,
    private readonly broadcasts: BroadcastStreams,
    private readonly sources: ServerSources,
    private readonly streamers: StreamerStreams,
    private readonly registry: EventRegistry,
    private readonly inbox: NoticeInbox,
    @Inject(EVENT_STORE) private readonly store: EventStore,
    @Inject(KERNEL_LOGGER) private readonly logger: KernelLogger,
    @Inject(INSTALLATION) private readonly installation: Installation,
    @Optional() @Inject(LEASE_TIMES) private readonly leaseTimes?: LeaseTimes,
  ) {}

  onApplicationBootstrap(): void {
    if (!this.installation.roles.has('scheduler')) return;
    const { installation, leaseTimes: times, logger, registry, store } = this;
    // Of several processes one connects: two would take the shards of the conduit from each other, again and again.
    const lease = new Lease({ store, registry, logger, name: 'twitch', isAlone: !installation.sharesLog, times });
    this.#running = lease.whileHeld(this.#stopping.signal, (held) => this.#watch(held));
  }

  async beforeApplicationShutdown(): Promise<void> {
    this.#stopping.abort();
    await this.#running;
    await this.#describing;
    await this.#link?.ended();
    await this.connection.http.close();
  }

  async #watch(held: AbortSignal): Promise<void> {
    this.openLink(held);
    try {
      await this.#run(held);
    } finally {
      await this.#link?.ended();
      this.#link = undefined;
    }
  }

  /** With credentials, Twitch should send notices; the first check sets that up. */
  openLink(signal: AbortSignal = this.#stopping.signal): void {
    const { signedIn } = this.connection;
    if (signedIn) this.#link ??= this.#linkOf(signedIn, signal);
  }

  /** Something changed, or was missed. */
  wake(): void {
    this.#wakeable.wake();
  }

  /** A subscription was revoked: all of them are compared again. */
  distrust(): void {
    this.#link?.distrust();
    this.wake();
  }

  get link(): EventSubLink | undefined {
    return this.#link;
  }

  status(): TwitchWatchStatus {
    const mode = this.connection.signedIn ? 'helix' : 'public';
    return { mode, channels: this.#channels, lookedAt: this.#lookedAt, problem: this.#problem };
  }

  /** A notice that a streamer is live contains no title: it is requested, for all notices of a moment at once. */
  describeSoon(userId: string): void {
    if (!this.connection.signedIn) return;
    this.#undescribed.add(userId);
    this.#describing ??= this.#describe(this.connection.signedIn).finally(() => (this.#describing = undefined));
  }

  async #run(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      await this.look(signal);
      await this.#wakeable.wait(everyMilliseconds * (0.95 + Math.random() * 0.1), signal);
    }
  }

  /**
   * Checks once who is live, and reports to the broadcasts. A failure is shown, and the next check retries. Never
   * rejects.
   */
  async look(signal: AbortSignal): Promise<void> {
    try {
      const watched = await this.em.fork().find(StreamerRow, { platform: 'twitch' }, { fields: ['id', 'url'] });
      this.#channels = watched.length;
      if (watched.length > 0 && !this.connection.signedIn && !this.#hasWarned) {
        this.#hasWarned = true;
        this.logger.info(
          'TWITCH_CLIENT_ID and TWITCH_CLIENT_SECRET are not set: Twitch sends no notices, and StreamVault asks its public API once a minute',
          {},
        );
      }
      await (this.connection.signedIn ? this.#byHelix(watched, signal) : this.#publicly(watched, signal));
    } catch (error) {
      if (!signal.aborted) this.#failed(error);
    }
  }

  #failed(error: unknown): void {
    const problem = messageOf(error);
    if (problem !== this.#problem) this.logger.warn('Twitch could not be asked who is live', { error });
    this.#problem = problem;
  }

  async #byHelix(watched: readonly Watched[], signal: AbortSignal): Promise<void> {
    if (watched.length === 0) return;
    const ids = new Map<string, number[]>();
    try {
      await this.#identify(watched, signal);
      for (const { id } of watched) {
        const userId = await this.channels.userIdOf(id);
        if (userId !== undefined) ids.set(userId, [...(ids.get(userId) ?? []), id]);
      }
      this.#link?.watch([...ids.keys()]);
      await Promise.all([this.#link?.reconcile(), this.#look(ids, signal)]);
      this.#problem = null;
      this.#lookedAt = new Date().toISOString();
    } catch (error) {
      signal.throwIfAborted();
      if (!(error instanceof TwitchFailure)) throw error;
      // The check was not possible: those who wait for an answer have to know.
      const open = await this.open.all();
      for (const streamerId of [...ids.values()].flat())
        await this.observer.saw(streamerId, nobodyKnows('helix'), open.get(streamerId));
      throw error;
    }
  }

  async #look(ids: ReadonlyMap<string, readonly number[]>, signal: AbortSignal): Promise<void> {
    const { api } = this.connection.signedIn ?? {};
    if (!api) return;
    const at = new Date().toISOString();
    const live = new Map((await api.streams([...ids.keys()], signal)).map((stream) => [stream.user_id, stream]));
    const open = await this.open.all();
    for (const [userId, streamerIds] of ids)
      for (const streamerId of streamerIds) {
        const stream = live.get(userId);
        const sighting = stream ? fromStream(stream, at) : notThere('helix', at);
        const heard = await this.observer.saw(streamerId, sighting, open.get(streamerId));
        if (heard === 'not-believed') await this.#askSource(streamerId, signal);
      }
  }

  /** Helix shows a streamer as live that nothing else reports: the player's API knows. */
  async #askSource(streamerId: number, signal: AbortSignal): Promise<void> {
    const facts = await this.streamers.find(streamerId);
    if (!facts) return;
    const { url, platform, quality, proxies } = facts;
    const word = await this.sources.look({ url, platform, quality, proxies }, signal);
    const open = (await this.open.all()).get(streamerId);
    await this.observer.saw(streamerId, barely('playlist', word, new Date().toISOString()), open);
  }

  async #identify(watched: readonly Watched[], signal: AbortSignal): Promise<void> {
    const unknown = new Map<string, number>();
    for (const { id, url } of watched)
      if ((await this.channels.userIdOf(id)) === undefined) unknown.set(loginOf(url), id);
    const { api } = this.connection.signedIn ?? {};
    if (unknown.size === 0 || !api) return;
    for (const { id, login } of await api.users([...unknown.keys()], signal)) {
      const streamerId = unknown.get(login.toLowerCase());
      if (streamerId !== undefined) await this.channels.identify(streamerId, id, login);
    }
  }

  async #publicly(watched: readonly Watched[], signal: AbortSignal): Promise<void> {
    if (watched.length === 0) return;
    const at = new Date().toISOString();
    const found = await this.sources.twitchChannels(
      watched.map(({ url }) => loginOf(url)),
      signal,
    );
    const open = await this.open.all();
    for (const { id, url } of watched)
      await this.observer.saw(id, fromPublic(found.get(loginOf(url)), at), open.get(id));
    this.#problem = found.size === 0 ? 'Twitch’s public API does not answer.' : null;
    if (found.size > 0) this.#lookedAt = at;
  }

  async #describe({ api }: SignedInTwitch): Promise<void> {
    const { signal } = this.#stopping;
    await this.#wakeable.pause(gatherMilliseconds, signal);
    while (this.#undescribed.size > 0 && !signal.aborted) {
      const userIds = [...this.#undescribed];
      this.#undescribed = new Set();
      try {
        for (const channel of await api.channels(userIds, signal)) {
          const { title, game_name: category, tags } = channel;
          const details = { title: title || null, category: category || null, tags: tags ?? null };
          const changedAt = new Date().toISOString();
          for (const streamerId of await this.channels.streamersOf(channel.broadcaster_id)) {
            const broadcast = await this.broadcasts.open(streamerId);
            if (!broadcast) continue;
            const news = { type: 'Describe', witness: 'helix', changedAt, details } as const;
            await this.commands.execute(
              new TellBroadcast(broadcast.context.broadcastId, news, causedByLook(randomUUID())),
            );
          }
        }
      } catch (error) {
        // The next check brings them.
        if (!signal.aborted) this.logger.warn('Titles could not be fetched from Twitch', { error });
      }
    }
  }

  #linkOf({ api, clientId }: SignedInTwitch, signal: AbortSignal): EventSubLink {
    const { EVENTSUB_SECRET: secret, TWITCH_EVENTSUB_URL: url } = this.connection.settings;
    const callback = webhookOf(this.installation.publicUrl);
    return new EventSubLink(
      {
        api,
        clientId,
        url,
        adopted: new TwitchLog(this.store, this.registry),
        inbox: this.inbox,
        webhook: secret !== undefined && callback !== undefined ? { callback, secret } : undefined,
        logger: this.logger,
        missed: () => this.wake(),
      },
      signal,
    );
  }
}

/** The address for Twitch's notices; undefined without a public address. */
export const webhookOf = (publicUrl: string | undefined): string | undefined =>
  publicUrl === undefined ? undefined : `${publicUrl.replace(/\/+$/, '')}/eventsub`;

/** From `https://www.twitch.tv/name`. */
const loginOf = (url: string): string => new URL(url).pathname.split('/')[1]?.toLowerCase() ?? '';
