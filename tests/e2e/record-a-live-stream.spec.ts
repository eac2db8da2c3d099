import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { parsePlaylist, type Ledger } from '@streamvault/capture';
import type { LoggedEvent, Recording, Video } from '@streamvault/api-contract';
import type { LiveOrigin } from '../live-origin/live-origin.js';
import {
  decodedHashes,
  media,
  playbackErrors,
  publishedSegments,
  sha256,
  sourceFile,
  storedSegments,
} from './support/media.js';
import type { StreamVault } from './support/stream-vault.js';
import { until } from './support/until.js';
import { inThis, World } from './support/world.js';

const captureSeconds = 20;
const frameSeconds = 1 / 30;
const soundFrameSeconds = 1024 / 48_000;

interface Take {
  readonly origin: LiveOrigin;
  readonly streamerId: number;
  readonly recordingId: number;
  readonly correlationId: string;
  readonly stoppedAt: string;
  /** Seconds between the first and the last check of the recording while it ran. */
  readonly capturedFor: number;
  /** The playlist each time it was read during the recording. */
  readonly playlists: readonly string[];
  readonly finished: Recording;
  readonly story: readonly LoggedEvent[];
  readonly ledger: Ledger;
  readonly video: Video;
  readonly file: string;
}

/** Records in real time until at least 20 s have been captured, watching as it grows, then stops. */
async function record(world: World, server: StreamVault, container: 'ts' | 'fmp4'): Promise<Take> {
  const { api } = server;
  const origin = await world.origin({ container, pace: 1, window: 6, initial: 3, kept: 1000 });
  const { id: streamerId } = await api.addStreamer({ url: origin.url, name: `Live in ${container}` });
  const began = performance.now();
  const started = await api.request('POST', `/api/recording/start/${streamerId}`);
  const { recordingId } = started.json as { recordingId: number };
  const playlists: string[] = [];
  await api.recordingThat(recordingId, 'can be played', ({ playable }) => playable);
  await until(
    `${captureSeconds} s were captured`,
    async () => {
      playlists.push(await api.playlist(recordingId));
      const { durationSeconds } = await api.recording(recordingId);
      return durationSeconds >= captureSeconds && performance.now() - began >= captureSeconds * 1000;
    },
    { seconds: 2 * captureSeconds },
  );
  // It plays now, not only when it is over: from its beginning, for two seconds.
  expect(await playbackErrors(`${server.address}/api/recordings/${recordingId}/playlist.m3u8`, 2)).toEqual([]);
  const capturedFor = (performance.now() - began) / 1000;
  const stoppedAt = new Date().toISOString();
  const stopped = await api.stop(streamerId);
  expect(stopped).toEqual({ recordingId, streamerId, state: 'finalizing' });
  const finished = await api.reaches(recordingId, 'completed');
  const video = await api.video(finished.videoId ?? 0);
  return {
    origin,
    streamerId,
    recordingId,
    stoppedAt,
    capturedFor,
    playlists,
    finished,
    video,
    correlationId: started.headers.get('x-correlation-id') ?? '',
    story: await api.story(recordingId),
    ledger: await server.ledger(recordingId),
    file: path.join(server.recordingsDirectory, await fileOf(server, video)),
  };
}

/** Where the video is, according to the log. */
async function fileOf({ api }: StreamVault, { recordingId }: Video): Promise<string> {
  const finalized = (await api.story(recordingId!)).find(({ type }) => type === 'RecordingFinalized');
  const [output] = finalized!.data['outputs'] as [{ file: string }];
  return output.file;
}

const world = new World();
const containers = ['ts', 'fmp4'] as const;
const takes = new Map<string, Take>();
let server: StreamVault;
const showing = (test: () => Promise<void>) => () => inThis(world, test);

beforeAll(
  showing(async () => {
    server = await world.server();
    const recorded = await Promise.all(containers.map((container) => record(world, server, container)));
    for (const [index, container] of containers.entries()) takes.set(container, recorded[index]!);
  }),
);
afterAll(() => world.close());

