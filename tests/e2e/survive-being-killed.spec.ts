import { readdir, rename, rm } from 'node:fs/promises';
import path from 'node:path';
import { expect, it } from '@jest/globals';
import { openEventStore } from '@streamvault/event-store';
import type { LiveOrigin, LiveOriginOptions } from '../live-origin/live-origin.js';
import { HeldFfmpeg } from './support/held-ffmpeg.js';
import { decodedHashes, media, publishedSegments, sourceFile, storedSegments } from './support/media.js';
import { administrator } from './support/signed-in.js';
import { nothingHalfMade } from './support/stored.js';
import type { StreamVault } from './support/stream-vault.js';
import { until } from './support/until.js';
import { inWorld, type World } from './support/world.js';

/** A window long enough to be killed and started again in. */
const broadcast: LiveOriginOptions = { pace: 1, window: 30, initial: 6, kept: 1000 };

interface Taken {
  readonly origin: LiveOrigin;
  readonly streamerId: number;
  readonly recordingId: number;
}

async function startRecording(world: World, server: StreamVault, options: LiveOriginOptions = {}): Promise<Taken> {
  const origin = await world.origin({ ...broadcast, ...options });
  const { id: streamerId } = await server.api.addStreamer({ url: origin.url, name: 'Survivor' });
  const { recordingId } = await server.api.start(streamerId);
  return { origin, streamerId, recordingId };
}

/** Settles when the ledger on disk has this many segments. */
const captured = (server: StreamVault, recordingId: number, segments: number) =>
  until(`${segments} segments stood in the ledger`, async () => {
    const { totals } = await server.ledger(recordingId);
    return totals.segments >= segments && totals.segments;
  });

/** Whatever happened: one recording, one video, every segment once, nothing left over. */
async function expectNothingLost(
  world: World,
  server: StreamVault,
  { origin, recordingId }: Taken,
  { isSeen = false } = {},
): Promise<void> {
  const { api } = server;
  const finished = await api.reaches(recordingId, 'completed', 60);
  expect((await api.recordings()).items.map(({ id }) => id)).toEqual([recordingId]);
  expect(finished).toMatchObject({ gaps: [], capturedRatio: 1, failure: null });

  const ledger = await server.ledger(recordingId);
  const stored = await storedSegments(server.workFolder(recordingId), ledger);
  const [first, last] = [stored[0]!.mediaSequence, stored.at(-1)!.mediaSequence];
  expect(stored).toEqual(publishedSegments(origin, first, last));
  expect(first).toBe(0);
  expect(ledger.gaps).toEqual([]);
  expect(finished).toMatchObject({ bytes: ledger.totals.bytes, durationSeconds: ledger.totals.durationSeconds });
  expect(finished.parts.map(({ number }) => number)).toEqual(ledger.parts.map(({ number }) => number));

  const { items: videos } = await api.videos();
  expect(videos).toMatchObject([{ id: finished.videoId, recordingId, gaps: [] }]);
  const files = await readdir(server.recordingsDirectory, { recursive: true });
  const mp4 = files.filter((name) => name.endsWith('.mp4'));
  expect(mp4).toHaveLength(1);
  const file = path.join(server.recordingsDirectory, mp4[0]!);
  const { decodeErrors, probe } = await media();
  expect(await decodeErrors(file)).toEqual([]);
  expect((await probe(file, { countPackets: true })).video!.packets).toBe(stored.length * 30);
  // What is stored is the source's own bytes, and every frame of them is in the video; one test of each container looks
  // at the frames themselves.
  if (isSeen)
    expect(await decodedHashes(file)).toEqual(
      await decodedHashes(await sourceFile(origin, first, last, await world.directory())),
    );
  expect((await api.request('GET', videos[0]!.thumbnailUrl)).status).toBe(200);

  await nothingHalfMade(server);
  const work = await readdir(server.workFolder(recordingId), { recursive: true });
  expect(work.filter((name) => !/^(ledger\.jsonl|part-\d+\.(ts|mp4)|finalize)$/.test(name))).toEqual([]);
  await expectOneVoice(server, recordingId);
}

/** Each step and each transition that can happen only once did. */
async function expectOneVoice({ api }: StreamVault, recordingId: number): Promise<void> {
  const story = await api.story(recordingId);
  const count = (type: string) => story.filter((event) => event.type === type).length;
  for (const type of [
    'RecordingRequested',
    'CaptureStarted',
    'StopRequested',
    'CaptureEnded',
    'RecordingFinalized',
    'RecordingCompleted',
  ])
    expect([type, count(type)]).toEqual([type, 1]);
  const successes = story.filter(({ type }) => type === 'StepSucceeded').map(({ data }) => String(data['name']));
  expect(successes.toSorted((left, right) => left.localeCompare(right))).toEqual([
    'checksum',
    'publish',
    'sidecars',
    'storyboard',
    'thumbnail',
    'verify',
  ]);
  const parts = story.filter(({ type }) => type === 'PartOpened').map(({ data }) => data['number']);
  expect(parts).toEqual([...new Set(parts)]);
}

