import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { openEventStore, type RecordedEvent } from '@streamvault/event-store';
import {
  canBeTakenAway,
  kurrentDbUnderTest,
  startKurrentDb,
  type KurrentDbServer,
} from '@streamvault/event-store/kurrentdb-testing';
import { PostgresServer } from '@streamvault/kernel/postgres-testing';
import { readdir } from 'node:fs/promises';
import path from 'node:path';
import type { LiveOrigin } from '../live-origin/live-origin.js';
import { storesOf } from './support/compose-settings.js';
import { media, publishedSegments, storedSegments } from './support/media.js';
import type { StreamVault } from './support/stream-vault.js';
import { until } from './support/until.js';
import { inWorld, type World } from './support/world.js';

/** A window in which nothing is lost while the test does something else. */
const broadcast = { pace: 1, window: 60, initial: 4, kept: 1000 };

let kurrentDb: KurrentDbServer;

async function logOf({ url }: KurrentDbServer): Promise<RecordedEvent[]> {
  const store = await openEventStore(url);
  try {
    const log: RecordedEvent[] = [];
    for await (const event of store.readAll()) log.push(event);
    return log;
  } finally {
    await store.close();
  }
}

async function startRecording(world: World, server: StreamVault, name: string) {
  const origin = await world.origin(broadcast);
  const { id: streamerId } = await server.api.addStreamer({ url: origin.url, name });
  const { recordingId } = await server.api.start(streamerId);
  return { origin, streamerId, recordingId };
}

const captured = (server: StreamVault, recordingId: number, segments: number) =>
  until(`${segments} segments stood in the ledger`, async () => {
    const { totals } = await server.ledger(recordingId);
    return totals.segments >= segments && totals.segments;
  });

async function expectAllOfIt(server: StreamVault, recordingId: number, origin: LiveOrigin): Promise<void> {
  const finished = await server.api.reaches(recordingId, 'completed', 60);
  expect(finished).toMatchObject({ gaps: [], capturedRatio: 1, failure: null });
  const stored = await storedSegments(server.workFolder(recordingId), await server.ledger(recordingId));
  expect(stored).toEqual(publishedSegments(origin, 0, stored.at(-1)!.mediaSequence));
  const { items: videos } = await server.api.videos();
  const video = videos.find((item) => item.recordingId === recordingId);
  expect(video).toMatchObject({ id: finished.videoId, gaps: [] });
  const [file] = (await readdir(server.recordingsDirectory, { recursive: true })).filter((name) =>
    name.endsWith('.mp4'),
  );
  const { decodeErrors, probe } = await media();
  expect(await decodeErrors(path.join(server.recordingsDirectory, file!))).toEqual([]);
  expect((await probe(path.join(server.recordingsDirectory, file!), { countPackets: true })).video!.packets).toBe(
    stored.length * 30,
  );
}

/** Nothing twice, nothing out of its place, in the log itself. */
function expectSound(log: readonly RecordedEvent[]): void {
  expect(new Set(log.map(({ id }) => id)).size).toBe(log.length);
  const heads = new Map<string, bigint>();
  for (const { stream, revision } of log) {
    expect([stream, revision]).toEqual([stream, (heads.get(stream) ?? -1n) + 1n]);
    heads.set(stream, revision);
  }
  for (const type of ['StopRequested', 'CaptureEnded', 'RecordingFinalized', 'RecordingCompleted'])
    expect([type, log.filter((event) => event.type === type).length]).toEqual([type, 1]);
}