describe.each(containers)('a live stream in %s, recorded in real time', (container) => {
  const take = () => takes.get(container)!;

  it('is playable while it grows', () => {
    const { playlists, finished } = take();
    const parsed = playlists.map((text) => parsePlaylist(text, `${server.address}/api/recordings/1/playlist.m3u8`));
    const lengths = parsed.map((playlist) => (playlist.kind === 'media' ? playlist.segments.length : 0));
    expect(lengths[0]).toBeGreaterThan(0);
    expect(lengths).toEqual(lengths.toSorted((left, right) => left - right));
    expect(new Set(lengths).size).toBeGreaterThan(10);
    for (const text of playlists) {
      expect(text).toContain('#EXT-X-PLAYLIST-TYPE:EVENT');
      expect(text).toContain('#EXT-X-PROGRAM-DATE-TIME:');
      expect(text).not.toContain('#EXT-X-ENDLIST');
    }
    // What was in it once stays in place.
    for (const [index, text] of playlists.slice(1).entries()) expect(text).toContain(playlists[index]!.trimEnd());
    expect(finished.state).toBe('completed');
  });

  it('took the time it says it took', () => {
    const { capturedFor, finished, ledger } = take();
    expect(capturedFor).toBeGreaterThanOrEqual(captureSeconds);
    expect(ledger.totals.durationSeconds).toBeGreaterThanOrEqual(captureSeconds);
    // From three segments before the start to the stop, and not a segment more.
    expect(ledger.totals.durationSeconds).toBeLessThan(capturedFor + 5);
    expect(finished.durationSeconds).toBeCloseTo(ledger.totals.durationSeconds, 6);
    expect(finished.bytes).toBe(ledger.totals.bytes);
    expect(finished).toMatchObject({ gaps: [], failure: null, interruption: null, deadline: null, capturedRatio: 1 });
  });

  it('has every segment of the source once, in order, byte by byte', async () => {
    const { recordingId, origin, ledger, stoppedAt } = take();
    const stored = await storedSegments(server.workFolder(recordingId), ledger);
    const first = stored[0]!.mediaSequence;
    const last = stored.at(-1)!.mediaSequence;
    expect(first).toBe(0);
    expect(stored).toEqual(publishedSegments(origin, first, last));
    // Up to the stop: at most what was published within the last reload is missing.
    const published = origin
      .segments()
      .filter(({ programDateTime }) => Date.parse(programDateTime) + 1000 <= Date.parse(stoppedAt));
    expect(last).toBeGreaterThanOrEqual(published.at(-1)!.mediaSequence - 2);
    expect(ledger.gaps).toEqual([]);
    expect(ledger.parts.map(({ reason }) => reason)).toEqual(['start']);
  });

  it('is dated as the source dates it', () => {
    const { origin, ledger } = take();
    for (const { mediaSequence, programDateTime, estimated } of ledger.segments) {
      expect(estimated).toBe(false);
      expect(programDateTime).toBe(origin.segments()[mediaSequence]!.programDateTime);
    }
  });

  it('becomes an MP4 without an error, as long as the ledger within one frame', async () => {
    const { file, ledger, video } = take();
    const { probe, decodeErrors } = await media();
    const measured = await probe(file);
    expect(await decodeErrors(file)).toEqual([]);
    expect(measured).toMatchObject({ video: { codec: 'h264', width: 320, height: 180 }, audio: { codec: 'aac' } });
    const { durationSeconds } = ledger.totals;
    expect(Math.abs(measured.video!.durationSeconds! - durationSeconds)).toBeLessThanOrEqual(frameSeconds);
    // The whole file reaches from its first sample to its last, and audio comes in frames of its own.
    const tolerance = frameSeconds + soundFrameSeconds;
    expect(Math.abs(measured.durationSeconds! - durationSeconds)).toBeLessThanOrEqual(tolerance);
    expect(video.durationSeconds).toBeCloseTo(measured.durationSeconds!, 3);
    expect(video).toMatchObject({ width: 320, height: 180, bytes: (await readFile(file)).length, gaps: [] });
  });

  it("has exactly the source's video and audio in the MP4", async () => {
    const { file, ledger, origin } = take();
    const { probe } = await media();
    const first = ledger.segments[0]!.mediaSequence;
    const last = ledger.segments.at(-1)!.mediaSequence;
    const source = await sourceFile(origin, first, last, await world.directory());
    const [made, original] = await Promise.all([
      probe(file, { countPackets: true }),
      probe(source, { countPackets: true }),
    ]);
    expect(made.video!.packets).toBe(ledger.segments.length * 30);
    expect(made.video!.packets).toBe(original.video!.packets);
    expect(made.audio!.packets).toBe(original.audio!.packets);
    expect(await decodedHashes(file)).toEqual(await decodedHashes(source));
  });

  it('starts to play before it has been downloaded: its index comes first', async () => {
    const bytes = await readFile(take().file);
    expect(bytes.indexOf('moov')).toBeLessThan(bytes.indexOf('mdat'));
  });

  it('has a thumbnail', async () => {
    const { video } = take();
    const { status, headers, bytes } = await server.api.request('GET', video.thumbnailUrl);
    expect(status).toBe(200);
    expect(headers.get('content-type')).toBe('image/jpeg');
    expect(headers.get('etag')).toBeTruthy();
    expect(headers.get('cache-control')).toBeTruthy();
    expect(bytes.subarray(0, 3).toString('hex')).toBe('ffd8ff');
    expect(bytes.subarray(-2).toString('hex')).toBe('ffd9');
    const jpeg = path.join(await world.directory(), 'thumbnail.jpg');
    await writeFile(jpeg, bytes);
    const { probe, decodeErrors } = await media();
    expect(await decodeErrors(jpeg)).toEqual([]);
    expect((await probe(jpeg)).video).toMatchObject({ codec: 'mjpeg', width: 320, height: 180 });
    const again = await server.api.request('GET', video.thumbnailUrl, {
      headers: { 'If-None-Match': headers.get('etag') ?? '' },
    });
    expect([again.status, again.bytes.length]).toEqual([304, 0]);
  });

  it('has a complete story: every transition once, in order', () => {
    const { story, recordingId, correlationId } = take();
    const isOfStep = ({ type }: { type: string }) => type === 'StepStarted' || type === 'StepSucceeded';
    // Steps that do not depend on each other come in any order.
    expect(story.filter((event) => !isOfStep(event)).map(({ type }) => type)).toEqual([
      'RecordingRequested',
      'RecorderAssigned',
      'CaptureStarting',
      'SourceOpened',
      'CaptureStarted',
      'PartOpened',
      'StopRequested',
      'PartClosed',
      'CaptureEnded',
      'RecordingFinalized',
      'RecordingCompleted',
    ]);
    const steps = story.filter((event) => isOfStep(event)).map(({ type, data }) => `${type} ${String(data['name'])}`);
    const both = (name: string) => [`StepStarted ${name}`, `StepSucceeded ${name}`];
    expect(steps.slice(0, 4)).toEqual([...both('verify'), ...both('publish')]);
    expect(new Set(steps.slice(4))).toEqual(new Set(['thumbnail', 'storyboard', 'checksum', 'sidecars'].flatMap(both)));
    expect(story.map(({ revision }) => Number(revision))).toEqual(story.map((_, index) => index));
    const positions = story.map(({ position }) => Number(position));
    expect(positions).toEqual(positions.toSorted((left, right) => left - right));
    expect(new Set(story.map(({ stream }) => stream))).toEqual(new Set([`recording-${recordingId}`]));
    expect(story[0]!.metadata).toMatchObject({ actor: 'user:1' });
    // All consequences of a request are found under its id, even days later: first those of the start, then those of
    // the stop.
    const stop = story.findIndex(({ type }) => type === 'StopRequested');
    const ids = story.map(({ metadata }) => metadata['$correlationId']);
    expect(ids.slice(0, stop)).toEqual(story.slice(0, stop).map(() => correlationId));
    expect(ids.slice(stop)).toEqual(story.slice(stop).map(() => ids[stop]));
    expect(ids[stop]).not.toBe(correlationId);
  });

  it('is in the library, and its figures agree', async () => {
    const { finished, video, recordingId, streamerId } = take();
    const { items } = await server.api.videos(`?streamerId=${streamerId}`);
    expect(items).toEqual([video]);
    expect(video).toMatchObject({ recordingId, streamerId, streamerName: `Live in ${container}` });
    expect(finished).toMatchObject({ videoId: video.id, playable: true });
    expect(finished.steps.at(-1)).toMatchObject({ name: 'clean-up', state: 'waiting', retryAt: expect.any(String) });
    expect(finished.steps.slice(0, -1)).toEqual(
      Object.entries({
        join: [],
        verify: [],
        publish: ['verify'],
        thumbnail: ['publish'],
        storyboard: ['publish'],
        checksum: ['publish'],
        sidecars: ['thumbnail'],
      }).map(([name, dependsOn]) => ({
        name,
        dependsOn,
        state: 'succeeded',
        attempts: 1,
        error: null,
        retryAt: null,
      })),
    );
    expect((await server.api.queue()).items).toEqual([]);
  });

  it('plays from its raw parts after the stop too, with an end', async () => {
    const { recordingId, ledger, playlists } = take();
    const text = await server.api.playlist(recordingId);
    expect(text).toContain('#EXT-X-PLAYLIST-TYPE:VOD');
    expect(text.trimEnd().endsWith('#EXT-X-ENDLIST')).toBe(true);
    expect(text.match(/#EXTINF/g)).toHaveLength(ledger.segments.length);
    expect(text.replace('TYPE:VOD', 'TYPE:EVENT')).toContain(playlists.at(-1)!.trimEnd());
    const at = `${server.address}/api/recordings/${recordingId}/playlist.m3u8`;
    const playlist = parsePlaylist(text, at);
    if (playlist.kind !== 'media') throw new Error('It is no media playlist.');
    // What a player would fetch is what the source sent.
    const hashes = await Promise.all(
      playlist.segments.map(async ({ url, byteRange }) => {
        const { offset, length } = byteRange!;
        const answer = await server.api.fetch(url, { headers: { Range: `bytes=${offset}-${offset + length - 1}` } });
        expect(answer.status).toBe(206);
        return sha256(Buffer.from(await answer.arrayBuffer()));
      }),
    );
    const stored = await storedSegments(server.workFolder(recordingId), ledger);
    expect(hashes).toEqual(stored.map((segment) => segment.sha256));
    expect(await playbackErrors(at)).toEqual([]);
  });
});

describe('the finished file', () => {
  const stream = () => takes.get('ts')!.video.streamUrl;
  const whole = async () => readFile(takes.get('ts')!.file);
  const get = (headers: Record<string, string> = {}, method = 'GET') =>
    server.api.request(method, stream(), { headers });

  it('is sent whole without a range', async () => {
    const file = await whole();
    const { status, headers, bytes } = await get();
    expect([status, headers.get('content-type'), headers.get('accept-ranges')]).toEqual([200, 'video/mp4', 'bytes']);
    expect(Number(headers.get('content-length'))).toBe(file.length);
    expect(sha256(bytes)).toBe(sha256(file));
  });

  it.each([
    ['a range in the middle', 'bytes=1000-1999', (size: number) => [1000, Math.min(1999, size - 1)]],
    ['one byte', 'bytes=0-0', () => [0, 0]],
    ['an open range', 'bytes=5000-', (size: number) => [5000, size - 1]],
    ['a suffix', 'bytes=-700', (size: number) => [size - 700, size - 1]],
    ['a suffix longer than the file', 'bytes=-999999999999', (size: number) => [0, size - 1]],
    ['an end beyond the file', 'bytes=100-999999999999', (size: number) => [100, size - 1]],
  ] as const)('is sent in part: %s', async (_, range, bounds) => {
    const file = await whole();
    const [from, to] = bounds(file.length) as [number, number];
    const { status, headers, bytes } = await get({ Range: range });
    expect(status).toBe(206);
    expect(headers.get('content-range')).toBe(`bytes ${from}-${to}/${file.length}`);
    expect(Number(headers.get('content-length'))).toBe(to - from + 1);
    expect(bytes.equals(file.subarray(from, to + 1))).toBe(true);
  });

  it('answers several ranges with the first or with all', async () => {
    const file = await whole();
    const { status, headers, bytes } = await get({ Range: 'bytes=0-99,200-299' });
    expect(status).toBe(206);
    if (headers.get('content-type')?.startsWith('multipart/byteranges')) {
      expect(bytes.includes(file.subarray(200, 300))).toBe(true);
    } else {
      expect(headers.get('content-range')).toBe(`bytes 0-99/${file.length}`);
      expect(bytes.equals(file.subarray(0, 100))).toBe(true);
    }
  });

  it('refuses a range after its end and says how long it is', async () => {
    const { length } = await whole();
    const { status, headers } = await get({ Range: `bytes=${length}-` });
    expect([status, headers.get('content-range')]).toEqual([416, `bytes */${length}`]);
  });

  it.each(['bytes=abc', 'bytes=5-2', 'seconds=0-1', 'bytes=', 'bytes=-'])(
    'ignores %s, which is not a range',
    async (range) => {
      expect((await get({ Range: range })).status).toBe(200);
    },
  );

  it('gives a range only of the file that If-Range means', async () => {
    const etag = (await get({}, 'HEAD')).headers.get('etag') ?? '';
    const modified = (await get({}, 'HEAD')).headers.get('last-modified') ?? '';
    expect((await get({ Range: 'bytes=0-9', 'If-Range': etag })).status).toBe(206);
    expect((await get({ Range: 'bytes=0-9', 'If-Range': '"another"' })).status).toBe(200);
    expect([206, 200]).toContain((await get({ Range: 'bytes=0-9', 'If-Range': modified })).status);
    expect((await get({ Range: 'bytes=0-9', 'If-Range': 'Mon, 01 Jan 2001 00:00:00 GMT' })).status).toBe(200);
  });

  it('answers HEAD like GET without the bytes', async () => {
    const { length } = await whole();
    const { status, headers, bytes } = await get({}, 'HEAD');
    expect([status, Number(headers.get('content-length')), bytes.length]).toEqual([200, length, 0]);
    expect(headers.get('accept-ranges')).toBe('bytes');
    expect(headers.get('etag')).toBe((await get()).headers.get('etag'));
  });
});

it('names every recording and every part of the lifecycle that the stories went through', async () => {
  const { states, initial } = await server.api.lifecycle();
  expect(initial).toBe('requested');
  const known = new Set(states.flatMap(({ transitions }) => transitions.map(({ event }) => event)));
  for (const { story } of takes.values()) for (const { type } of story.slice(1)) expect([...known]).toContain(type);
  expect((await server.api.recordings('?state=completed')).items).toHaveLength(2);
});
