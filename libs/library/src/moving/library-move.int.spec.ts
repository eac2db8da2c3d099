import type { StreamerStreams } from '@streamvault/streamers';
import { MikroORM } from '@mikro-orm/sqlite';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { QueryBus } from '@nestjs/cqrs';
import { MemoryEventStore } from '@streamvault/event-store';
import {
  Claims,
  CommandHandling,
  type CommandMetadata,
  EventRegistry,
  prepareTables,
  ProjectionCheckpoint,
  ProjectionRunner,
} from '@streamvault/kernel';
import { LibraryRoot, RecordingNotFound } from '@streamvault/recording';
import { link, mkdir, mkdtemp, readdir, readFile, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { libraryEvents } from '../choices/library-choices.js';
import { LibraryStream } from '../choices/library-stream.js';
import { videoEvents } from '../domain/video-events.js';
import { Episodes } from '../naming/episodes.js';
import { LibraryNames } from '../naming/library-names.js';
import { namePresets } from '../naming/name-template.js';
import { pictureOf } from '../naming/sidecars.js';
import { GetVideoFilesHandler } from '../queries/video-query.handlers.js';
import { GetVideoFiles } from '../queries/video-queries.js';
import { videoLibraryProjection } from '../read-models/video-library.projection.js';
import { VideoStreams } from '../video-streams.js';
import { LibraryMover } from './library-move.js';
import { VideoMover } from './video-mover.js';

/** Streamer 4 names its videos in a way of its own. */
const streamersOf = {
  find: (id: number) => Promise.resolve(id === 4 ? { nameTemplate: 'Own/{title} {id}' } : undefined),
} as unknown as StreamerStreams;

const never = new AbortController().signal;
const noRecordings = {
  execute: ({ recordingId }: { recordingId: number }) => Promise.reject(new RecordingNotFound(recordingId)),
} as unknown as QueryBus;

describe('moving the library', () => {
  let root: string;
  let orm: MikroORM;
  let runner: ProjectionRunner;
  let streams: VideoStreams;
  let mover: LibraryMover;
  let names: LibraryNames;
  let commands = 0;

  const metadata = (): CommandMetadata => ({
    commandId: `00000000-0000-4000-8000-${String((commands += 1)).padStart(12, '0')}`,
    correlationId: 'c',
    causationId: 'c',
    actor: 'ada',
    now: new Date().toISOString(),
  });
  async function add(
    videoId: number,
    file: string,
    over: { title?: string; recordedAt?: string; streamerId?: number } = {},
  ): Promise<void> {
    await mkdir(dirname(join(root, file)), { recursive: true });
    await writeFile(join(root, file), `video ${videoId}`);
    await writeFile(join(root, pictureOf(file)), `picture ${videoId}`);
    await writeFile(join(root, file.replace(/\.mp4$/, '.nfo')), `nfo ${videoId}`);
    await mkdir(join(root, file.replace(/\.mp4$/, '.storyboard')));
    await writeFile(join(root, file.replace(/\.mp4$/, '.storyboard/0.jpg')), `sprite ${videoId}`);
    const facts = {
      streamerId: 3,
      streamerName: 'Somebody',
      title: 'Evening show',
      category: null,
      recordedAt: `2026-11-30T1${videoId % 10}:00:00.000Z`,
      durationSeconds: 10,
      bytes: 7,
      width: 64,
      height: 48,
      codecs: null,
      chapters: [],
      ...over,
      file,
      thumbnailFile: pictureOf(file),
    };
    await streams.handle({ type: 'ImportVideo', videoId, by: 'ada', at: facts.recordedAt, facts }, metadata());
    expect(await runner.waitForNonStale(10_000)).toBe(true);
  }
  const run = async (template: string = namePresets.tv) => {
    const outcome = await mover.run(template, metadata(), never);
    expect(await runner.waitForNonStale(10_000)).toBe(true);
    return outcome;
  };
  const files = async () =>
    (await readdir(root, { recursive: true, withFileTypes: true }))
      .filter((entry) => !entry.isDirectory())
      .map((entry) => join(entry.parentPath, entry.name).slice(root.length + 1))
      .toSorted();
  const season = 'Somebody/Season 2026';
  const allOf = (base: string) => [`${base}.jpg`, `${base}.mp4`, `${base}.nfo`, `${base}.storyboard/0.jpg`];

  beforeEach(async () => {
    root = await mkdtemp(join(tmpdir(), 'sv-move-'));
    const store = new MemoryEventStore();
    const registry = new EventRegistry([...videoEvents, ...libraryEvents]);
    const entities = [ProjectionCheckpoint, ...videoLibraryProjection.entities];
    orm = await MikroORM.init({ dbName: ':memory:', entities });
    await prepareTables([videoLibraryProjection], orm.em);
    const silent = () => {};
    const logger = { info: silent, warn: silent, error: silent };
    runner = new ProjectionRunner({ store, registry, em: () => orm.em, projections: [videoLibraryProjection], logger });
    runner.start();
    const handling = new CommandHandling({ store, registry });
    streams = new VideoStreams(handling);
    const library = new LibraryStream(handling);
    const libraryRoot = new LibraryRoot(root, () => Promise.resolve(true));
    names = new LibraryNames(library, new Episodes(new Claims(store)), libraryRoot, { timeZone: 'UTC' }, streamersOf);
    mover = new LibraryMover(
      orm.em,
      library,
      names,
      new VideoMover(streams, libraryRoot, noRecordings, runner),
      libraryRoot,
    );
  });
  afterEach(async () => {
    await runner.stop();
    await orm.close();
    await rm(root, { recursive: true });
  });

  it('moves videos with all that stands beside them, once, and leaves no empty folder', async () => {
    await add(1, 'old/a.mp4');
    await add(2, 'old/b.mp4', { title: 'Other show' });
    expect(await run()).toMatchObject({ videos: 2, moved: 2, failed: 0 });
    expect(await files()).toEqual(
      [
        ...allOf(`${season}/Somebody - S2026E113001 - Evening show`),
        ...allOf(`${season}/Somebody - S2026E113002 - Other show`),
      ].toSorted(),
    );
    expect(await readdir(root)).toEqual(['Somebody']);
    const { state } = await streams.find(2);
    expect(state).toMatchObject({ file: `${season}/Somebody - S2026E113002 - Other show.mp4`, moving: null });
    expect(await run()).toMatchObject({ moved: 0, failed: 0 });
  });

  it('numbers what would have one name, also where only the case differs, and writes over nothing', async () => {
    await add(1, 'old/a.mp4', { title: 'SHOW' });
    await add(2, 'old/b.mp4', { title: 'show' });
    await writeFile(join(root, 'Show (2).mp4'), 'not ours');
    await run('{title}');
    expect((await files()).filter((file) => file.endsWith('.mp4'))).toEqual(
      ['SHOW.mp4', 'Show (2).mp4', 'show (3).mp4'].toSorted(),
    );
    expect(await readFile(join(root, 'Show (2).mp4'), 'utf8')).toBe('not ours');
    expect(await run('{title}')).toMatchObject({ moved: 0 });
  });

  it('names the videos of a streamer by its own template, whatever holds for all', async () => {
    await add(1, 'old/a.mp4');
    await add(2, 'old/b.mp4', { streamerId: 4, title: 'Ferry' });
    const { moves } = await mover.preview();
    expect(moves.map(({ to }) => to)[1]).toBe('Own/Ferry v2.mp4');
    await run('{title}');
    expect((await files()).filter((file) => file.endsWith('.mp4'))).toEqual(['Evening show.mp4', 'Own/Ferry v2.mp4']);
    const recording = { recordingId: 9, streamerName: 'Somebody', title: 'Live', category: null };
    const at = '2026-11-30T20:00:00.000Z';
    const named = (streamerId: number) => names.fileOf({ ...recording, streamerId, requestedAt: at } as never, at);
    expect(await named(4)).toBe('Own/Live 9.mp4');
    expect(await named(3)).toMatch(/^Somebody\//);
  });

  it('says first what it would do, and does just that', async () => {
    await add(2, 'old/b.mp4');
    await add(1, 'old/a.mp4');
    const before = await files();
    const { moves } = await mover.preview();
    expect(await files()).toEqual(before);
    expect(moves.map(({ videoId }) => videoId)).toEqual([1, 2]);
    await run(namePresets.streamer);
    for (const { videoId, to } of moves) expect((await streams.find(videoId)).state.file).toBe(to);
  });

  it.each(['said', 'linked', 'moved', 'all moved'])('goes on where it was killed: the video was %s', async (how) => {
    await add(1, 'old/a.mp4');
    const base = `${season}/Somebody - S2026E113001 - Evening show`;
    const to = { file: `${base}.mp4`, thumbnailFile: `${base}.jpg` };
    await streams.handle({ type: 'StartMove', videoId: 1, by: 'ada', at: 'now', to }, metadata());
    await mkdir(join(root, season), { recursive: true });
    if (how === 'linked') await link(join(root, 'old/a.mp4'), join(root, to.file));
    if (how === 'moved' || how === 'all moved') await rename(join(root, 'old/a.mp4'), join(root, to.file));
    if (how === 'all moved')
      for (const suffix of ['.jpg', '.nfo', '.storyboard'])
        await rename(join(root, `old/a${suffix}`), join(root, base + suffix));
    expect(await runner.waitForNonStale(10_000)).toBe(true);
    // Meanwhile it can be watched.
    const handler = new GetVideoFilesHandler(orm.em, new LibraryRoot(root, () => Promise.resolve(true)));
    const { file } = await handler.execute(new GetVideoFiles(1, 'watch'));
    expect(await readFile(join(root, file), 'utf8')).toBe('video 1');
    expect(await run()).toMatchObject({ moved: 1, failed: 0 });
    expect(await files()).toEqual(allOf(base));
    expect((await streams.find(1)).state).toMatchObject({ ...to, moving: null });
  });

  it('leaves a video where it is that cannot be moved, and says why', async () => {
    await add(1, 'old/a.mp4');
    await add(2, 'old/b.mp4');
    await rm(join(root, 'old/a.mp4'));
    expect(await run()).toMatchObject({ moved: 1, failed: 1, trouble: expect.stringContaining('not there any more') });
    expect((await streams.find(1)).state).toMatchObject({ file: 'old/a.mp4', moving: null });
  });

  it('does not follow a link out of the library', async () => {
    const elsewhere = await mkdtemp(join(tmpdir(), 'sv-elsewhere-'));
    await symlink(elsewhere, join(root, 'Somebody'));
    await add(1, 'old/a.mp4');
    expect(await run()).toMatchObject({ moved: 0, failed: 1 });
    expect((await readdir(elsewhere, { recursive: true })).filter((name) => name.includes('.'))).toEqual([]);
    await rm(elsewhere, { recursive: true });
  });
});
