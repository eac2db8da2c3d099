import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { MemoryEventStore } from '@streamvault/event-store';
import { CommandHandling, type CommandMetadata, EventRegistry } from '@streamvault/kernel';
import { LibraryRoot } from '@streamvault/recording';
import { mkdir, mkdtemp, readdir, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { VideoFiles } from '../../bin/video-files.js';
import type { VideoCommand } from '../../domain/video-decider.js';
import { videoEvents, type VideoFacts } from '../../domain/video-events.js';
import type { DoomedFile } from '../../domain/video-state.js';
import { VideoStreams } from '../../video-streams.js';
import { BinVideo } from '../bin-video/bin-video.command.js';
import { BinVideoHandler } from '../bin-video/bin-video.handler.js';
import { PurgeVideo } from './purge-video.command.js';
import { PurgeVideoHandler } from './purge-video.handler.js';

const at = '2026-11-30T12:00:00.000Z';
const facts: VideoFacts = {
  recordingId: 7,
  outputNumber: 1,
  streamerId: 3,
  streamerName: 'Somebody',
  title: 'Evening show',
  category: null,
  recordedAt: at,
  durationSeconds: 60,
  bytes: 100_000,
  width: null,
  height: null,
  codecs: null,
  file: 'Somebody/show [7].mp4',
  thumbnailFile: 'Somebody/show [7].jpg',
  chapters: [],
  gaps: [],
};

class Killed extends Error {}

/** Dies right before or right after one step of the saga is recorded. */
class DyingStreams extends VideoStreams {
  constructor(
    handling: CommandHandling,
    private readonly dies: { readonly when: 'before' | 'after'; readonly type: VideoCommand['type'] },
  ) {
    super(handling);
  }

  override async handle(...all: Parameters<VideoStreams['handle']>) {
    const isIt = all[0].type === this.dies.type;
    if (isIt && this.dies.when === 'before') throw new Killed();
    const handled = await super.handle(...all);
    if (isIt) throw new Killed();
    return handled;
  }
}

/** Dies after this many files. */
class DyingFiles extends VideoFiles {
  constructor(
    root: LibraryRoot,
    private readonly after: number,
  ) {
    super(root);
  }

  override async remove(files: readonly DoomedFile[]): Promise<never> {
    await super.remove(files.slice(0, this.after));
    throw new Killed();
  }
}

describe('purging a video', () => {
  let folder: string;
  let root: LibraryRoot;
  let handling: CommandHandling;
  let streams: VideoStreams;
  let commands = 0;
  let bytes: number;

  const metadata = (now = at): CommandMetadata => ({
    commandId: `command ${(commands += 1)}`,
    correlationId: 'c',
    causationId: 'c',
    actor: 'ada',
    now,
  });
  const purge = (handler: PurgeVideoHandler) =>
    handler.execute(new PurgeVideo(5, { beforeGraceEnds: true }, metadata()));

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'streamvault-purge-'));
    root = new LibraryRoot(folder, () => Promise.resolve(true));
    await mkdir(join(folder, 'Somebody'));
    await writeFile(join(folder, facts.file), Buffer.alloc(100_000, 1));
    await writeFile(join(folder, facts.thumbnailFile), Buffer.alloc(5000, 1));
    handling = new CommandHandling({ store: new MemoryEventStore(), registry: new EventRegistry(videoEvents) });
    streams = new VideoStreams(handling);
    await streams.handle({ type: 'AddVideo', videoId: 5, facts, at }, metadata());
    const bin = new BinVideoHandler(streams, new VideoFiles(root), { BIN_DAYS: 7 });
    ({ bytes } = await bin.execute(new BinVideo(5, { rule: 'older than 30 days' }, metadata())));
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  it('removes the files and remembers what they were', async () => {
    const outcome = await purge(new PurgeVideoHandler(streams, new VideoFiles(root)));
    expect(outcome).toMatchObject({ bytesFreed: bytes, failure: null });
    expect(bytes).toBeGreaterThanOrEqual(105_000);
    expect(await readdir(folder)).toEqual([]);
    expect((await streams.find(5)).state.place).toEqual({
      kind: 'purged',
      bin: expect.objectContaining({ by: 'ada', rule: 'older than 30 days', at }),
      purgedAt: at,
      bytesFreed: bytes,
    });
    await expect(purge(new PurgeVideoHandler(streams, new VideoFiles(root)))).rejects.toMatchObject({
      code: 'video.deleted',
    });
  });

  const deaths: readonly (readonly [string, () => PurgeVideoHandler])[] = [
    ['before it was decided', () => handlerThat({ when: 'before', type: 'StartPurge' })],
    ['right after it was decided', () => handlerThat({ when: 'after', type: 'StartPurge' })],
    ['with no file removed', () => new PurgeVideoHandler(streams, new DyingFiles(root, 0))],
    ['with the video removed and its thumbnail not', () => new PurgeVideoHandler(streams, new DyingFiles(root, 1))],
    ['with all removed and nothing said', () => handlerThat({ when: 'before', type: 'FinishPurge' })],
    ['right after it was said', () => handlerThat({ when: 'after', type: 'FinishPurge' })],
  ];
  const handlerThat = (dies: ConstructorParameters<typeof DyingStreams>[1]) =>
    new PurgeVideoHandler(new DyingStreams(handling, dies), new VideoFiles(root));

  it.each(deaths)('ends the same if it is killed %s', async (_, dying) => {
    await expect(purge(dying())).rejects.toThrow(Killed);
    const next = new PurgeVideoHandler(streams, new VideoFiles(root));
    await purge(next).catch((error: unknown) => expect(error).toMatchObject({ code: 'video.deleted' }));
    expect(await readdir(folder)).toEqual([]);
    expect((await streams.find(5)).state.place).toMatchObject({ kind: 'purged', bytesFreed: bytes });
  });

  it('leaves the video in the bin, restorable, with the reason, if its file cannot be removed', async () => {
    // A folder, which `unlink` cannot remove: root is not stopped by permissions.
    await rm(join(folder, 'Somebody'), { recursive: true });
    const outside = await mkdtemp(join(tmpdir(), 'streamvault-outside-'));
    await writeFile(join(outside, 'show [7].mp4'), 'precious');
    await symlink(outside, join(folder, 'Somebody'));
    const outcome = await purge(new PurgeVideoHandler(streams, new VideoFiles(root)));
    expect(outcome.failure).toMatchObject({ code: 'video.file-stays' });
    const { place } = (await streams.find(5)).state;
    expect(place).toMatchObject({ kind: 'bin', bin: { failure: { code: 'video.file-stays' } } });
    await streams.handle({ type: 'RestoreVideo', videoId: 5, by: 'ada', at }, metadata());
    expect(await readdir(outside)).toEqual(['show [7].mp4']);
    await rm(outside, { recursive: true });
  });

  it('purges nothing that was restored since the command first came', async () => {
    const command = new PurgeVideo(5, { beforeGraceEnds: true }, metadata());
    await expect(handlerThat({ when: 'before', type: 'StartPurge' }).execute(command)).rejects.toThrow(Killed);
    await streams.handle({ type: 'RestoreVideo', videoId: 5, by: 'ada', at }, metadata());
    await expect(new PurgeVideoHandler(streams, new VideoFiles(root)).execute(command)).rejects.toMatchObject({
      code: 'video.not-in-bin',
    });
    expect(await readdir(join(folder, 'Somebody'))).toHaveLength(2);
  });

  it('is done once if requested twice at the same time', async () => {
    const handler = new PurgeVideoHandler(streams, new VideoFiles(root));
    const [one, other] = await Promise.all([purge(handler), purge(handler)]);
    expect(other).toEqual(one);
  });

  it('reports nothing as removed while the disk is away', async () => {
    const gone = new VideoFiles(new LibraryRoot(folder, () => Promise.resolve(false)));
    await expect(purge(new PurgeVideoHandler(streams, gone))).rejects.toMatchObject({ code: 'disk.gone' });
    expect((await streams.find(5)).state.place.kind).toBe('bin');
  });
});
