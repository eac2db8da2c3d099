import { beforeEach, describe, expect, it } from '@jest/globals';
import type { CommandMetadata } from '@streamvault/kernel';
import { VideoNotInBin } from '../../domain/video-errors.js';
import { type PurgeOutcome, PurgeVideo } from '../purge-video/purge-video.command.js';
import { EmptyBin } from './empty-bin.command.js';
import { EmptyBinHandler } from './empty-bin.handler.js';

const at = '2026-11-30T12:00:00.000Z';
const metadata: CommandMetadata = { commandId: 'c', correlationId: 'c', causationId: 'c', actor: 'ada', now: at };

/** Videos 1 to 3 are in the bin, and each frees 100 bytes. */
class FakeBin {
  readonly filters: unknown[] = [];
  readonly purged: PurgeVideo[] = [];
  readonly outcomes = new Map<number, Partial<PurgeOutcome> | Error>();

  fork = () => this;
  find = (_: unknown, filter: unknown) => {
    this.filters.push(filter);
    return Promise.resolve([{ id: 1 }, { id: 2 }, { id: 3 }]);
  };
  execute = (command: unknown) => {
    if (!(command instanceof PurgeVideo)) throw new Error('Nothing else is expected.');
    const outcome = this.outcomes.get(command.videoId) ?? {};
    if (outcome instanceof Error) return Promise.reject(outcome);
    this.purged.push(command);
    const position = BigInt(command.videoId);
    return Promise.resolve({ videoId: command.videoId, position, bytesFreed: 100, failure: null, ...outcome });
  };
}

describe('emptying the bin', () => {
  let bin: FakeBin;
  const empty = (which: EmptyBin['which'], more: Partial<CommandMetadata> = {}, signal?: AbortSignal) =>
    new EmptyBinHandler(bin as never, bin as never).execute(new EmptyBin(which, { ...metadata, ...more }, signal));
  const ids = () => bin.purged.map(({ videoId }) => videoId);
  beforeEach(() => {
    bin = new FakeBin();
  });

  it('purges every video once, each by a command of its own, and adds up what that freed', async () => {
    expect(await empty('all')).toEqual({ purged: 3, bytesFreed: 300, failed: [], position: 3n });
    expect(ids()).toEqual([1, 2, 3]);
    expect(bin.purged.every(({ options }) => options.beforeGraceEnds)).toBe(true);
    expect(new Set(bin.purged.map((command) => command.metadata.commandId)).size).toBe(3);
    const again = bin.purged[0]?.metadata.commandId;
    await empty('all');
    expect(bin.purged[3]?.metadata.commandId).toBe(again);
  });

  it('leaves to their grace those that are not due', async () => {
    await empty('due');
    expect(bin.filters).toEqual([{ $or: [{ place: 'bin', purgeAfter: { $lte: at } }, { place: 'purging' }] }]);
    expect(bin.purged.some(({ options }) => options.beforeGraceEnds)).toBe(false);
  });

  it('takes only the videos that are named, each once', async () => {
    await empty({ videoIds: [7, 8, 7] });
    expect(ids()).toEqual([7, 8]);
    expect(bin.filters).toEqual([]);
  });

  it('says which videos stayed and why, and continues with the others', async () => {
    bin.outcomes.set(1, new VideoNotInBin(1));
    bin.outcomes.set(2, { failure: { code: 'video.file-stays', message: 'It stays.' }, bytesFreed: 0 });
    expect(await empty('all')).toMatchObject({
      purged: 1,
      bytesFreed: 100,
      failed: [
        { videoId: 1, code: 'video.not-in-bin' },
        { videoId: 2, code: 'video.file-stays' },
      ],
    });
  });

  it('does not count a video that was restored meanwhile', async () => {
    bin.outcomes.set(3, { position: undefined, bytesFreed: 0 });
    expect(await empty('all')).toMatchObject({ purged: 2, bytesFreed: 200, position: 2n });
  });

  it('does not hide a defect', async () => {
    bin.outcomes.set(2, new TypeError('x is not a function'));
    await expect(empty('all')).rejects.toThrow(TypeError);
    expect(ids()).toEqual([1]);
  });

  it('stops between two videos when the server stops', async () => {
    const stop = new AbortController();
    bin.outcomes.set(2, {
      get failure() {
        stop.abort();
        return null;
      },
    });
    expect(await empty('all', {}, stop.signal)).toMatchObject({ purged: 2 });
    expect(ids()).toEqual([1, 2]);
  });

  it('needs the permission videos.purge', async () => {
    const may = (wanted: string) => wanted !== 'videos.purge';
    await expect(empty('all', { may })).rejects.toMatchObject({ code: 'request.forbidden' });
    expect(bin.filters).toEqual([]);
  });
});
