import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { CutVideoBody } from '@streamvault/api-contract';
import { MemoryEventStore } from '@streamvault/event-store';
import { WorkQueue } from '@streamvault/jobs';
import { CommandHandling, type CommandMetadata, EventRegistry, IdSequence } from '@streamvault/kernel';
import { NoVideoStream, StorageFull } from '@streamvault/media';
import { LibraryRoot } from '@streamvault/recording';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { videoEvents, type VideoFacts } from '../domain/video-events.js';
import { VideoStreams } from '../video-streams.js';
import { CutBoard } from './cut-board.js';
import { VideoCutter } from './video-cutter.js';

const at = '2026-11-30T20:00:00.000Z';
const facts: VideoFacts = {
  recordingId: 7,
  outputNumber: 1,
  streamerId: 3,
  streamerName: 'Ada',
  title: 'Evening show',
  category: 'Chess',
  recordedAt: at,
  durationSeconds: 100,
  bytes: 1000,
  width: 640,
  height: 480,
  codecs: null,
  file: 'Ada/show [7].mp4',
  thumbnailFile: 'Ada/show [7].jpg',
  chapters: [
    { startSeconds: 0, endSeconds: 50, title: 'One', category: 'Chess' },
    { startSeconds: 50, endSeconds: 100, title: 'Two', category: 'Go' },
  ],
  gaps: [],
};

/** Writes ten bytes, and says that they begin at the key frame before. */
class FakeMedia {
  readonly cuts: { readonly fromSeconds: number; readonly toSeconds: number; readonly title: string }[] = [];
  fails: Error | undefined;
  hasPicture = true;
  cutVideo = async (cut: { output: string; fromSeconds: number; toSeconds: number; title: string }) => {
    if (this.fails) throw this.fails;
    this.cuts.push(cut);
    await writeFile(cut.output, Buffer.alloc(10));
    return { durationSeconds: cut.toSeconds - cut.fromSeconds + 2, video: { width: 640, height: 480, codecs: 'avc1' } };
  };
  makeThumbnail = () => (this.hasPicture ? Promise.resolve() : Promise.reject(new NoVideoStream('x')));
}

