import { describe, expect, it } from '@jest/globals';
import type { CleanupSettings } from '@streamvault/api-contract';
import { MemoryEventStore } from '@streamvault/event-store';
import { CommandHandling, type CommandMetadata, ConcurrencyConflict, EventRegistry } from '@streamvault/kernel';
import { BinVideo } from '@streamvault/library';
import { CleanupStreams } from '../../cleanup-streams.js';
import { cleanupEvents } from '../../domain/cleanup-events.js';
import type { Now, PlannedVideo } from '../../domain/plan-types.js';
import { PreviewCleanup } from '../../queries/cleanup-queries.js';
import { PreviewCleanupHandler } from '../../queries/cleanup-query.handlers.js';
import { RunCleanup } from './run-cleanup.command.js';
import { RunCleanupHandler } from './run-cleanup.handler.js';

const at = '2026-11-30T12:00:00.000Z';
const now: Now = { at, zone: 'UTC', freeBytes: 1e9, bytesPerSecond: 0, binBytes: 0, bin: [] };
const settings = (newest: number): CleanupSettings => ({
  policies: [
    {
      name: 'All',
      enabled: true,
      scope: { kind: 'all' },
      combine: 'any',
      remove: {
        beyondNewest: newest,
        olderThanDays: null,
        aboveBytes: null,
        belowFreeBytes: null,
        watchedDaysAgo: null,
      },
      keep: { newest: null, youngerThanDays: null },
      order: 'oldest',
    },
  ],
  emergency: { enabled: false, hours: 6 },
  floorHours: 1,
});

/** A library whose videos leave it by `BinVideo`, with possible interference. */
class FakeLibrary {
  videos: PlannedVideo[] = Array.from({ length: 8 }, (_, index) => ({
    id: index + 1,
    revision: '0',
    title: `Video ${index + 1}`,
    streamerName: 'Somebody',
    streamerId: 1,
    category: null,
    endedAt: new Date(Date.parse(at) - (index + 1) * 24 * 3600 * 1000).toISOString(),
    bytes: 100,
    isProtected: false,
    watchedAt: null,
    hold: null,
  }));
  readonly binned: { readonly id: number; readonly rule: string | undefined }[] = [];
  changedMeanwhile: number | undefined;
  diesAfter = Infinity;

  take = () => Promise.resolve({ videos: this.videos, now });

  execute = (command: unknown) => {
    if (!(command instanceof BinVideo)) throw new Error('Nothing else is expected.');
    const { choice, videoId } = command;
    if (this.binned.length >= this.diesAfter) throw new Error('Killed.');
    if (videoId === this.changedMeanwhile) return Promise.reject(new ConcurrencyConflict());
    expect(choice.expected).toBe(0n);
    this.binned.push({ id: videoId, rule: choice.rule });
    this.videos = this.videos.filter(({ id }) => id !== videoId);
    return Promise.resolve({ videoId, position: undefined, bytes: 100 });
  };
}

describe('a run of the cleanup', () => {
  let commands = 0;
  const metadata = (): CommandMetadata => ({
    commandId: `run ${(commands += 1)}`,
    correlationId: 'c',
    causationId: 'c',
    actor: 'ada',
    now: at,
  });
  async function world(newest: number) {
    const library = new FakeLibrary();
    const store = new MemoryEventStore();
    const handling = new CommandHandling({ store, registry: new EventRegistry(cleanupEvents) });
    const streams = new CleanupStreams(handling, store);
    await streams.change(settings(newest), metadata());
    const handler = new RunCleanupHandler(streams, library as never, library as never);
    const run = async (options: RunCleanup['options'] = {}) =>
      (await handler.execute(new RunCleanup(options, metadata()))).run;
    const preview = () =>
      new PreviewCleanupHandler(streams, library as never).execute(new PreviewCleanup(undefined, at));
    return { library, streams, run, preview };
  }

  it('removes exactly what the preview showed, by the rule it showed, and finds nothing more', async () => {
    const { library, run, preview } = await world(6);
    const { removals } = await preview();
    expect(await run()).toMatchObject({ outcome: 'done', chosen: 2, binned: 2, bytesInBin: 200, skipped: [] });
    expect(library.binned).toEqual(removals.map(({ videoId: id, rule }) => ({ id, rule })));
    expect(await run()).toMatchObject({ chosen: 0, binned: 0 });
  });

  it('leaves what changed since it was chosen, and continues with the others', async () => {
    const { library, run } = await world(6);
    library.changedMeanwhile = 8;
    expect(await run()).toMatchObject({ binned: 1, skipped: [{ videoId: 8, code: 'conflict' }] });
    expect(library.binned.map(({ id }) => id)).toEqual([7]);
  });

  it('waits for the right number if it would remove more than a quarter', async () => {
    const { library, run, streams } = await world(5);
    await expect(run()).rejects.toMatchObject({ code: 'cleanup.not-confirmed', details: { chosen: 3 } });
    await expect(run({ confirm: 2 })).rejects.toMatchObject({ code: 'cleanup.not-confirmed' });
    expect(await run({ holdUnconfirmed: true })).toMatchObject({ outcome: 'held', chosen: 3, binned: 0 });
    expect(library.binned).toEqual([]);
    expect(await run({ confirm: 3 })).toMatchObject({ outcome: 'done', binned: 3 });
    expect(await streams.runs(10)).toMatchObject([{ outcome: 'done', chosen: 3 }]);
  });

  it('is finished by the next one if it is killed halfway', async () => {
    const { library, run } = await world(6);
    library.diesAfter = 1;
    await expect(run()).rejects.toThrow('Killed.');
    library.diesAfter = Infinity;
    expect(await run()).toMatchObject({ binned: 1 });
    expect(library.binned.map(({ id }) => id)).toEqual([8, 7]);
  });
});
