import { beforeEach, describe, expect, it } from '@jest/globals';
import { MemoryEventStore } from '@streamvault/event-store';
import { Claims, CommandHandling, type CommandMetadata, EventRegistry, IdSequence } from '@streamvault/kernel';
import { videoEvents, type VideoFacts } from '../domain/video-events.js';
import { VideoStreams } from '../video-streams.js';
import { AddVideo } from './add-video/add-video.command.js';
import { AddVideoHandler } from './add-video/add-video.handler.js';
import { type BinChoice, BinVideo } from './bin-video/bin-video.command.js';
import { BinVideoHandler } from './bin-video/bin-video.handler.js';
import { ChangeVideo } from './change-video/change-video.command.js';
import { ChangeVideoHandler } from './change-video/change-video.handler.js';
import { MarkWatched } from './mark-watched/mark-watched.command.js';
import { MarkWatchedHandler } from './mark-watched/mark-watched.handler.js';
import { RestoreVideo } from './restore-video/restore-video.command.js';
import { RestoreVideoHandler } from './restore-video/restore-video.handler.js';

const at = '2026-11-30T12:00:00.000Z';
const facts: VideoFacts = {
  recordingId: 7,
  outputNumber: 1,
  streamerId: 3,
  streamerName: 'Ada',
  title: 'Evening show',
  category: null,
  recordedAt: at,
  durationSeconds: 60,
  bytes: 1000,
  width: null,
  height: null,
  codecs: null,
  file: 'Ada/show [7].mp4',
  thumbnailFile: 'Ada/show [7].jpg',
  chapters: [],
  gaps: [],
};

class World {
  readonly #handling: CommandHandling;
  readonly #store = new MemoryEventStore();
  readonly streams: VideoStreams;
  #commands = 0;

  constructor() {
    this.#handling = new CommandHandling({ store: this.#store, registry: new EventRegistry(videoEvents) });
    this.streams = new VideoStreams(this.#handling);
  }

  metadata = (more: Partial<CommandMetadata> = {}): CommandMetadata => ({
    commandId: `command ${(this.#commands += 1)}`,
    correlationId: 'c',
    causationId: 'c',
    actor: 'ada',
    now: at,
    ...more,
  });

  add = (more: Partial<VideoFacts> = {}, metadata = this.metadata()) =>
    new AddVideoHandler(this.#handling, new Claims(this.#store), new IdSequence(this.#store)).execute(
      new AddVideo({ ...facts, ...more }, metadata),
    );
  change = (id: number, changes: ChangeVideo['changes'], metadata = this.metadata()) =>
    new ChangeVideoHandler(this.streams).execute(new ChangeVideo(id, changes, metadata));
  watch = (id: number, isWatched: boolean, metadata = this.metadata()) =>
    new MarkWatchedHandler(this.streams).execute(new MarkWatched(id, isWatched, metadata));
  bin = (id: number, choice: BinChoice = {}, metadata = this.metadata()) => {
    const files = { measure: () => Promise.resolve([{ bytes: 1000 }, { bytes: 24 }]) };
    const settings = { BIN_DAYS: 14 };
    return new BinVideoHandler(this.streams, files as never, settings as never).execute(
      new BinVideo(id, choice, metadata),
    );
  };
  restore = (id: number, metadata = this.metadata()) =>
    new RestoreVideoHandler(this.streams).execute(new RestoreVideo(id, metadata));

  /** The events of a video, without their times. */
  async events(id: number): Promise<{ type: string; data: object }[]> {
    const events: { type: string; data: object }[] = [];
    for await (const { type, data } of this.#store.readStream(`video-${id}`))
      events.push({ type, data: data as object });
    return events;
  }
  types = async (id: number) => (await this.events(id)).map(({ type }) => type);
}

describe('the commands of videos', () => {
  let world: World;
  beforeEach(() => {
    world = new World();
  });

  it('add one video for each output of a recording, however often it is reported', async () => {
    expect(await world.add()).toEqual({ videoId: 1 });
    expect(await world.add()).toEqual({ videoId: 1 });
    expect(await world.add({ outputNumber: 2 })).toEqual({ videoId: 2 });
    expect(await world.add({ recordingId: 8 })).toEqual({ videoId: 3 });
    expect(await world.types(1)).toEqual(['VideoAdded']);
  });

  it('change title and protection, and nothing if they are so already', async () => {
    await world.add();
    await world.change(1, { title: 'Late show', protected: true });
    expect((await world.streams.find(1)).state).toMatchObject({ title: 'Late show', isProtected: true });
    const before = await world.types(1);
    await world.change(1, { title: 'Late show', protected: true });
    await world.change(1, {});
    expect(await world.types(1)).toEqual(before);
  });

  it('mark a video as watched, once, and take that back', async () => {
    await world.add();
    await world.watch(1, true);
    await world.watch(1, true);
    await world.watch(1, false);
    expect(await world.types(1)).toHaveLength(3);
  });

  it('move a video with all its files to the bin for as many days as the settings say, and restore it', async () => {
    await world.add();
    expect(await world.bin(1, { rule: 'Older than 30 days' })).toMatchObject({ videoId: 1, bytes: 1024 });
    expect((await world.events(1)).at(-1)).toMatchObject({
      type: 'VideoBinned',
      data: { by: 'ada', rule: 'Older than 30 days', bytes: 1024, purgeAfter: '2026-12-14T12:00:00.000Z' },
    });
    await expect(world.change(1, { title: 'x' })).rejects.toMatchObject({ code: 'video.in-bin' });
    await world.restore(1);
    expect((await world.streams.find(1)).state.place).toMatchObject({ kind: 'library' });
  });

  it('leave a protected video where it is, unless that is wished', async () => {
    await world.add();
    await world.change(1, { protected: true });
    await expect(world.bin(1)).rejects.toMatchObject({ code: 'video.protected' });
    await world.bin(1, { evenProtected: true });
    expect((await world.streams.find(1)).state.place).toMatchObject({ kind: 'bin' });
  });

  it('leave a video that has changed since it was chosen', async () => {
    await world.add();
    await world.change(1, { title: 'Late show' });
    await expect(world.bin(1, { expected: 0n })).rejects.toMatchObject({ code: 'conflict' });
    await world.bin(1, { expected: 1n });
  });

  it.each<[what: string, act: () => Promise<unknown>]>([
    ['change', () => world.change(9, { title: 'x' })],
    ['watch', () => world.watch(9, true)],
    ['bin', () => world.bin(9)],
    ['restore', () => world.restore(9)],
  ])('refuse to %s a video that is not there', async (_, act) => {
    await expect(act()).rejects.toMatchObject({ code: 'video.not-found' });
    expect(await world.types(9)).toEqual([]);
  });

  it.each<[permission: string, act: (metadata: CommandMetadata) => Promise<unknown>]>([
    ['videos.change', (metadata) => world.change(1, {}, metadata)],
    ['videos.watch', (metadata) => world.watch(1, true, metadata)],
    ['videos.delete', (metadata) => world.bin(1, {}, metadata)],
    ['videos.delete', (metadata) => world.restore(1, metadata)],
  ])('need the permission %s', async (permission, act) => {
    const may = (wanted: string) => wanted !== permission;
    await expect(act(world.metadata({ may }))).rejects.toMatchObject({ code: 'request.forbidden' });
  });
});
