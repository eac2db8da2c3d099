import { beforeEach, expect, it } from '@jest/globals';
import { MemoryEventStore } from '@streamvault/event-store';
import { CommandHandling, EventRegistry, type ReadEvent } from '@streamvault/kernel';
import { VideoStreams } from '@streamvault/library';
import { videoEvents } from '@streamvault/library/events';
import { defaultRecordingPolicy, recordingEvents, RecordingStreams } from '@streamvault/recording';
import { streamersContext, StreamerStreams } from '@streamvault/streamers';
import { DeliveryStreams } from '../delivery-streams.js';
import { deliveryEvents, noticeCategory, type DeliveryEvent } from '../domain/delivery-events.js';
import { targetEvents } from '../domain/target-events.js';
import { TargetStreams } from '../target-streams.js';
import type { OpenDeliveryRows } from '../sending/open-deliveries.js';
import { QueueNoticesWhenSomethingHappens } from './queue-notices-when-something-happens.js';

const facts = {
  recordingId: 7,
  outputNumber: 1,
  streamerId: 3,
  streamerName: 'Ada',
  title: 'Evening show',
  category: null,
  recordedAt: '2026-11-30T12:00:00.000Z',
  durationSeconds: 60,
  bytes: 100,
  width: null,
  height: null,
  codecs: null,
  file: 'Ada/show.mp4',
  thumbnailFile: 'Ada/show.jpg',
  gaps: [],
  chapters: [],
};

const registry = new EventRegistry([
  ...targetEvents,
  ...deliveryEvents,
  ...videoEvents,
  ...recordingEvents,
  ...(streamersContext.events ?? []),
]);
let store: MemoryEventStore;
let handling: CommandHandling;
let targets: TargetStreams;
let videos: VideoStreams;
let reaction: QueueNoticesWhenSomethingHappens;
let commands = 0;

const metadata = (now: string) => ({
  commandId: `command-${++commands}`,
  correlationId: 'request',
  causationId: 'request',
  actor: 'ada',
  now,
});

beforeEach(() => {
  store = new MemoryEventStore();
  handling = new CommandHandling({ store, registry });
  targets = new TargetStreams(handling);
  videos = new VideoStreams(handling);
  reaction = new QueueNoticesWhenSomethingHappens(
    new RecordingStreams(handling, defaultRecordingPolicy),
    videos,
    new StreamerStreams(handling),
    targets,
    new DeliveryStreams(handling),
    { all: () => Promise.resolve([]) } as unknown as OpenDeliveryRows,
    { publicUrl: 'https://vault.example/' },
  );
});

async function addTarget(targetId: number, more: { kinds?: string[]; streamerIds?: number[]; enabled?: boolean } = {}) {
  const at = new Date().toISOString();
  const { kinds = null, streamerIds = null, enabled = true } = more;
  const target = { targetId, name: 'T', settings: { kind: 'discord' }, origin: 'https://d.example' } as const;
  await targets.handle(
    {
      type: 'AddTarget',
      targetId,
      by: 'ada',
      at,
      facts: { ...target, kinds, streamerIds, quiet: null, digestAt: null, templates: {}, enabled },
    },
    metadata(at),
  );
}

async function binned(at: string): Promise<ReadEvent> {
  await videos.handle({ type: 'AddVideo', videoId: 5, facts, at }, metadata(at));
  await videos.handle(
    { type: 'BinVideo', videoId: 5, by: 'ada', at, rule: null, bytes: 100, purgeAfter: at, evenProtected: false },
    metadata(at),
  );
  return (await all()).findLast(({ type }) => type === 'VideoBinned')!;
}

async function all(): Promise<ReadEvent[]> {
  const events: ReadEvent[] = [];
  for await (const event of store.readAll()) events.push(registry.read(event));
  return events;
}

const queued = async () =>
  (await all()).filter(({ stream }) => stream.startsWith(`${noticeCategory}-`)) as ReadEvent<DeliveryEvent>[];

it('queues one notice per target that wants it, however often it is handled', async () => {
  await addTarget(1);
  await addTarget(2, { kinds: ['video.binned'], streamerIds: [3] });
  await addTarget(3, { kinds: ['recording.failed'] });
  await addTarget(4, { streamerIds: [4] });
  await addTarget(5, { enabled: false });
  const event = await binned(new Date().toISOString());
  await reaction.handle(event);
  await reaction.handle(event);
  const notices = await queued();
  expect(notices.map(({ data }) => 'targetId' in data && data.targetId)).toEqual([1, 2]);
  expect(notices[0]).toMatchObject({
    type: 'NoticeQueued',
    metadata: { $causationId: event.id, $correlationId: 'request' },
    data: {
      sourceEventId: event.id,
      notice: { title: 'In the bin: Evening show', videoId: 5, link: 'https://vault.example/videos/5' },
    },
  });
});

