import { type BeforeApplicationShutdown, Inject, Injectable, type OnModuleInit } from '@nestjs/common';
import { INSTALLATION, type Installation, KERNEL_LOGGER, type KernelLogger, type ReadEvent } from '@streamvault/kernel';
import { BroadcastStreams } from '../broadcast-streams.js';
import { causedBy } from '../caused-by.js';
import { ReportWhatTwitchNotices } from '../reactions/report-what-twitch-notices.js';
import { isWanted, RecordingStarter } from '../recording-starter.js';
import { TwitchChannels } from '../watch/twitch-channels.js';
import type { EventSubNotice } from './notice-events.js';
import { NoticeInbox, type StoredNotice } from './notice-inbox.js';

/** A hundred streamers begin within a second now and then; each of them is a handful of small writes. */
const atOnce = 24;

/**
 * Acts on a notice as soon as it is stored, many beside each other. Reactions do the same, one event after the other, and are what is relied
 * on: what is done here already is nothing to them, and what failed here they do. It only saves seconds of the beginning.
 */
@Injectable()
export class NoticesAtOnce implements OnModuleInit, BeforeApplicationShutdown {
  readonly #waiting: StoredNotice[] = [];
  readonly #working = new Set<Promise<void>>();
  #isStopping = false;

  constructor(
    private readonly inbox: NoticeInbox,
    private readonly reports: ReportWhatTwitchNotices,
    private readonly channels: TwitchChannels,
    private readonly broadcasts: BroadcastStreams,
    private readonly starter: RecordingStarter,
    @Inject(INSTALLATION) private readonly installation: Installation,
    @Inject(KERNEL_LOGGER) private readonly logger: KernelLogger,
  ) {}

  onModuleInit(): void {
    // Another process has the reactions, and their order, to itself.
    if (this.installation.roles.has('scheduler')) this.inbox.onStored = (notice) => this.take(notice);
  }

  async beforeApplicationShutdown(): Promise<void> {
    this.#isStopping = true;
    await this.idle();
  }

  take(notice: StoredNotice): void {
    if (this.#isStopping) return;
    this.#waiting.push(notice);
    if (this.#working.size < atOnce) this.#begin();
  }

  /** Settles when nothing is under way. */
  async idle(): Promise<void> {
    await Promise.all(this.#working);
  }

  #begin(): void {
    const work = this.#work().finally(() => this.#working.delete(work));
    this.#working.add(work);
  }

  /** Never rejects. */
  async #work(): Promise<void> {
    for (let next = this.#waiting.shift(); next && !this.#isStopping; next = this.#waiting.shift()) {
      try {
        await this.#act(next);
      } catch (error) {
        this.logger.warn('A notice of Twitch could not be acted on at once; it is handled in its turn', { error });
      }
    }
  }

  async #act(notice: StoredNotice): Promise<void> {
    // As the log has it, but for its place, which says nothing here.
    const event = notice as unknown as ReadEvent;
    await this.reports.handle(event);
    const { broadcasterId } = event.data as unknown as EventSubNotice;
    for (const streamerId of await this.channels.streamersOf(broadcasterId)) {
      const open = await this.broadcasts.open(streamerId);
      if (!open || !isWanted(open.context) || open.context.recordingId !== null) continue;
      await this.starter.see(open.context.broadcastId, causedBy(event, `at once ${streamerId}`));
    }
  }
}
