import type { StreamerStreams } from '@streamvault/streamers';
import { MikroORM } from '@mikro-orm/sqlite';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { CommandBus, QueryBus } from '@nestjs/cqrs';
import { MemoryEventStore } from '@streamvault/event-store';
import { WorkQueue } from '@streamvault/jobs';
import {
  Claims,
  CommandHandling,
  type CommandMetadata,
  EventRegistry,
  IdSequence,
  prepareTables,
  ProjectionCheckpoint,
  ProjectionRunner,
} from '@streamvault/kernel';
import { createMedia, locateTools, type Media } from '@streamvault/media';
import { LibraryRoot, RecordingNotFound } from '@streamvault/recording';
import { ListStreamers } from '@streamvault/streamers';
import { execFile } from 'node:child_process';
import { cp, mkdir, mkdtemp, readdir, rename, rm, symlink, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import type { BinVideo } from '../commands/bin-video/bin-video.command.js';
import { BinVideoHandler } from '../commands/bin-video/bin-video.handler.js';
import { ImportLibrary } from '../commands/import-library/import-library.command.js';
import { ImportLibraryHandler } from '../commands/import-library/import-library.handler.js';
import { videoEvents } from '../domain/video-events.js';
import { videoLibraryProjection } from '../read-models/video-library.projection.js';
import { VideoRow } from '../read-models/video-row.entity.js';
import { LibraryMender } from '../upkeep/library-mender.js';
import { LibraryCheck } from '../upkeep/library-check.js';
import { VideoStreams } from '../video-streams.js';
import { VideoFiles } from '../bin/video-files.js';
import { libraryEvents } from '../choices/library-choices.js';
import { LibraryStream } from '../choices/library-stream.js';
import { Episodes } from '../naming/episodes.js';
import { LibraryNames } from '../naming/library-names.js';
import { ImportBoard } from './import-board.js';
import { VideoImporter } from './video-importer.js';
import { VideoRestorer } from './video-restorer.js';

const nobody = { find: () => Promise.resolve(undefined) } as unknown as StreamerStreams;

/** Two streamers; recording 5 is being finished, and there is no other. */
const answers = {
  execute(query: object): Promise<unknown> {
    if (query instanceof ListStreamers)
      return Promise.resolve({
        items: [
          { id: 3, name: 'Somebody' },
          { id: 4, name: '雑談' },
        ],
      });
    const { recordingId } = query as { recordingId: number };
    return recordingId === 5
      ? Promise.resolve({ state: 'postProcessing' })
      : Promise.reject(new RecordingNotFound(recordingId));
  },
} as unknown as QueryBus;

describe('importing a folder', () => {
  let folder: string;
  let library: string;
  let orm: MikroORM;
  let runner: ProjectionRunner;
  let streams: VideoStreams;
  let handler: ImportLibraryHandler;
  let root: LibraryRoot;
  let media: Media;
  let choices: LibraryStream;
  let bin: BinVideoHandler;
  let commands = 0;

  const metadata = (): CommandMetadata => ({
    commandId: `00000000-0000-4000-8000-${String((commands += 1)).padStart(12, '0')}`,
    correlationId: 'c',
    causationId: 'c',
    actor: 'ada',
    now: new Date().toISOString(),
  });
  const run = async (isDryRun = false, path = '.') => {
    const { report } = await handler.execute(new ImportLibrary({ path, isDryRun }, metadata()));
    expect(await runner.waitForNonStale(10_000)).toBe(true);
    return report;
  };
  const codes = (aside: readonly { file: string; cause: { code: string } }[]) =>
    Object.fromEntries(aside.map(({ file, cause }) => [file, cause.code]));
  /** As a file that was not written to for an hour. */
  async function put(file: string, content: Buffer | string | { from: string }): Promise<void> {
    const path = join(library, file);
    await mkdir(dirname(path), { recursive: true });
    if (typeof content === 'object' && 'from' in content) await cp(content.from, path);
    else await writeFile(path, content);
    const hourAgo = Date.now() / 1000 - 3600;
    await utimes(path, hourAgo, hourAgo);
  }
  async function video(name: string, seconds: number): Promise<{ from: string }> {
    const from = join(folder, name);
    const { ffmpeg } = await locateTools({});
    const source = `testsrc=size=64x48:rate=5:duration=${seconds}`;
    await promisify(execFile)(ffmpeg.path, ['-y', '-loglevel', 'error', '-f', 'lavfi', '-i', source, from]);
    return { from };
  }

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'sv-import-'));
    library = join(folder, 'library');
    await mkdir(library);
    const store = new MemoryEventStore();
    const registry = new EventRegistry([...videoEvents, ...libraryEvents]);
    const entities = [ProjectionCheckpoint, ...videoLibraryProjection.entities];
    orm = await MikroORM.init({ dbName: join(folder, 'read.db'), entities });
    await prepareTables([videoLibraryProjection], orm.em);
    const silent = () => {};
    runner = new ProjectionRunner({
      store,
      registry,
      em: () => orm.em,
      projections: [videoLibraryProjection],
      logger: { info: silent, warn: silent, error: silent },
    });
    runner.start();
    streams = new VideoStreams(new CommandHandling({ store, registry }));
    root = new LibraryRoot(library, () => Promise.resolve(true));
    media = createMedia(await locateTools({}));
    const claims = new Claims(store);
    const ids = new IdSequence(store);
    const episodes = new Episodes(claims);
    choices = new LibraryStream(new CommandHandling({ store, registry }));
    bin = new BinVideoHandler(streams, new VideoFiles(root), { BIN_DAYS: 7 });
    const names = new LibraryNames(choices, episodes, root, { timeZone: 'UTC' }, nobody);
    const none = {} as CommandBus;
    const restorer = new VideoRestorer(
      ...([store, registry, claims, ids, streams, episodes, names, none, answers, root, media] as const),
    );
    const importer = new VideoImporter(media, root, orm.em, claims, ids, streams, answers, restorer);
    handler = new ImportLibraryHandler(root, new WorkQueue(1), answers, importer, new ImportBoard());
  });
  afterEach(async () => {
    await runner.stop();
    await orm.close();
    await rm(folder, { recursive: true });
  });

  it('adds every kind of file once, wherever it is moved to, and says why not the others', async () => {
    await put('Somebody/2024-05-01 20-15-00 Evening show [17].mp4', await video('a.mp4', 2));
    await put('雑談/20240502_100000_初見.mkv', await video('b.mkv', 3));
    const ganymede = 'nobody/2024-05-03/show-video.ts';
    await put(ganymede, await video('c.ts', 4));
    const info = { user_name: 'SOMEBODY', title: 'Late show', game_name: 'Chess', started_at: '2024-05-03T22:00:00Z' };
    await put('nobody/2024-05-03/show-info.json', JSON.stringify(info));
    await put('Somebody/broken.mp4', 'not a video');
    await put('Somebody/being finished [5].mp4', 'anything');
    await put('strangers/other.mp4', await video('d.mp4', 5));
    await writeFile(join(library, 'Somebody/fresh.mp4'), 'half');

    const dry = await run(true);
    expect(dry.imported.map(({ videoId }) => videoId)).toEqual([null, null, null]);
    expect(await orm.em.fork().count(VideoRow)).toBe(0);

    const report = await run();
    expect(report.files).toBe(7);
    expect(
      report.imported.map(({ file, title, streamerId, recordedAt }) => [file, title, streamerId, recordedAt]),
    ).toEqual(
      expect.arrayContaining([
        ['Somebody/2024-05-01 20-15-00 Evening show [17].mp4', 'Evening show', 3, '2024-05-01T20:15:00.000Z'],
        ['雑談/20240502_100000_初見.mkv', '初見', 4, '2024-05-02T10:00:00.000Z'],
        [ganymede, 'Late show', 3, '2024-05-03T22:00:00.000Z'],
      ]),
    );
    expect(codes(report.unreadable)).toEqual({ 'Somebody/broken.mp4': 'import.no-media' });
    expect(codes(report.skipped)).toEqual({
      'Somebody/being finished [5].mp4': 'import.being-finished',
      'Somebody/fresh.mp4': 'import.being-written',
      'strangers/other.mp4': 'import.unknown-streamer',
    });
    const rows = await orm.em.fork().find(VideoRow, {}, { orderBy: { id: 'asc' } });
    expect(rows.map(({ recordingId, width }) => [recordingId ?? null, width])).toEqual([
      [null, 64],
      [null, 64],
      [null, 64],
    ]);
    expect(await readdir(join(library, '雑談'))).toContain('20240502_100000_初見.jpg');

    await rename(join(library, ganymede), join(library, '雑談/moved.ts'));
    const again = await run();
    expect(again.imported).toEqual([]);
    expect(codes(again.skipped)).toMatchObject({ '雑談/moved.ts': 'import.already-there' });
  }, 60_000);

  it('leaves out what was deleted, and what is in the bin', async () => {
    const source = await video('a.mp4', 2);
    await put('Somebody/a.mp4', source);
    const [imported] = (await run()).imported;
    const videoId = imported!.videoId!;
    const by = { videoId, by: 'ada', at: new Date().toISOString() };
    await streams.handle(
      { type: 'BinVideo', ...by, rule: null, bytes: 1, purgeAfter: by.at, evenProtected: false },
      metadata(),
    );
    expect(codes((await run()).skipped)).toEqual({ 'Somebody/a.mp4': 'import.in-bin' });
    await streams.handle({ type: 'StartPurge', ...by, files: [], beforeGraceEnds: true }, metadata());
    await streams.handle({ type: 'FinishPurge', ...by, bytesFreed: 1 }, metadata());
    await put('Somebody/found again.mp4', source);
    const report = await run();
    expect(report.imported).toEqual([]);
    expect(codes(report.skipped)).toMatchObject({ 'Somebody/found again.mp4': 'import.deleted' });
  }, 60_000);

  it('sees nothing outside of the library, however it is asked', async () => {
    await mkdir(join(folder, 'elsewhere'));
    await symlink(join(folder, 'elsewhere'), join(library, 'link'));
    for (const path of ['..', '../elsewhere', join(folder, 'elsewhere'), 'link', '/', 'none', 'a\0b', `${library}-not`])
      await expect(run(true, path)).rejects.toMatchObject({ code: 'import.folder-not-in-library' });
    expect(await run(true, library)).toMatchObject({ files: 0 });
  });

  it('compares records and files, and ignores what is being written', async () => {
    await put('Somebody/a.mp4', await video('a.mp4', 2));
    await put('Somebody/b.mp4', await video('b.mp4', 3));
    await run();
    await put('Somebody/a.mp4', 'shorter');
    await rename(join(library, 'Somebody/b.mp4'), join(library, 'Somebody/c.mp4'));
    await writeFile(join(library, 'Somebody/fresh.mp4'), 'half');
    const check = new LibraryCheck(orm.em, new LibraryRoot(library, () => Promise.resolve(true)));
    expect(await check.run()).toMatchObject({
      videos: 2,
      missing: [{ file: 'Somebody/b.mp4' }],
      changed: [{ file: 'Somebody/a.mp4', bytesOnDisk: 7 }],
      unknown: [{ file: 'Somebody/c.mp4' }],
      leftovers: [],
      unreadable: [],
    });
  }, 60_000);

  it('mends what is chosen, says first what it would, and leaves alone what is not ours', async () => {
    await put('Somebody/a.mp4', await video('a.mp4', 2));
    await put('Somebody/b.mp4', await video('b.mp4', 3));
    await put('Somebody/c.mp4', await video('c.mp4', 4));
    await run();
    await rm(join(library, 'Somebody/a.mp4'));
    await put('Somebody/b.mp4', await video('longer.mp4', 5));
    await put('Somebody/c.mp4', 'damaged');
    await put('Somebody/gone.info.json', '{\n "format": "streamvault-video",\n');
    await put('Somebody/gone.nfo', 'x');
    await put('Somebody/theirs.info.json', '{}');
    const mender = new LibraryMender(
      new LibraryCheck(orm.em, root),
      { execute: (command: BinVideo) => bin.execute(command) } as unknown as CommandBus,
      answers,
      streams,
      choices,
      root,
      media,
    );
    const all = { missing: true, changed: true, leftovers: true };
    const dry = (await mender.run({ dryRun: true, ...all }, metadata())).report;
    expect(dry).toMatchObject({
      binned: [{ file: 'Somebody/a.mp4' }],
      measured: [{ file: 'Somebody/b.mp4' }],
      removed: ['Somebody/gone.nfo', 'Somebody/gone.info.json'],
      left: [{ file: 'Somebody/c.mp4', cause: { code: 'library.damaged' } }],
    });
    expect(await readdir(join(library, 'Somebody'))).toContain('gone.nfo');
    const { report } = await mender.run({ dryRun: false, ...all }, metadata());
    expect({ ...report, dryRun: true }).toEqual(dry);
    expect(await runner.waitForNonStale(10_000)).toBe(true);
    const left = await readdir(join(library, 'Somebody'));
    expect(left).toContain('theirs.info.json');
    expect(left.filter((name) => name.startsWith('gone'))).toEqual([]);
    expect(await new LibraryCheck(orm.em, root).run()).toMatchObject({
      missing: [],
      leftovers: [],
      changed: [{ file: 'Somebody/c.mp4' }],
    });
    const [first] = await orm.em.fork().find(VideoRow, { file: 'Somebody/a.mp4' });
    expect(first).toMatchObject({ place: 'bin', placeDetails: { bin: { rule: 'its file is missing', by: 'ada' } } });
  }, 60_000);

  it('runs one at a time', async () => {
    await put('Somebody/a.mp4', 'not a video');
    const [first, second] = await Promise.allSettled([run(true), run(true)]);
    expect(first.status).toBe('fulfilled');
    expect(second).toMatchObject({ status: 'rejected', reason: { code: 'import.running' } });
  });
});