it('sends about a streamer what its settings say, else what those for all say', async () => {
  await addTarget(1);
  const at = new Date().toISOString();
  const kinds = async () => (await queued()).map(({ data }) => 'notice' in data && data.notice.kind);
  const streamers = new StreamerStreams(handling);
  await streamers.changeDefaults({ at, changes: { notices: ['recording.failed'] } }, metadata(at));
  const event = await binned(at);
  await reaction.handle(event);
  expect(await kinds()).toEqual([]);
  const own = { autoRecord: null, quality: null, ads: null, proxies: null, patienceSeconds: null, reruns: null };
  const more = { stopAfterChangeSeconds: null, nameTemplate: null, notices: ['video.binned'] };
  const facts = { name: 'Ada', url: 'https://live.example/ada', platform: 'hls', ...own, ...more } as const;
  await streamers.handle({ type: 'AddStreamer', at, streamerId: 3, facts }, metadata(at));
  await reaction.handle(event);
  expect(await kinds()).toEqual(['video.binned']);
});

it('queues nothing old, as after a restore', async () => {
  await addTarget(1);
  await reaction.handle(await binned('2026-01-01T12:00:00.000Z'));
  expect(await queued()).toEqual([]);
});

it('reports that a streamer is live, using only the needed fields of the event', async () => {
  await addTarget(1);
  const at = new Date().toISOString();
  const event = {
    ...(await binned(at)),
    id: 'e',
    type: 'BroadcastStarted',
    stream: 'broadcast-9',
    data: { broadcastId: 9, streamerId: 3, at, title: 'Evening show', category: 'Art', tags: null },
  } as ReadEvent;
  await reaction.handle(event);
  expect((await queued())[0]?.data).toMatchObject({
    notice: { kind: 'streamer.live', title: 'Streamer 3 is live', text: 'Evening show\nArt' },
  });
});

const recordingEvent = (type: string, id: string, data: object) =>
  ({ id, type, stream: 'recording-7', data, metadata: { $correlationId: 'c' } }) as unknown as ReadEvent;

/** Recording 7 of Ada, who is recorded automatically. */
function ofAda(): QueueNoticesWhenSomethingHappens {
  const recordings = {
    current: () => Promise.resolve({ context: { streamerId: 3, streamerName: 'Ada', title: 'Evening show' } }),
  } as unknown as RecordingStreams;
  const streamers = {
    find: () => Promise.resolve({ name: 'Ada', autoRecord: true, notices: null }),
  } as unknown as StreamerStreams;
  const open = { all: () => Promise.resolve([]) } as unknown as OpenDeliveryRows;
  const deliveries = new DeliveryStreams(handling);
  return new QueueNoticesWhenSomethingHappens(recordings, videos, streamers, targets, deliveries, open, {
    publicUrl: undefined,
  });
}
const became = async () =>
  (await queued()).map(({ type, data }) => [type, 'notice' in data ? data.notice.title : data]);

it('reports that a streamer is live and recorded as one, however often it is handled', async () => {
  await addTarget(1);
  const at = new Date().toISOString();
  const data = { broadcastId: 9, streamerId: 3, at, title: 'Evening show', category: null, tags: null };
  const live = { ...recordingEvent('BroadcastStarted', 'live', data), stream: 'broadcast-9' } as ReadEvent;
  const reacts = ofAda();
  await reacts.handle(live);
  await reacts.handle(recordingEvent('CaptureStarted', 'started', { at }));
  expect(await became()).toEqual([
    ['NoticeQueued', 'Ada is live'],
    ['NoticeMerged', 'Ada is live and being recorded'],
  ]);
});

it('reports a recording by itself if the target does not want broadcasts', async () => {
  await addTarget(1, { kinds: ['recording.started'] });
  await ofAda().handle(recordingEvent('CaptureStarted', 'started', { at: new Date().toISOString() }));
  expect(await became()).toEqual([['NoticeQueued', 'Ada is being recorded']]);
});

it('reports neither a flap, nor an interruption that is over', async () => {
  await addTarget(1);
  const at = new Date().toISOString();
  const interrupted = (id: string, code: string) =>
    recordingEvent('CaptureInterrupted', id, { at, cause: { code, message: 'Gone.' }, deadline: at });
  const reacts = ofAda();
  await reacts.handle(interrupted('flap', 'source.ended'));
  expect(await queued()).toEqual([]);
  await reacts.handle(interrupted('broken', 'network.reset'));
  await reacts.handle(recordingEvent('CaptureResumed', 'resumed', { at }));
  expect(await became()).toMatchObject([
    ['NoticeQueued', 'The recording of Ada was interrupted'],
    ['NoticeDead', { reason: 'superseded' }],
  ]);
});
