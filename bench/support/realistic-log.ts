import { type CommandMetadata, EventRegistry, kernelEvents } from '@streamvault/kernel';
import { type NewEvent, SqliteEventStore, type StreamName } from '@streamvault/event-store';
import { videoEvents } from '@streamvault/library';
import { type Output, recordingEvents, type RecordingEvent, recordingStream } from '@streamvault/recording';
import { streamerEvents } from '@streamvault/streamers';
import { hash, randomUUID } from 'node:crypto';

export interface RealisticLog {
  readonly events: number;
  readonly recordings: number;
  readonly streamers: number;
}

interface Channel {
  readonly id: number;
  readonly name: string;
  readonly url: string;
}

interface Writer {
  readonly store: SqliteEventStore;
  readonly registry: EventRegistry;
}

const channels = 40;
/** One in this many recordings has a network break. */
const breaks = 5;
const day = 24 * 3600;

const cause = { code: 'capture.unreachable', message: 'The source cannot be reached: the connection was refused.' };
const variant = { name: '720p', width: 1280, height: 720, codecs: 'avc1.64001f,mp4a.40.2', bandwidth: 4_160_000 };

/**
 * What months of recording leave in the log: streamers that are live once a day at the same hours, each broadcast with
 * its numbers, claims, recording and video, appended command by command as the server does. There is no media.
 */
export async function writeRealisticLog(path: string, atLeast: number): Promise<RealisticLog> {
  const registry = new EventRegistry([...kernelEvents, ...streamerEvents, ...recordingEvents, ...videoEvents]);
  const store = await SqliteEventStore.open(path);
  const writer = { store, registry };
  const all: Channel[] = [];
  for (let id = 1; id <= channels; id += 1) all.push(await addChannel(writer));
  // About twenty events each: enough days for all of them, the last of them yesterday.
  const days = Math.ceil(atLeast / (20 * channels));
  const firstDay = Date.now() - (days + 1) * day * 1000;
  let recordings = 0;
  for (let index = 0; Number((await store.headPosition()) ?? 0n) < atLeast; index += 1) {
    const startsAt = firstDay + index * day * 1000;
    const isBroken = (channel: Channel) => (channel.id + index) % breaks === 0;
    await Promise.all(all.map((channel) => record(writer, channel, startsAt + channel.id * 60_000, isBroken(channel))));
    recordings += channels;
  }
  const events = Number((await store.headPosition()) ?? 0n);
  await store.close();
  return { events, recordings, streamers: channels };
}

async function addChannel(writer: Writer): Promise<Channel> {
  const command = commandAt(new Date().toISOString(), 'api');
  const id = await allocate(writer, 'streamer', command);
  const url = `https://live.example/channels/${id}/index.m3u8`;
  const name = `Channel ${id}`;
  const at = command.now;
  const claim = { type: 'Claimed', data: { owner: id, claimedAt: at } } as const;
  const data = {
    streamerId: id,
    name,
    url,
    platform: 'hls',
    autoRecord: false,
    quality: 'best',
    ads: 'skip',
    proxies: null,
    patienceSeconds: null,
    reruns: null,
    stopAfterChangeSeconds: null,
    nameTemplate: null,
    notices: null,
    at,
  };
  await append(writer, `source-${hash('sha256', url)}`, command, [claim]);
  await append(writer, `streamer-${id}`, command, [{ type: 'StreamerAdded', data }]);
  return { id, name, url };
}

