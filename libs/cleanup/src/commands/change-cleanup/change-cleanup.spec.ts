import { beforeEach, describe, expect, it } from '@jest/globals';
import type { CleanupSettings } from '@streamvault/api-contract';
import { MemoryEventStore } from '@streamvault/event-store';
import { CommandHandling, type CommandMetadata, EventRegistry } from '@streamvault/kernel';
import { CleanupStreams } from '../../cleanup-streams.js';
import { noCleanup } from '../../domain/cleanup-decider.js';
import { cleanupEvents } from '../../domain/cleanup-events.js';
import { ChangeCleanup } from './change-cleanup.command.js';
import { ChangeCleanupHandler } from './change-cleanup.handler.js';

const at = '2026-11-30T12:00:00.000Z';
const settings: CleanupSettings = { ...noCleanup, emergency: { enabled: true, hours: 12 } };

describe('changing the cleanup', () => {
  let store: MemoryEventStore;
  let streams: CleanupStreams;
  let commands = 0;
  const change = (to: CleanupSettings, more: Partial<CommandMetadata> = {}) => {
    const metadata = {
      commandId: `command ${(commands += 1)}`,
      correlationId: 'c',
      causationId: 'c',
      actor: 'ada',
      now: at,
      ...more,
    };
    return new ChangeCleanupHandler(streams).execute(new ChangeCleanup(to, metadata));
  };
  const events = async () => {
    const data: unknown[] = [];
    for await (const event of store.readAll()) data.push(event.data);
    return data;
  };

  beforeEach(() => {
    store = new MemoryEventStore();
    const handling = new CommandHandling({ store, registry: new EventRegistry(cleanupEvents) });
    streams = new CleanupStreams(handling, store);
  });

  it('sets all rules at once, and says who did it', async () => {
    await change(settings);
    expect(await streams.settings()).toEqual(settings);
    expect(await events()).toEqual([{ by: 'ada', at, settings }]);
  });

  it('writes nothing if the rules are so already', async () => {
    await change(noCleanup);
    await change(settings);
    await change(settings);
    expect(await events()).toHaveLength(1);
  });

  it('needs the permission, and changes nothing without it', async () => {
    const may = (wanted: string) => wanted !== 'cleanup.change';
    await expect(change(settings, { may })).rejects.toMatchObject({ code: 'request.forbidden' });
    expect(await events()).toEqual([]);
  });
});
