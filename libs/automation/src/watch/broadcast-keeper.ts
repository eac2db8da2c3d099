import { type BeforeApplicationShutdown, Inject, Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import {
  deterministicId,
  INSTALLATION,
  type Installation,
  KERNEL_LOGGER,
  type KernelLogger,
} from '@streamvault/kernel';
import { type AwaitingRecording, ServerSources } from '@streamvault/recording';
import { StreamerStreams } from '@streamvault/streamers';
import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { BroadcastStreams } from '../broadcast-streams.js';
import { causedByLook } from '../caused-by.js';
import { TellBroadcast } from '../commands/tell-broadcast/tell-broadcast.command.js';
import { OpenBroadcasts } from '../read-models/open-broadcasts.js';
import { isWanted, RecordingStarter } from '../recording-starter.js';
import { isHeldOpen, isRecordingOf, isWaitedFor, overAt } from './held-open.js';
import { StartRetries } from './start-retries.js';

const tickMilliseconds = 500;
/** Broadcasts that should be recorded and are not are found within this time, whatever else was missed. */
const sweepMilliseconds = 15_000;

/** Handles what only time brings: patience that runs out, a grace period, a time window, another try of a recording. */
@Injectable()
export class BroadcastKeeper implements OnApplicationBootstrap, BeforeApplicationShutdown {
  readonly #stopping = new AbortController();
  #running: Promise<void> | undefined;
  #sweptAt = 0;

  constructor(
    private readonly commands: CommandBus,
    private readonly open: OpenBroadcasts,
    private readonly starter: RecordingStarter,
    private readonly retries: StartRetries,
    private readonly broadcasts: BroadcastStreams,
    private readonly sources: ServerSources,
    private readonly streamers: StreamerStreams,
    @Inject(KERNEL_LOGGER) private readonly logger: KernelLogger,
    @Inject(INSTALLATION) private readonly installation: Installation,
  ) {}

  onApplicationBootstrap(): void {
    this.sources.awaits = (recording) => this.#awaits(recording);
    if (this.installation.roles.has('scheduler')) this.#running = this.#run(this.#stopping.signal);
  }

  async beforeApplicationShutdown(): Promise<void> {
    this.#stopping.abort();
    await this.#running;
  }

  async #awaits({ broadcastId, recordingId, streamerId }: AwaitingRecording): Promise<string | undefined> {
    const isOwn = broadcastId !== null;
    const context = (await (isOwn ? this.broadcasts.current(broadcastId) : this.broadcasts.open(streamerId)))?.context;
    if (!isHeldOpen(context) || (!isOwn && !isRecordingOf(context, recordingId))) return undefined;
    const streamer = await this.streamers.find(streamerId);
    const { autoRecord = false, patienceSeconds = 0 } = streamer ?? {};
    // What StreamVault begins by itself it ends only with the broadcast, which no doubt can end.
    const isAutomatic = isOwn || autoRecord;
    const canBeLookedAt = streamer !== undefined && this.sources.canLook(streamer);
    const isAwaited = isAutomatic || isWaitedFor(context, { canBeLookedAt, patienceSeconds });
    return isAwaited ? overAt(context, patienceSeconds, new Date().toISOString()) : undefined;
  }

  async #run(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      try {
        await this.#tick();
      } catch (error) {
        // A database is unavailable: the next check finds the same again.
        if (!signal.aborted) this.logger.warn('Broadcasts could not be checked', { error });
      }
      await delay(tickMilliseconds, undefined, { signal }).catch(() => undefined);
    }
  }

  async #tick(): Promise<void> {
    const now = new Date().toISOString();
    for (const id of await this.open.due(now)) {
      const metadata = causedByLook(deterministicId('pass time', id, now));
      await this.commands.execute(new TellBroadcast(id, { type: 'PassTime' }, metadata));
    }
    for (const { broadcastId } of this.retries.due()) await this.#see(broadcastId);
    if (Date.now() - this.#sweptAt < sweepMilliseconds) return;
    this.#sweptAt = Date.now();
    for (const { id, state, streamerId, context } of (await this.open.all()).values())
      if (state === 'live' && isWanted(context) && !this.retries.has(streamerId)) await this.#see(id);
  }

  /** There may be room now, or a recorder may have been away. */
  async #see(broadcastId: number): Promise<void> {
    await this.starter.see(broadcastId, causedByLook(randomUUID()));
  }
}
