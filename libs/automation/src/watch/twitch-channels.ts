import { Inject, Injectable } from '@nestjs/common';
import { EVENT_STORE, EventRegistry } from '@streamvault/kernel';
import type { EventStore } from '@streamvault/event-store';
import { channelCategory, type TwitchEvent } from '../eventsub/notice-events.js';
import { TwitchLog } from '../eventsub/twitch-log.js';

/** The Twitch channel of each streamer, by Twitch's id: from the log, read once. */
@Injectable()
export class TwitchChannels {
  readonly #log: TwitchLog;
  readonly #userIds = new Map<number, string>();
  readonly #streamers = new Map<string, Set<number>>();
  #reading: Promise<void> | undefined;

  constructor(
    @Inject(EVENT_STORE) private readonly store: EventStore,
    private readonly registry: EventRegistry,
  ) {
    this.#log = new TwitchLog(store, registry);
  }

  async userIdOf(streamerId: number): Promise<string | undefined> {
    await this.#read();
    return this.#userIds.get(streamerId);
  }

  /** More than one if a streamer was removed and added again. */
  async streamersOf(userId: string): Promise<readonly number[]> {
    await this.#read();
    return [...(this.#streamers.get(userId) ?? [])];
  }

  async identify(streamerId: number, userId: string, login: string): Promise<void> {
    await this.#read();
    if (this.#userIds.get(streamerId) === userId) return;
    await this.#log.identify(streamerId, userId, login);
    this.#note(streamerId, userId);
  }

  #read(): Promise<void> {
    this.#reading ??= this.#readAll().catch((error: unknown) => {
      // Read again by the next caller.
      this.#reading = undefined;
      throw error;
    });
    return this.#reading;
  }

  async #readAll(): Promise<void> {
    for await (const recorded of this.store.readCategory(channelCategory)) {
      const event = this.registry.read<TwitchEvent>(recorded);
      if (event.type === 'ChannelIdentified') this.#note(event.data.streamerId, event.data.userId);
    }
  }

  #note(streamerId: number, userId: string): void {
    this.#userIds.set(streamerId, userId);
    const streamers = this.#streamers.get(userId) ?? new Set();
    this.#streamers.set(userId, streamers.add(streamerId));
  }
}
