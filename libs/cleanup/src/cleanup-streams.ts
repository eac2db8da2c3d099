import { Inject, Injectable } from '@nestjs/common';
import type { CleanupPolicy, CleanupRunAnswer, CleanupSettings } from '@streamvault/api-contract';
import type { EventStore, Position } from '@streamvault/event-store';
import { CommandHandling, type CommandMetadata, EVENT_STORE, EventRegistry } from '@streamvault/kernel';
import { cleanupDecider } from './domain/cleanup-decider.js';
import {
  type CleanupEvent,
  cleanupEvents,
  cleanupRunCategory,
  cleanupRunStream,
  cleanupStream,
} from './domain/cleanup-events.js';

/** Cleanup settings, and the results of runs. */
@Injectable()
export class CleanupStreams {
  readonly #registry = new EventRegistry(cleanupEvents);

  constructor(
    private readonly handling: CommandHandling,
    @Inject(EVENT_STORE) private readonly store: EventStore,
  ) {}

  async settings(): Promise<CleanupSettings> {
    return (await this.handling.current({ stream: cleanupStream, decider: cleanupDecider })).state.settings;
  }

  async change(settings: CleanupSettings, metadata: CommandMetadata): Promise<void> {
    const { actor: by, now: at } = metadata;
    await this.handling.handle({
      stream: cleanupStream,
      decider: cleanupDecider,
      command: { type: 'ChangeSettings', by, at, settings },
      metadata,
    });
  }

  async changeStreamer(streamerId: number, policy: CleanupPolicy | null, metadata: CommandMetadata): Promise<void> {
    const { actor: by, now: at } = metadata;
    await this.handling.handle({
      stream: cleanupStream,
      decider: cleanupDecider,
      command: { type: 'ChangeStreamerPolicy', by, at, streamerId, policy },
      metadata,
    });
  }

  async noteRun(run: CleanupRunAnswer, metadata: CommandMetadata): Promise<Position | undefined> {
    const { position } = await this.handling.handle({
      stream: cleanupRunStream(run.runId),
      decider: cleanupDecider,
      command: { type: 'NoteRun', run },
      metadata,
    });
    return position;
  }

  /** Newest first. */
  async runs(limit: number): Promise<CleanupRunAnswer[]> {
    const runs: CleanupRunAnswer[] = [];
    let before: Position | undefined;
    do {
      const found = await this.store.find({
        categories: [cleanupRunCategory],
        direction: 'backwards',
        limit: limit - runs.length,
        ...(before !== undefined && { before }),
      });
      for (const recorded of found.events) {
        const event = this.#registry.read<CleanupEvent>(recorded);
        if (event.type === 'CleanupRan') runs.push(event.data);
      }
      before = found.next;
    } while (before !== undefined && runs.length < limit);
    return runs;
  }
}