async function record(writer: Writer, channel: Channel, startsAt: number, isBroken: boolean): Promise<void> {
  const at = (seconds: number) => new Date(startsAt + seconds * 1000).toISOString();
  const begin = commandAt(at(0), 'api');
  const recordingId = await allocate(writer, 'recording', begin);
  const claim = { type: 'Claimed', data: { owner: recordingId, claimedAt: at(0) } } as const;
  await append(writer, `activerecording-${channel.id}`, begin, [claim]);
  const tell = (seconds: number, events: readonly RecordingEvent[], actor = 'recorder') =>
    append(writer, recordingStream(recordingId), { ...commandAt(at(seconds), actor, begin.correlationId) }, events);

  const lasts = 3600 + (recordingId % 120) * 60;
  const [bytes, segments, durationSeconds] = [lasts * 500_000, lasts / 2, lasts];
  const request = {
    recordingId,
    streamerId: channel.id,
    streamerName: channel.name,
    source: { url: channel.url, platform: 'hls' },
    quality: 'best',
    ads: 'skip' as const,
    proxies: null,
    title: null,
    category: null,
    trigger: { kind: 'user' as const, by: 'bench', reason: null },
    broadcastId: null,
  };
  await append(writer, recordingStream(recordingId), begin, [
    { type: 'RecordingRequested', data: { ...request, at: at(0), deadline: at(60) } },
  ]);
  await tell(1, [{ type: 'CaptureStarting', data: { at: at(1), deadline: at(61) } }]);
  await tell(1, [{ type: 'SourceOpened', data: { at: at(1), variant, targetDurationSeconds: 2, again: null } }]);
  await tell(2, [
    { type: 'CaptureStarted', data: { at: at(2) } },
    { type: 'PartOpened', data: { at: at(2), number: 1, container: 'ts', reason: 'start' } },
  ]);
  if (isBroken) {
    const seconds = 12;
    await tell(900, [{ type: 'CaptureInterrupted', data: { at: at(900), cause, deadline: at(1080) } }]);
    await tell(915, [
      { type: 'GapRecorded', data: { from: at(900), to: at(912), seconds, cause, at: at(915) } },
      { type: 'CaptureResumed', data: { at: at(915) } },
    ]);
  }
  const end = 2 + lasts;
  const part = { bytes, segments, durationSeconds };
  await tell(end, [{ type: 'SourceEnded', data: { at: at(end), reason: 'endlist', deadline: at(end + day / 2) } }]);
  await tell(end, [{ type: 'PartClosed', data: { at: at(end), number: 1, ...part } }]);
  const capturedRatio = isBroken ? lasts / (lasts + 12) : 1;
  await tell(end, [{ type: 'CaptureEnded', data: { at: at(end), ...part, capturedRatio, adSeconds: 0, retries: 0 } }]);
  const file = `${channel.name}/${at(0).slice(0, 19).replaceAll(':', '-')} [${recordingId}].mp4`;
  const { width, height, codecs } = variant;
  const timeline = [{ startsAt: at(2), mediaSeconds: 0, durationSeconds }];
  const output: Output = { file, bytes, durationSeconds, width, height, codecs, startedAt: at(2), timeline };
  const steps = ['publish', 'thumbnail'].map((name) => ({ name, dependsOn: [] }));
  const done = end + 20;
  await tell(done, [
    { type: 'RecordingFinalized', data: { at: at(done), outputs: [output], steps, deadline: at(done + 7200) } },
  ]);
  await tell(done, [{ type: 'StepStarted', data: { at: at(done), name: 'publish', attempt: 1 } }]);
  const publishing = commandAt(at(done), 'recorder', begin.correlationId);
  const videoId = await addVideo(writer, recordingId, channel, output, publishing);
  await tell(done, [{ type: 'StepSucceeded', data: { at: at(done), name: 'publish', attempt: 1, videoId } }]);
  await tell(done, [{ type: 'StepStarted', data: { at: at(done), name: 'thumbnail', attempt: 1 } }]);
  await tell(done + 1, [
    { type: 'StepSucceeded', data: { at: at(done + 1), name: 'thumbnail', attempt: 1, videoId: null } },
    { type: 'RecordingCompleted', data: { at: at(done + 1) } },
  ]);
  await tell(done + 600, [{ type: 'PartsDiscarded', data: { at: at(done + 600), bytes } }], 'scheduler');
}

async function addVideo(
  writer: Writer,
  recordingId: number,
  channel: Channel,
  { startedAt, file, timeline: _timeline, ...facts }: Output,
  command: CommandMetadata,
): Promise<number> {
  const videoId = await allocate(writer, 'video', command);
  const claim = { type: 'Claimed', data: { owner: videoId, claimedAt: command.now } } as const;
  await append(writer, `videoof-${recordingId}.1`, command, [claim]);
  const data = {
    videoId,
    recordingId,
    outputNumber: 1,
    streamerId: channel.id,
    streamerName: channel.name,
    title: `${channel.name}, ${command.now.slice(0, 10)}`,
    category: null,
    recordedAt: startedAt ?? command.now,
    ...facts,
    file,
    thumbnailFile: file.replace(/mp4$/, 'jpg'),
    chapters: [],
    gaps: [],
    at: command.now,
  };
  await append(writer, `video-${videoId}`, command, [{ type: 'VideoAdded', data }]);
  return videoId;
}

async function allocate(writer: Writer, kind: string, command: CommandMetadata): Promise<number> {
  const revision = await append(writer, `sequence-${kind}`, command, [{ type: 'IdAllocated', data: { kind } }]);
  return Number(revision) + 1;
}

async function append(
  { store, registry }: Writer,
  stream: StreamName,
  command: CommandMetadata,
  events: Parameters<EventRegistry['toNewEvents']>[0],
): Promise<bigint> {
  const [first, ...rest]: NewEvent[] = registry.toNewEvents(events, command, stream);
  if (!first) throw new Error('There is nothing to append.');
  return (await store.append(stream, [first, ...rest], 'any')).revision;
}

function commandAt(now: string, actor: string, correlationId: string = randomUUID()): CommandMetadata {
  return { commandId: randomUUID(), correlationId, causationId: randomUUID(), actor, now };
}