describe('cutting a video', () => {
  let folder: string;
  let isThere: boolean;
  let streams: VideoStreams;
  let store: MemoryEventStore;
  let media: FakeMedia;
  let cutter: VideoCutter;
  let board: CutBoard;
  let commands = 0;
  const metadata = (): CommandMetadata => ({
    commandId: `command ${(commands += 1)}`,
    correlationId: 'c',
    causationId: 'c',
    actor: 'ada',
    now: at,
  });
  const cut = (choice: Partial<CutVideoBody> = {}, videoId = 5) =>
    cutter.cut(videoId, { fromSeconds: 60, toSeconds: 80, exact: false, ...choice }, metadata());
  const types = async () => {
    const all: string[] = [];
    for await (const { type } of store.readAll()) all.push(type);
    return all.filter((type) => type.startsWith('Video'));
  };

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'streamvault-cut-video-'));
    await mkdir(dirname(join(folder, facts.file)));
    await writeFile(join(folder, facts.file), Buffer.alloc(1000));
    isThere = true;
    store = new MemoryEventStore();
    const handling = new CommandHandling({ store, registry: new EventRegistry(videoEvents) });
    streams = new VideoStreams(handling);
    media = new FakeMedia();
    const queue = new WorkQueue(1);
    board = new CutBoard(queue);
    cutter = new VideoCutter(
      streams,
      { choices: () => Promise.resolve({ template: '{title}' }) } as never,
      {
        wantedFor: ({ title }: { title: string }) => Promise.resolve(`Ada/${title.replaceAll(':', '.')}.mkv`),
      } as never,
      new IdSequence(store),
      new LibraryRoot(folder, () => Promise.resolve(isThere)),
      queue,
      board,
      media as never,
    );
    await streams.handle({ type: 'AddVideo', videoId: 5, facts, at }, metadata());
  });
  afterEach(() => rm(folder, { recursive: true }));

  it('makes a new video that knows what it was cut out of, and leaves the source alone', async () => {
    const before = (await streams.find(5)).state;
    const { videoId } = await cut();
    expect((await streams.find(videoId)).state).toMatchObject({
      streamerId: 3,
      title: 'Evening show (1:00–1:20)',
      category: 'Go',
      recordedAt: '2026-11-30T20:01:00.000Z',
      durationSeconds: 22,
      bytes: 10,
      codecs: 'avc1',
      file: 'Ada/Evening show (1.00–1.20).mp4',
      origin: { videoId: 5, fromSeconds: 60, toSeconds: 80, exact: false },
      // From the key frame on, which lies two seconds before.
      chapters: [{ startSeconds: 0, endSeconds: 22, title: 'Two' }],
    });
    expect((await streams.find(5)).state).toEqual(before);
  });

  it('ends with the video, and takes the title that is given', async () => {
    await cut({ toSeconds: 500, title: 'The end' });
    expect(media.cuts).toMatchObject([{ fromSeconds: 60, toSeconds: 100, title: 'The end' }]);
  });

  it('numbers a second piece with the same name', async () => {
    await cut({ title: 'Piece' });
    const { videoId } = await cut({ title: 'PIECE' });
    expect((await streams.find(videoId)).state.file).toBe('Ada/PIECE (2).mp4');
  });

  it('does without a thumbnail where there is only audio', async () => {
    media.hasPicture = false;
    await cut();
    expect(await types()).toEqual(['VideoAdded', 'VideoCut']);
  });

  it('adds no video if cutting fails', async () => {
    media.fails = new Error('The disk is full.');
    await expect(cut()).rejects.toThrow('The disk is full.');
    expect(await types()).toEqual(['VideoAdded']);
  });

  it('refuses with the words of the disk when it is full, and keeps them in the list of cuts', async () => {
    media.fails = new StorageFull(folder);
    await expect(cut()).rejects.toMatchObject({ code: 'media.storage-full', kind: 'unavailable' });
    expect(board.of(5)).toMatchObject([{ state: 'failed', failure: { code: 'media.storage-full' }, videoId: null }]);
  });

  it('lists what was made of the video', async () => {
    const { videoId } = await cut({ title: 'Piece' });
    expect(board.of(5)).toMatchObject([{ state: 'done', title: 'Piece', fromSeconds: 60, toSeconds: 80, videoId }]);
  });

  it('gives two pieces names of their own that are asked for at once', async () => {
    const pieces = await Promise.all([cut({ title: 'Piece' }), cut({ title: 'Piece' })]);
    const files = await Promise.all(pieces.map(async ({ videoId }) => (await streams.find(videoId)).state.file));
    expect(files.toSorted()).toEqual(['Ada/Piece (2).mp4', 'Ada/Piece.mp4']);
  });

  it.each<[what: string, code: string, act: () => Promise<unknown>]>([
    ['a video that does not exist', 'video.not-found', () => cut({}, 9)],
    ['a range that begins after the end', 'video.range-outside', () => cut({ fromSeconds: 100, toSeconds: 120 })],
    [
      'a video in the bin',
      'video.in-bin',
      async () => {
        const bin = { type: 'BinVideo', videoId: 5, by: 'ada', at, rule: null, bytes: 1, purgeAfter: at } as const;
        await streams.handle({ ...bin, evenProtected: false }, metadata());
        return cut();
      },
    ],
    [
      'a video whose file is missing',
      'video.file-missing',
      async () => {
        await rm(join(folder, facts.file));
        return cut();
      },
    ],
    [
      'anything while the disk is away',
      'disk.gone',
      () => {
        isThere = false;
        return cut();
      },
    ],
  ])('refuses %s', async (_, code, act) => {
    await expect(act()).rejects.toMatchObject({ code });
    expect(media.cuts).toEqual([]);
  });
});
