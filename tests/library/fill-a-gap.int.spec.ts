import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { DEFAULT_HLS_SETTINGS, HlsCaptureEngine } from '@streamvault/capture';
import { MemoryEventStore } from '@streamvault/event-store';
import { WorkQueue } from '@streamvault/jobs';
import { CommandHandling, EventRegistry, type ReadEvent } from '@streamvault/kernel';
import { FileGuard, FillAGapWhenSomebodyAsks, GapFiller, videoEvents, VideoStreams } from '@streamvault/library';
import { createMedia, locateTools, type Media } from '@streamvault/media';
import { Connections } from '@streamvault/network';
import { TwitchResolver } from '@streamvault/platforms';
import {
  defaultRecordingPolicy,
  GapDownload,
  LibraryRoot,
  type RecordingContext,
  recordingEvents,
  RecordingStreams,
  type ReportToRecording,
  WorkFolders,
} from '@streamvault/recording';
import { randomUUID } from 'node:crypto';
import { copyFile, mkdir, readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import {
  capture,
  HEIGHT,
  makeSource,
  type Source,
  temporaryFolder,
  type TemporaryFolder,
  WIDTH,
} from '../../libs/media/src/media.testing.js';
import { FakeTwitch, type FakeVideo } from '../fake-twitch/fake-twitch.js';

const begin = Date.UTC(2026, 10, 30, 20);
const at = (seconds: number): string => new Date(begin + seconds * 1000).toISOString();
const file = 'Evening show [1].mp4';
const gap = { from: at(6), to: at(12), seconds: 6, cause: { code: 'source.stalled', message: 'No bytes came.' } };
const settings = {
  ...DEFAULT_HLS_SETTINGS,
  allowedPrivateHosts: ['127.0.0.1'],
  segmentRetrySeconds: 0.1,
  retryMinSeconds: 0.05,
};

let media: Media;
let source: Source;
let kept: TemporaryFolder;
/** Twenty seconds without those from 6 to 12. */
let holed: { readonly path: string; readonly bytes: number; readonly durationSeconds: number };

beforeAll(async () => {
  media = createMedia(await locateTools());
  source = await makeSource(media.tools, { container: 'ts', seconds: 20 });
  kept = await temporaryFolder();
  const runs = [
    await capture(kept.path, 'ts', [['a.ts', source, 0, 3]]),
    await capture(kept.path, 'ts', [['b.ts', source, 6, 10]]),
  ];
  const path = join(kept.path, file);
  const [made] = await media.finalizeRuns({ runs, outputFor: () => path, workDirectory: join(kept.path, 'work') });
  holed = { path, bytes: made!.bytes, durationSeconds: made!.durationSeconds };
});
afterAll(() => kept.remove());

class House {
  readonly queue = new WorkQueue(1);
  readonly videos: VideoStreams;
  readonly recordings: RecordingStreams;
  readonly #store = new MemoryEventStore();
  readonly #registry = new EventRegistry([...recordingEvents, ...videoEvents]);

  constructor(
    private readonly root: string,
    private readonly twitch: FakeTwitch,
  ) {
    const handling = new CommandHandling({ store: this.#store, registry: this.#registry });
    this.videos = new VideoStreams(handling);
    this.recordings = new RecordingStreams(handling, defaultRecordingPolicy);
  }

  /** As after a start: nothing is remembered but the log and the files. */
  reaction(parts: Partial<Media> = {}): FillAGapWhenSomebodyAsks {
    const { gqlUrl, usherUrl } = { gqlUrl: `${this.twitch.base}/gql`, usherUrl: this.twitch.base };
    const connections = new Connections(settings);
    const twitch = new TwitchResolver({ gqlUrl, usherUrl, timeoutSeconds: 5 }, connections);
    const engine = new HlsCaptureEngine(settings, undefined, undefined, { connections });
    const sources = {
      resolveVideo: (id: string, _: unknown, signal: AbortSignal) => twitch.resolveVideo(id, undefined, signal),
    };
    const commands = {
      execute: ({ recordingId, report, metadata }: ReportToRecording) =>
        this.recordings.handle(recordingId, report, metadata),
    };
    const filler = new GapFiller(
      new GapDownload({ engine, sources, connections }),
      new WorkFolders(join(this.root, 'work')),
      new LibraryRoot(join(this.root, 'library'), () => Promise.resolve(true)),
      this.videos,
      commands as never,
      this.queue,
      new FileGuard(this.videos, this.queue),
      { ...media, ...parts },
    );
    const logger = { info: () => {}, warn: () => {}, error: () => {} };
    return new FillAGapWhenSomebodyAsks(filler, this.recordings, logger);
  }

  get video(): string {
    return join(this.root, 'library', file);
  }

  async published(): Promise<void> {
    await mkdir(join(this.root, 'library'));
    await mkdir(join(this.root, 'work'));
    await copyFile(holed.path, this.video);
    const { bytes, durationSeconds } = holed;
    const measured = { file, bytes, durationSeconds, width: WIDTH, height: HEIGHT, codecs: null };
    const timeline = [
      { startsAt: at(0), mediaSeconds: 0, durationSeconds: 6 },
      { startsAt: at(12), mediaSeconds: 6, durationSeconds: 8 },
    ];
    const titles = { title: 'Evening show', category: 'Chatting' };
    const streamer = { streamerId: 3, streamerName: 'somebody' };
    const deadline = at(10_000);
    await this.append('recording-1', [
      [
        'RecordingRequested',
        {
          recordingId: 1,
          ...streamer,
          source: { url: 'https://www.twitch.tv/somebody', platform: 'twitch' },
          quality: 'best',
          ads: 'skip',
          proxies: null,
          ...titles,
          trigger: { kind: 'user', by: 'api', reason: null },
          broadcastId: null,
          at: at(0),
          deadline,
        },
        4,
      ],
      ['CaptureStarting', { at: at(0), deadline }],
      ['CaptureStarted', { at: at(0) }],
      ['PartOpened', { at: at(0), number: 1, container: 'ts', reason: 'start' }, 2],
      ['GapRecorded', { ...gap, at: at(12) }],
      ['SourceEnded', { at: at(20), reason: 'endlist', deadline }],
      [
        'RecordingFinalized',
        {
          at: at(21),
          outputs: [{ ...measured, startedAt: at(0), timeline }],
          steps: [{ name: 'publish', dependsOn: [] }],
          deadline,
        },
        2,
      ],
      ['StepStarted', { at: at(22), name: 'publish', attempt: 1 }],
      ['StepSucceeded', { at: at(23), name: 'publish', attempt: 1, videoId: 5 }],
      ['RecordingCompleted', { at: at(24) }],
    ]);
    const facts = { recordingId: 1, outputNumber: 1, ...streamer, ...titles, recordedAt: at(0), ...measured };
    const rest = { thumbnailFile: 'Evening show [1].jpg', gaps: [gap], chapters: [], videoId: 5, at: at(23) };
    await this.append('video-5', [['VideoAdded', { ...facts, ...rest }, 2]]);
  }

  async append(stream: `${string}-${number}`, events: readonly [type: string, data: object, version?: number][]) {
    const metadata = { $correlationId: randomUUID(), $causationId: randomUUID(), actor: 'test' };
    for (const [type, data, version = 1] of events)
      await this.#store.append(stream, [{ id: randomUUID(), type, version, data: data as never, metadata }], 'any');
  }

  async request(): Promise<ReadEvent> {
    const command = {
      type: 'RequestGapFill',
      at: new Date().toISOString(),
      by: 'somebody',
      from: gap.from,
      source: { id: '77', url: 'https://www.twitch.tv/videos/77?t=0h0m6s', startsAt: at(0) },
    } as const;
    const metadata = {
      commandId: randomUUID(),
      correlationId: randomUUID(),
      causationId: randomUUID(),
      actor: 'somebody',
    };
    await this.recordings.handle(1, command, { ...metadata, now: command.at });
    for await (const event of this.#store.readStream('recording-1', { direction: 'backwards', limit: 1 }))
      return this.#registry.read<never>(event);
    throw new Error('It was not noted.');
  }

  async recording(): Promise<RecordingContext> {
    return (await this.recordings.current(1))!.context;
  }
}

/** Segments of four seconds: the gap begins and ends within one. */
const videoOf = (change: (index: number) => Partial<FakeVideo['segments'][number]> = () => ({})): FakeVideo => ({
  segments: [0, 2, 4, 6, 8].map((first, index) => ({
    bytes: Buffer.concat(source.segments.slice(first, first + 2).map(({ bytes }) => bytes)),
    seconds: 4,
    ...change(index),
  })),
});

const never = new AbortController().signal;
let folder: TemporaryFolder;
let twitch: FakeTwitch;
let house: House;

beforeEach(async () => {
  folder = await temporaryFolder();
  twitch = await FakeTwitch.start();
  house = new House(folder.path, twitch);
  await house.published();
});
afterEach(async () => {
  await twitch.close();
  await folder.remove();
});

const keeps = (content: FakeVideo | undefined) =>
  twitch.channels.set('somebody', {
    videos: content ? [{ id: '77', streamId: '9', startedAt: at(0), duration: '20s', content }] : [],
  });

describe('a gap that Twitch still has', () => {
  it('is filled with exactly its segments, also through two kills, and everything is renewed', async () => {
    keeps(videoOf((index) => ({ isMuted: index === 2 })));
    const request = await house.request();

    // Killed while the file is made: what was fetched is not fetched again.
    const dying = new AbortController();
    const killed = new Error('killed');
    const finalizeRuns: Media['finalizeRuns'] = () => {
      dying.abort(killed);
      throw killed;
    };
    await expect(house.reaction({ finalizeRuns }).handle(request, dying.signal)).rejects.toBe(killed);
    expect((await readFile(house.video)).length).toBe(holed.bytes);
    expect((await house.videos.peek(5))?.filling).toMatchObject({ from: gap.from });
    const segments = twitch.front.requests.filter(({ path }) => path.endsWith('.ts'));
    expect(segments.map(({ path, status }) => [path, status])).toEqual([
      ['1.ts', 200],
      ['2-muted.ts', 200],
    ]);

    // Killed again, after the exchange.
    const dyingLater = new AbortController();
    const makeStoryboard: Media['makeStoryboard'] = () => {
      dyingLater.abort(killed);
      throw killed;
    };
    await expect(house.reaction({ makeStoryboard }).handle(request, dyingLater.signal)).rejects.toBe(killed);

    await house.reaction().handle(request, never);
    expect(twitch.front.requests.filter(({ path }) => path.endsWith('.ts'))).toHaveLength(segments.length);

    const { durationSeconds, size, title } = {
      ...(await media.probe(house.video)),
      size: (await readFile(house.video)).length,
    };
    expect(durationSeconds).toBeCloseTo(20, 0);
    expect(title).toBeUndefined();
    expect(await media.decodeErrors(house.video)).toEqual([]);
    const video = await house.videos.peek(5);
    const filled = { by: 'somebody', url: 'https://www.twitch.tv/videos/77?t=0h0m6s' };
    expect(video).toMatchObject({ bytes: size, filling: null, gaps: [{ ...gap, filled }] });
    expect(video!.gaps[0]!.filled!.seconds).toBeCloseTo(6, 0);
    expect(video!.gaps[0]!.filled!.mutedSeconds).toBeGreaterThan(3);
    const { gapFills, gaps, outputs } = await house.recording();
    expect(gaps).toEqual([gap]);
    expect(gapFills).toMatchObject([{ state: 'filled' }]);
    expect(outputs[0]!.timeline.map(({ startsAt }) => startsAt)).toEqual([at(0), at(6), at(12)]);
    expect((await readdir(join(folder.path, 'library'))).toSorted()).toEqual([
      file,
      'Evening show [1].sha256',
      'Evening show [1].storyboard',
    ]);
    expect(await readdir(join(folder.path, 'work'))).toEqual([]);

    // The event comes a second time, as after a crash before its place was noted.
    await house.reaction().handle(request, never);
    expect((await readFile(house.video)).length).toBe(size);
  });

  it.each<[string, () => void, string]>([
    ['has expired', () => keeps(undefined), 'source.not-found'],
    [
      'is for subscribers',
      () => keeps({ ...videoOf(), usher: { status: 403, body: [{ error_code: 'vod_manifest_restricted' }] } }),
      'source.subscribers-only',
    ],
    [
      'lost a segment of the span',
      () => keeps(videoOf((index) => (index === 2 ? { status: 404 } : {}))),
      'source.not-found',
    ],
    ['refuses them all', () => keeps(videoOf(() => ({ status: 403 }))), 'source.forbidden'],
    ['is shorter than it says', () => keeps({ segments: videoOf().segments.slice(0, 1) }), 'gap-fill.nothing'],
    ['sends something else', () => keeps(videoOf(() => ({ bytes: Buffer.from('<html>Sorry</html>') }))), ''],
    [
      'is not understood',
      () => void (twitch.saysInstead = { status: 200, body: { data: {} } }),
      'source.query-changed',
    ],
  ])('leaves the video as it is where the video there %s', async (_, prepare, code) => {
    prepare();
    await house.reaction().handle(await house.request(), never);
    const { gapFills } = await house.recording();
    expect(gapFills).toMatchObject([{ state: 'failed', cause: { code: code || expect.any(String) } }]);
    expect(gapFills[0]!.cause!.message.length).toBeGreaterThan(20);
    expect((await readFile(house.video)).equals(await readFile(holed.path))).toBe(true);
    expect((await house.videos.peek(5))?.filling).toBeNull();
    expect(await readdir(join(folder.path, 'work'))).toEqual([]);
    // It can be asked for again.
    await house.request();
  });

  it('is left where the video went to the bin in between', async () => {
    keeps(videoOf());
    const request = await house.request();
    await house.append('video-5', [
      ['VideoBinned', { videoId: 5, by: 'somebody', at: at(100), rule: null, bytes: 1, purgeAfter: at(1e6) }],
    ]);
    await house.reaction().handle(request, never);
    expect((await house.recording()).gapFills).toMatchObject([
      { state: 'failed', cause: { code: 'gap-fill.file-busy' } },
    ]);
    expect(twitch.front.requests).toEqual([]);
  });
});
