import type { StreamerStreams } from '@streamvault/streamers';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { CommandBus, QueryBus } from '@nestjs/cqrs';
import { MemoryEventStore, type StreamName } from '@streamvault/event-store';
import { Claims, CommandHandling, EventRegistry, IdSequence, restoredOf } from '@streamvault/kernel';
import type { Media } from '@streamvault/media';
import { foldRecording, LibraryRoot, recordingEvents } from '@streamvault/recording';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { libraryEvents } from '../choices/library-choices.js';
import { LibraryStream } from '../choices/library-stream.js';
import { videoEvents } from '../domain/video-events.js';
import { Episodes } from '../naming/episodes.js';
import { LibraryNames } from '../naming/library-names.js';
import { type InfoFile, infoText, readInfo } from '../sidecars/info-file.js';
import { VideoStreams } from '../video-streams.js';
import { pastOf } from './past-of-video.js';
import { VideoRestorer } from './video-restorer.js';

const noStreamers = { find: () => Promise.resolve(undefined) } as unknown as StreamerStreams;

const t0 = '2026-11-22T12:00:00.000Z';
const after = (seconds: number): string => new Date(Date.parse(t0) + seconds * 1000).toISOString();
const sampleOutput = {
  file: 'Somebody/a.mp4',
  bytes: 1000,
  durationSeconds: 10,
  width: 640,
  height: 360,
  codecs: 'avc1.64001f,mp4a.40.2',
  startedAt: t0,
  timeline: [{ startsAt: t0, mediaSeconds: 0, durationSeconds: 10 }],
};
const request = {
  recordingId: 7,
  streamerId: 3,
  streamerName: 'Somebody',
  source: { url: 'https://example.org/live.m3u8', platform: 'hls' },
  quality: 'best',
  ads: 'skip',
  proxies: null,
  title: null,
  category: null,
  trigger: { kind: 'user', by: 'api', reason: null },
  broadcastId: 12,
  at: t0,
  deadline: after(60),
};
const recorded: readonly (readonly [string, object])[] = [
  ['RecordingRequested', request],
  ['CaptureStarting', { at: t0, deadline: after(60) }],
  ['CaptureStarted', { at: t0 }],
  ['PartOpened', { at: t0, number: 1, container: 'ts', reason: 'start' }],
  ['GapRecorded', { from: after(4), to: after(6), seconds: 2, cause: { code: 'x', message: 'lost' }, at: after(6) }],
  ['PartClosed', { at: after(10), number: 1, bytes: 1000, segments: 5, durationSeconds: 10 }],
  ['StopRequested', { at: after(10), by: 'api', cause: null, deadline: after(600) }],
  [
    'CaptureEnded',
    { at: after(11), bytes: 1000, segments: 5, durationSeconds: 10, capturedRatio: 0.8, adSeconds: 0, retries: 0 },
  ],
  [
    'RecordingFinalized',
    { at: after(12), outputs: [sampleOutput], steps: [{ name: 'publish', dependsOn: [] }], deadline: after(600) },
  ],
];
const file = 'Somebody/a.mp4';
const versions = new EventRegistry([...recordingEvents, ...videoEvents, ...libraryEvents]);
let ids = 0;
const kept = (type: string, data: object) => ({
  id: `00000000-0000-4000-8000-${String((ids += 1)).padStart(12, '0')}`,
  type,
  version: versions.definition(type)?.version ?? 1,
  data: structuredClone(data) as never,
  metadata: { $correlationId: 'c', $causationId: 'c', actor: 'recorder' },
  recordedAt: t0,
});
const added = {
  ...sampleOutput,
  videoId: 5,
  recordingId: 7,
  outputNumber: 1,
  streamerId: 3,
  streamerName: 'Somebody',
  title: 'Evening show',
  category: null,
  recordedAt: t0,
  file,
  thumbnailFile: 'Somebody/a.jpg',
  gaps: [{ from: t0, to: t0, seconds: 2, cause: { code: 'x', message: 'lost' } }],
  chapters: [{ startSeconds: 0, endSeconds: 10, title: 'Evening show', category: null }],
  at: t0,
};
const { startedAt: _startedAt, timeline: _timeline, ...addedFacts } = added;
function infoFile(): InfoFile {
  return {
    format: 'streamvault-video',
    formatVersion: 1,
    streamer: { id: 3, name: 'Somebody', url: 'https://example.org/live.m3u8', platform: 'hls' },
    episode: { season: 2026, episode: 112_202, numberOfDay: 2 },
    recording: {
      id: 7,
      events: recorded.map(([type, data]) => kept(type, data)),
    },
    video: {
      id: 5,
      events: [
        kept('VideoAdded', addedFacts),
        kept('VideoRenamed', { videoId: 5, by: 'user:1', at: t0, title: 'Renamed' }),
      ],
    },
  };
}