/** What an installation has that was made before there were accounts: its log has none, and all else is as it was. */
async function withoutAccounts({ dataDirectory }: StreamVault): Promise<void> {
  const file = (name: string) => path.join(dataDirectory, name);
  const log = await openEventStore(`sqlite:${file('events.db')}`);
  const earlier = await openEventStore(`sqlite:${file('earlier.db')}`);
  for await (const { id, type, version, data, metadata, stream } of log.readAll())
    if (!/^(accounts|sign_ins)-/.test(stream))
      await earlier.append(stream, [{ id, type, version, data, metadata }], 'any');
  await log.close();
  await earlier.close();
  for (const name of await readdir(dataDirectory)) if (/^(events|access)\.db/.test(name)) await rm(file(name));
  await rename(file('earlier.db'), file('events.db'));
}

/** Kills the server as soon as a step has begun, in it or right behind it. */
async function killedIn(server: StreamVault, recordingId: number, step: string, go = async () => {}): Promise<void> {
  await go();
  await until(`${step} began`, async () => {
    const story = await server.api.story(recordingId);
    return story.some(({ type, data }) => type === 'StepStarted' && data['name'] === step);
  });
  await server.kill();
}

// Of MPEG-TS the test below shows it.
it(
  'a capture of fmp4 that is killed continues as the same recording, without a gap',
  inWorld(async (world) => {
    const server = await world.server();
    const taken = await startRecording(world, server, { container: 'fmp4' });
    await captured(server, taken.recordingId, 8);
    await server.kill();
    await server.start();
    const resumed = await server.api.recordingThat(taken.recordingId, 'captures again', ({ state, parts }) => {
      return state === 'capturing' && parts.length === 2;
    });
    expect(resumed.parts.map(({ reason }) => reason)).toEqual(['start', 'restart']);
    await captured(server, taken.recordingId, (await server.ledger(taken.recordingId)).totals.segments + 2);
    await server.api.stop(taken.streamerId);
    await expectNothingLost(world, server, taken, { isSeen: true });
    const types = (await server.api.story(taken.recordingId)).map(({ type }) => type);
    expect(types.filter((type) => type === 'CaptureInterrupted' || type === 'CaptureResumed')).toEqual([
      'CaptureInterrupted',
      'CaptureResumed',
    ]);
  }),
);

it(
  'a capture that is killed three times, in the middle of segments, loses nothing',
  inWorld(async (world) => {
    const server = await world.server();
    const taken = await startRecording(world, server, { window: 60 });
    const { origin, recordingId } = taken;
    await captured(server, recordingId, 6);
    for (let kill = 0; kill < 3; kill += 1) {
      // Half of the segment after next arrives, and then nothing more.
      const next = origin.segments().length + 1;
      origin.faults.segments({ kind: 'stalled' }, [next], 1);
      const address = new RegExp(`/${String(next).padStart(5, '0')}\\.`);
      await until('the segment was asked for', () => origin.requests.some((asked) => address.test(asked)));
      await server.kill();
      await server.start();
      await server.api.recordingThat(recordingId, 'captures again', ({ parts, state }) => {
        return state === 'capturing' && parts.length === kill + 2;
      });
    }
    await server.api.stop(taken.streamerId);
    await expectNothingLost(world, server, taken, { isSeen: true });
  }),
);

it(
  'a server that is killed in every step, one after the other, finishes the video, runs each step again, and leaves no half of anything',
  inWorld(async (world) => {
    const ffmpeg = await HeldFfmpeg.make(await world.directory(), 'finalize', 'verify', 'thumbnail', 'storyboard');
    // So many that no step waits for another's place.
    const server = await world.server({ FFMPEG_PATH: ffmpeg.path, WORK_LIMIT: '4' });
    const taken = await startRecording(world, server);
    const { recordingId } = taken;
    await captured(server, recordingId, 6);
    await server.api.stop(taken.streamerId);

    // Join: the file is written, but has not its name yet.
    await ffmpeg.reached('finalize');
    const leftovers = await readdir(server.recordingsDirectory, { recursive: true });
    expect(leftovers.some((name) => name.endsWith('.partial'))).toBe(true);
    expect(leftovers.some((name) => name.endsWith('.mp4'))).toBe(false);
    await server.kill();
    await ffmpeg.release('finalize');
    await server.start();

    await ffmpeg.reached('verify');
    await server.kill();
    await ffmpeg.hold('verify');
    await server.start();
    await ffmpeg.reached('verify');
    await killedIn(server, recordingId, 'publish', () => ffmpeg.release('verify'));
    await server.start();

    await ffmpeg.reached('thumbnail');
    await ffmpeg.reached('storyboard');
    expect((await server.api.videos()).items).toHaveLength(1);
    await killedIn(server, recordingId, 'checksum');
    await ffmpeg.hold('thumbnail');
    await server.start();
    await ffmpeg.reached('thumbnail');
    await killedIn(server, recordingId, 'sidecars', () => ffmpeg.release('thumbnail'));
    await ffmpeg.release('storyboard');
    await server.start();
    await expectNothingLost(world, server, taken);
    const story = await server.api.story(recordingId);
    const attempts = story
      .filter(({ type }) => type === 'StepStarted')
      .map(({ data }) => `${String(data['name'])} ${String(data['attempt'])}`);
    for (const again of ['verify 2', 'thumbnail 2', 'storyboard 2']) expect(attempts).toContain(again);
  }),
);

