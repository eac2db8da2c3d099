import { EntityManager } from '@mikro-orm/core';
import { type BeforeApplicationShutdown, Inject, Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import type { EventStore } from '@streamvault/event-store';
import {
  EVENT_STORE,
  EventRegistry,
  INSTALLATION,
  type Installation,
  KERNEL_LOGGER,
  type KernelLogger,
  KeptRows,
  Lease,
  ProjectionRunner,
} from '@streamvault/kernel';
import { RecordingRow, ServerSources } from '@streamvault/recording';
import { streamerListProjection, StreamerRow, StreamerStreams } from '@streamvault/streamers';
import { setTimeout as delay } from 'node:timers/promises';
import { barely } from '../domain/sighting.js';
import { BroadcastRow } from '../read-models/broadcast-row.entity.js';
import { OpenBroadcasts } from '../read-models/open-broadcasts.js';
import { LiveObserver } from './live-observer.js';
import { type PollingPace, secondsToNextLook } from './polling-plan.js';

const tickMilliseconds = 1000;
const habitFrom = 30;

/** A page costs a run of streamlink, a stream a run of ffprobe, a playlist next to nothing. */
const paces: Readonly<Record<string, PollingPace & { readonly atOnce: number }>> = {
  hls: { usual: 30, away: 20, longest: 300, atOnce: 8 },
  stream: { usual: 60, away: 30, longest: 600, atOnce: 2 },
  web: { usual: 120, away: 60, longest: 900, atOnce: 2 },
};

/** In these states a recorder is, or is about to be, the source's viewer. */
const reading = ['requested', 'starting', 'capturing'] as const;

type Watched = Pick<StreamerRow, 'id' | 'url' | 'platform' | 'createdAt'>;
interface Look {
  readonly at: number;
  readonly failures: number;
  /** Earlier starts, refreshed from time to time. */
  readonly starts: readonly number[];
  readonly startsAt: number;
}

/** Checks sources that do not notify: politely, a few at once, and more often when a streamer usually begins. */
@Injectable()
export class SourceWatch implements OnApplicationBootstrap, BeforeApplicationShutdown {
  readonly #stopping = new AbortController();
  readonly #looks = new Map<number, Look>();
  readonly #underWay = new Map<string, number>();
  readonly #busy = new Set<number>();
  readonly #watched: KeptRows<readonly Watched[]>;
  #running: Promise<void> | undefined;

  constructor(
    private readonly em: EntityManager,
    private readonly sources: ServerSources,
    private readonly streamers: StreamerStreams,
    private readonly open: OpenBroadcasts,
    private readonly observer: LiveObserver,
    private readonly registry: EventRegistry,
    @Inject(EVENT_STORE) private readonly store: EventStore,
    @Inject(KERNEL_LOGGER) private readonly logger: KernelLogger,
    @Inject(INSTALLATION) private readonly installation: Installation,
    projections: ProjectionRunner,
  ) {
    const platforms = Object.keys(paces) as StreamerRow['platform'][];
    this.#watched = new KeptRows({
      projections,
      of: streamerListProjection.name,
      read: () =>
        em
          .fork()
          .find(StreamerRow, { platform: { $in: platforms } }, { fields: ['id', 'url', 'platform', 'createdAt'] }),
    });
  }

  onApplicationBootstrap(): void {
    if (!this.installation.roles.has('scheduler')) return;
    const { installation, logger, registry, store } = this;
    // Of several processes one looks, so that sources are asked no more often than is polite.
    const lease = new Lease({ store, registry, logger, name: 'sources', isAlone: !installation.sharesLog });
    this.#running = lease.whileHeld(this.#stopping.signal, (held) => this.#run(held));
  }

  async beforeApplicationShutdown(): Promise<void> {
    this.#stopping.abort();
    await this.#running;
  }

  async #run(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      try {
        await this.#tick(signal);
      } catch (error) {
        if (!signal.aborted) this.logger.warn('Sources could not be checked', { error });
      }
      await delay(tickMilliseconds, undefined, { signal }).catch(() => undefined);
    }
  }

  async #tick(signal: AbortSignal): Promise<void> {
    const watched = await this.#watched.get();
    if (watched.length === 0) return;
    const now = Date.now();
    const due = watched.filter(({ id }) => (this.#looks.get(id)?.at ?? 0) <= now && !this.#busy.has(id));
    if (due.length === 0) return;
    const open = await this.open.all();
    for (const streamer of due) {
      const { atOnce } = paces[streamer.platform] ?? { atOnce: 0 };
      if ((this.#underWay.get(streamer.platform) ?? 0) >= atOnce) continue;
      const broadcast = open.get(streamer.id);
      // The recorder sees more than any check could.
      if (
        broadcast?.state === 'live' &&
        broadcast.context.seenBy.includes('playlist') &&
        broadcast.context.recordingId !== null
      )
        this.#plan(streamer, { isAway: false, failed: false });
      else void this.#look(streamer, broadcast, signal);
    }
  }

  async #look(streamer: Watched, broadcast: BroadcastRow | undefined, signal: AbortSignal): Promise<void> {
    const { id, platform } = streamer;
    this.#busy.add(id);
    this.#underWay.set(platform, (this.#underWay.get(platform) ?? 0) + 1);
    try {
      const facts = await this.streamers.find(id);
      // A check that costs a program's run is only made for streamers with automatic recording.
      if (!facts || (platform !== 'hls' && !facts.autoRecord && !broadcast))
        return this.#plan(streamer, { isAway: false, failed: false });
      // Many streams serve one viewer at a time: a check would take it from its recorder. While it gets nothing from the
      // stream, only a check finds out that it is over.
      if (platform === 'stream' && (await this.#isRecorded(id)))
        return this.#plan(streamer, { isAway: false, failed: false });
      const { url, quality, proxies } = facts;
      const word = await this.sources.look({ url, platform, quality, proxies }, signal);
      await this.observer.saw(id, barely('playlist', word, new Date().toISOString()), broadcast);
      this.#plan(streamer, { isAway: word === 'offline' && broadcast !== undefined, failed: word === 'unknown' });
    } catch (error) {
      if (!signal.aborted) this.logger.warn('A source could not be checked', { streamerId: id, error });
      this.#plan(streamer, { isAway: false, failed: true });
    } finally {
      this.#busy.delete(id);
      this.#underWay.set(platform, (this.#underWay.get(platform) ?? 1) - 1);
      await this.#learn(id).catch(() => undefined);
    }
  }

  async #isRecorded(streamerId: number): Promise<boolean> {
    const active = await this.em.fork().count(RecordingRow, { streamerId, state: { $in: [...reading] } });
    return active > 0;
  }

  #plan({ id, platform }: Watched, { isAway, failed }: { isAway: boolean; failed: boolean }): void {
    const now = Date.now();
    const before = this.#looks.get(id);
    const failures = failed ? (before?.failures ?? 0) + 1 : 0;
    const starts = before?.starts ?? [];
    const pace = paces[platform] ?? { usual: 60, away: 60, longest: 600 };
    const seconds = secondsToNextLook(pace, { starts, isAway, failures, now });
    // Spread, so that a server does not get many requests at the same instant.
    const at = now + seconds * 1000 * (0.9 + Math.random() * 0.2);
    this.#looks.set(id, { at, failures, starts, startsAt: before?.startsAt ?? 0 });
  }

  /** Earlier starts, read once an hour. */
  async #learn(id: number): Promise<void> {
    const look = this.#looks.get(id);
    if (!look || Date.now() - look.startsAt < 3_600_000) return;
    const rows = await this.em
      .fork()
      .find(BroadcastRow, { streamerId: id }, { orderBy: { id: 'desc' }, limit: habitFrom });
    const starts = rows.map(({ context }) => Date.parse(context.startedAt));
    this.#looks.set(id, { ...look, starts, startsAt: Date.now() });
  }
}