describe(`a server set up as docker-compose.cluster.yml does it (KurrentDB: ${kurrentDbUnderTest})`, () => {
  let postgres: PostgresServer;
  beforeAll(async () => {
    [kurrentDb, postgres] = await Promise.all([startKurrentDb(), PostgresServer.start()]);
  });
  afterAll(() => Promise.all([kurrentDb.kill(), postgres.dispose()]));

  it(
    'records, finishes and tells its story, with the log on KurrentDB and read models in PostgreSQL, built again from there',
    inWorld(async (world) => {
      const database = async (sql: string) => void (await postgres.administer(sql));
      await database('create database streamvault');
      const { host, password } = new URL(postgres.url('streamvault'));
      const stores = storesOf('docker-compose.cluster.yml', new URL(kurrentDb.url).host, { host, password });
      // User and database are those of the file. A real server has its own parameters and name space.
      expect(stores.DATABASE_URL).toBe(postgres.url('streamvault'));
      const server = await world.server({
        ...stores,
        ...(process.env['KURRENTDB_URL'] !== undefined && { EVENT_STORE_URL: kurrentDb.url }),
        NODE_ENV: 'production',
      });
      expect((await server.api.health()).checks['eventStore']).toMatchObject({
        status: 'ok',
        detail: expect.stringMatching(/^KurrentDB at /),
      });
      const feed = await server.follow();
      const { origin, recordingId, streamerId } = await startRecording(world, server, 'On a cluster');
      await captured(server, recordingId, 6);
      await server.api.stop(streamerId);
      await expectAllOfIt(server, recordingId, origin);
      const recording = await server.api.recording(recordingId);
      const video = await server.api.video(recording.videoId ?? 0);

      const log = await logOf(kurrentDb);
      expectSound(log);
      const story = await server.api.story(recording.id);
      const inLog = log.filter(({ stream }) => stream === `recording-${recording.id}`);
      expect(story.map(({ type, revision, position }) => [type, revision, position])).toEqual(
        inLog.map(({ type, revision, position }) => [type, String(revision), String(position)]),
      );
      const told = feed.events.filter(({ stream }) => stream === `recording-${recording.id}`);
      expect(told.map(({ type }) => type)).toEqual(story.map(({ type }) => type).slice(0, told.length));
      expect(story.map(({ type }) => type)).toEqual(
        expect.arrayContaining(['RecordingRequested', 'RecordingCompleted']),
      );

      await server.stop();
      const embedded = (await readdir(server.dataDirectory)).filter((name) => /^(events|read-models)\.db/.test(name));
      expect(embedded).toEqual([]);
      await database('drop database streamvault');
      await database('create database streamvault');
      await server.start();
      expect(await server.api.recording(recording.id)).toEqual(recording);
      expect(await server.api.video(video.id)).toEqual(video);
    }),
  );
});

(canBeTakenAway ? describe : describe.skip)(`a KurrentDB (${kurrentDbUnderTest}) that goes away`, () => {
  const withLog = (test: (world: World, server: StreamVault, log: KurrentDbServer) => Promise<void>) =>
    inWorld(async (world) => {
      const log = await startKurrentDb();
      try {
        await test(world, await world.server({ EVENT_STORE_URL: log.url }), log);
      } finally {
        await log.kill();
      }
    });

  it(
    'during a recording: the capture continues, commands are refused, and in the end nothing is lost or doubled',
    withLog(async (world, server, log) => {
      const feed = await server.follow();
      const { origin, recordingId, streamerId } = await startRecording(world, server, 'Outage');
      const before = await captured(server, recordingId, 5);
      await log.kill();
      await captured(server, recordingId, before + 4);

      const health = await fetch(`${server.address}/health`);
      expect(health.status).toBe(503);
      expect(await health.json()).toMatchObject({
        checks: {
          eventStore: { status: 'down', detail: expect.stringContaining('KurrentDB') },
          readModels: { status: 'ok' },
        },
      });
      expect((await server.api.recording(recordingId)).state).toBe('capturing');
      const refused = await server.api.request('POST', `/api/recording/stop/${streamerId}`);
      expect(refused).toMatchObject({ status: 503, json: { code: 'dependency.down' } });
      expect(refused.headers.get('retry-after')).toMatch(/^\d+$/);

      await log.start();
      await until('the server was healthy', async () => (await fetch(`${server.address}/health`)).status === 200);
      await captured(server, recordingId, before + 6);
      await server.api.stop(streamerId);
      await expectAllOfIt(server, recordingId, origin);
      expectSound(await logOf(log));
      // The live feed continued by itself, too.
      await feed.event('RecordingCompleted', { recordingId });
      const told = feed.events.filter(({ stream }) => stream === `recording-${recordingId}`);
      expect(told.map(({ type }) => type)).toEqual((await server.api.story(recordingId)).map(({ type }) => type));
    }),
  );

  it(
    'repeatedly, with the server being killed meanwhile, also loses nothing',
    withLog(async (world, server, log) => {
      const { origin, recordingId, streamerId } = await startRecording(world, server, 'Twice unlucky');
      let segments = await captured(server, recordingId, 5);
      for (let cut = 0; cut < 3; cut += 1) {
        await log.kill();
        segments = await captured(server, recordingId, segments + 1);
        await log.start();
      }
      await log.kill();
      await captured(server, recordingId, segments + 2);
      await server.kill();
      await log.start();
      await server.start();
      await server.api.recordingThat(recordingId, 'captures again', ({ state, parts }) => {
        return state === 'capturing' && parts.length === 2;
      });
      // At the very moment of the stop.
      const stopping = server.api.stop(streamerId).catch(() => undefined);
      await log.kill();
      await stopping;
      await log.start();
      await until('the stop was taken', () => server.api.stop(streamerId));
      await expectAllOfIt(server, recordingId, origin);
      expectSound(await logOf(log));
    }),
  );
});