it(
  'SIGTERM during a capture ends the server at once and cleanly, and it continues after an upgrade that waits for the first administrator',
  inWorld(async (world) => {
    const server = await world.server();
    const taken = await startRecording(world, server);
    await captured(server, taken.recordingId, 7);
    const { code, signal, seconds } = await server.stop();
    expect({ code, signal }).toEqual({ code: 0, signal: null });
    expect(seconds).toBeLessThan(5);
    // A clean stop closes the part; a kill could not.
    const { parts } = await server.ledger(taken.recordingId);
    expect(parts.map(({ closedAt }) => closedAt !== undefined)).toEqual([true]);
    await withoutAccounts(server);
    const upgraded = await world.installation({ DATA_DIR: server.dataDirectory, ADMIN_PASSWORD: '' });
    await upgraded.start();
    const { totals } = await upgraded.ledger(taken.recordingId);
    await captured(upgraded, taken.recordingId, totals.segments + 2);
    const refused = await fetch(`${upgraded.address}/api/recordings`);
    expect([refused.status, await refused.json()]).toEqual([503, expect.objectContaining({ code: 'setup.required' })]);
    const setUp = await fetch(`${upgraded.address}/api/setup`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify(administrator),
    });
    expect(setUp.status).toBe(201);
    await upgraded.api.recordingThat(taken.recordingId, 'captures again', ({ parts }) => parts.length === 2);
    await upgraded.api.stop(taken.streamerId);
    await expectNothingLost(world, upgraded, taken);
  }),
);

it(
  'a kill as soon as a stop was requested, and SIGTERM while the video is written, which does not wait for it: the video is finished after the next start',
  inWorld(async (world) => {
    const ffmpeg = await HeldFfmpeg.make(await world.directory(), 'finalize');
    const server = await world.server({ FFMPEG_PATH: ffmpeg.path });
    const taken = await startRecording(world, server);
    const { recordingId } = taken;
    const feed = await server.follow();
    await captured(server, recordingId, 6);
    const stopping = server.api.stop(taken.streamerId).catch(() => undefined);
    await feed.event('StopRequested');
    await server.kill();
    await stopping;
    await server.start();

    await ffmpeg.reached('finalize');
    const writing = await server.stop();
    expect(writing).toMatchObject({ code: 0, signal: null });
    expect(writing.seconds).toBeLessThan(5);
    await ffmpeg.release('finalize');
    await server.start();
    await expectNothingLost(world, server, taken);
  }),
);

it(
  'a server that was away for longer than the window says what is missing',
  inWorld(async (world) => {
    const server = await world.server();
    const taken = await startRecording(world, server, { pace: 'manual', window: 6, initial: 6 });
    const { origin, recordingId, streamerId } = taken;
    await captured(server, recordingId, 6);
    await server.kill();
    origin.advance(20);
    await server.start();
    await server.api.recordingThat(recordingId, 'captures again', ({ parts }) => parts.length === 2);
    await captured(server, recordingId, 12);
    await server.api.stop(streamerId);
    const { gaps, capturedRatio } = await server.api.reaches(recordingId, 'completed');
    expect(gaps).toHaveLength(1);
    expect(gaps[0]!.seconds).toBeCloseTo(14, 1);
    expect(gaps[0]!.cause.message).not.toBe('');
    expect(gaps[0]!.from).toBe(new Date(origin.segments()[6]!.programDateTimeMs).toISOString());
    expect(capturedRatio).toBeCloseTo(12 / 26, 3);
    const stored = await storedSegments(server.workFolder(recordingId), await server.ledger(recordingId));
    expect(stored).toEqual([...publishedSegments(origin, 0, 5), ...publishedSegments(origin, 20, 25)]);
  }),
);