describe('a video that comes back', () => {
  let root: string;
  let store: MemoryEventStore;
  let streams: VideoStreams;
  let restorer: VideoRestorer;
  const choice = {
    streamers: [{ id: 9, name: 'Somebody' }],
    isDryRun: false,
    metadata: {
      commandId: '00000000-0000-4000-8000-0000000000aa',
      correlationId: 'c',
      causationId: 'c',
      actor: 'ada',
      now: t0,
    },
  };
  const found = { file, bytes: 1000, changedAt: 0 };
  const read = async (stream: StreamName) => {
    const events = [];
    for await (const event of store.readStream(stream)) events.push(event);
    return events;
  };

  beforeEach(async () => {
    root = await mkdtemp(join(tmpdir(), 'sv-restore-'));
    await mkdir(join(root, 'Somebody'));
    await writeFile(join(root, file), Buffer.alloc(1000, 1));
    store = new MemoryEventStore();
    const handling = new CommandHandling({ store, registry: versions });
    streams = new VideoStreams(handling);
    const claims = new Claims(store);
    const libraryRoot = new LibraryRoot(root, () => Promise.resolve(true));
    const episodes = new Episodes(claims);
    const names = new LibraryNames(
      new LibraryStream(handling),
      episodes,
      libraryRoot,
      { timeZone: 'UTC' },
      noStreamers,
    );
    const nobody = { execute: () => Promise.resolve(null) } as unknown as QueryBus;
    restorer = new VideoRestorer(
      ...([store, versions, claims, new IdSequence(store), streams, episodes, names] as const),
      ...([{} as CommandBus, nobody, libraryRoot, {} as Media] as const),
    );
  });
  afterEach(() => rm(root, { recursive: true }));

  it('has its numbers, gaps, chapters and story again, as history', async () => {
    const info = infoFile();
    const outcome = await restorer.restore(found, info, choice);
    expect(outcome).toMatchObject({ kind: 'restored', videoId: 5, streamerId: 9 });
    expect((await streams.find(5)).state).toMatchObject({
      title: 'Renamed',
      recordingId: 7,
      streamerId: 9,
      gaps: addedFacts.gaps,
      chapters: addedFacts.chapters,
    });
    const story = await read('recording-7');
    expect(story.map(({ id, type }) => [id, type])).toEqual(info.recording?.events.map(({ id, type }) => [id, type]));
    expect(story.every(({ metadata }) => restoredOf(metadata)?.recordedAt === t0)).toBe(true);
    expect(foldRecording(story.map((event) => versions.read(event)))?.context).toMatchObject({
      recordingId: 7,
      streamerId: 9,
      broadcastId: null,
    });
    // Again, from wherever it lies.
    expect(await restorer.restore(found, info, choice)).toEqual({ kind: 'known', videoId: 5 });
  });

  it('gets other numbers where its own belong to others here, and the same in each run', async () => {
    const facts = { ...addedFacts, title: 'Of this log', file: 'b.mp4', thumbnailFile: 'b.jpg' };
    const { videoId: _videoId, at: _at, ...own } = facts;
    const metadata = { ...choice.metadata, commandId: '00000000-0000-4000-8000-0000000000bb' };
    await streams.handle({ type: 'AddVideo', videoId: 5, at: t0, facts: own }, metadata);
    const info = infoFile();
    const outcome = await restorer.restore(found, info, choice);
    if (outcome.kind !== 'restored') throw new Error(outcome.kind);
    expect(outcome.videoId).not.toBe(5);
    expect((await streams.find(outcome.videoId ?? 0)).state).toMatchObject({
      title: 'Renamed',
      videoId: outcome.videoId,
    });
    expect((await streams.find(5)).state.title).toBe('Of this log');
    expect(await restorer.restore(found, info, choice)).toEqual({ kind: 'known', videoId: outcome.videoId });
  });

  it('is where the file is now', async () => {
    await mkdir(join(root, 'moved'));
    await writeFile(join(root, 'moved/c.mp4'), Buffer.alloc(1000, 1));
    await restorer.restore({ ...found, file: 'moved/c.mp4' }, infoFile(), choice);
    expect((await streams.find(5)).state).toMatchObject({
      file: 'moved/c.mp4',
      thumbnailFile: 'moved/c.jpg',
      moving: null,
    });
  });

  const spoiled: readonly (readonly [string, (info: InfoFile) => void])[] = [
    [
      'leads out of the library',
      ({ video }) => Object.assign(video.events[0]?.data ?? {}, { file: '../../etc/passwd' }),
    ],
    [
      'leads out by its recording',
      ({ recording }) =>
        Object.assign(recording?.events.find(({ type }) => type === 'RecordingFinalized')?.data ?? {}, {
          outputs: [{ ...sampleOutput, file: '/etc/passwd' }],
        }),
    ],
    ['is of another video', ({ video }) => Object.assign(video, { id: 6 })],
    ['has events that are no video’s', ({ video }) => void video.events.push(kept('RecordingCompleted', { at: t0 }))],
    ['has an event of another shape', ({ video }) => void video.events.push(kept('VideoRenamed', { title: 3 }))],
    ['was never requested', ({ recording }) => void recording?.events.shift()],
  ];
  it.each(spoiled)('is refused where its past %s', (_, spoil) => {
    const info = structuredClone(infoFile());
    spoil(info);
    expect(() => pastOf(info, versions)).toThrow(expect.objectContaining({ code: 'import.info-file-damaged' }));
  });

  it('is read from the text that was written, and not from one that was cut off', () => {
    const { format: _format, formatVersion: _version, ...info } = infoFile();
    const text = infoText(info, { title: 't', channel: 'c', categories: [], timestamp: 0, duration: 1, chapters: [] });
    expect(readInfo(text)).toMatchObject({ kind: 'ours', info: { video: { id: 5 } } });
    expect(readInfo(text.slice(0, -50)).kind).toBe('damaged');
    expect(readInfo('{"title":"of yt-dlp"}').kind).toBe('other');
  });
});
