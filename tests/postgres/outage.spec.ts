import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { MikroORM } from '@mikro-orm/postgresql';
import type { Health } from '@streamvault/api-contract';
import path from 'node:path';
import { PostgresServer } from '@streamvault/kernel/postgres-testing';
import { shortRecording } from '../e2e/support/short-recording.js';
import { ServerProcess } from '../e2e/support/server-process.js';
import type { StreamVault } from '../e2e/support/stream-vault.js';
import { until, within } from '../e2e/support/until.js';
import { inWorld, type World } from '../e2e/support/world.js';

/** A window in which nothing is lost while the test does something else. */
const broadcast = { pace: 1, window: 60, initial: 4, kept: 1000 };

let postgres: PostgresServer;
beforeAll(async () => {
  postgres = await PostgresServer.start();
});
// Whatever happened in a test, the next one finds a database.
afterEach(() => postgres.start());
afterAll(() => postgres.dispose());

async function serverOnPostgres(world: World): Promise<{ server: StreamVault; url: string }> {
  const url = await postgres.createDatabase();
  return { server: await world.server({ DATABASE_URL: url, LOG_LEVEL: 'debug' }), url };
}

function expectNoSecrets(server: StreamVault): void {
  for (const secret of PostgresServer.secrets) expect(server.log).not.toContain(secret);
}

async function startRecording(world: World, server: StreamVault, name: string) {
  const origin = await world.origin(broadcast);
  const { id: streamerId } = await server.api.addStreamer({ url: origin.url, name });
  const { recordingId } = await server.api.start(streamerId);
  return { origin, streamerId, recordingId };
}

const captured = (server: StreamVault, recordingId: number, more: number, seconds = 30) =>
  until(
    `${more} segments stood in the ledger`,
    async () => {
      const { totals } = await server.ledger(recordingId);
      return totals.segments >= more && totals.segments;
    },
    { seconds },
  );

describe('a server with its read models in PostgreSQL', () => {
  it(
    'records, finishes and lists as with SQLite, and rebuilds everything in an empty database',
    inWorld(async (world) => {
      const url = await postgres.createDatabase();
      const server = await world.server({ DATABASE_URL: url });
      const { recording, video } = await shortRecording(world, server, { name: 'Ärger 100%' });
      expect((await server.api.videos(`?q=${encodeURIComponent('ÄRGER 100%')}`)).items).toEqual([video]);
      expect((await server.api.videos(`?q=${encodeURIComponent('100_')}`)).items).toEqual([]);
      await server.stop();
      const name = new URL(url).pathname.slice(1);
      await postgres.administer(`drop database ${name} with (force)`);
      await postgres.administer(`create database ${name}`);
      await server.start();
      await until('the read models were built again', async () => {
        const health = await fetch(`${server.address}/health`);
        const { checks } = (await health.json()) as Health;
        return checks.projections?.detail === undefined;
      });
      expect(await server.api.recording(recording.id)).toEqual(recording);
      expect((await server.api.videos()).items).toEqual([video]);
      expectNoSecrets(server);
    }),
  );

  it(
    'captures on and accepts commands while the database is away for a minute, says so, and has lost nothing when it is back',
    inWorld(async (world) => {
      const { server } = await serverOnPostgres(world);
      const first = await startRecording(world, server, 'First');
      const spare = await world.origin(broadcast);
      const { id: spareId } = await server.api.addStreamer({ url: spare.url, name: 'Second' });
      await server.api.reaches(first.recordingId, 'capturing');

      await postgres.stop();
      const before = await captured(server, first.recordingId, 1);
      await captured(server, first.recordingId, before + 3);

      // Queries wait for the database, and say so; commands do not.
      const answer = await server.api.request('GET', '/api/recordings');
      expect(answer.status).toBe(503);
      expect(answer.headers.get('retry-after')).toMatch(/^\d+$/);
      expect(answer.json).toMatchObject({ status: 503, code: 'dependency.down' });
      const health = await fetch(`${server.address}/health`);
      expect(health.status).toBe(503);
      expect(await health.json()).toMatchObject({
        status: 'down',
        checks: { eventStore: { status: 'ok' }, readModels: { status: 'down' } },
      });
      const second = await server.api.start(spareId);
      await captured(server, second.recordingId, 2);
      const asked = performance.now();
      expect(await server.api.stop(first.streamerId)).toMatchObject({ recordingId: first.recordingId });
      expect(performance.now() - asked).toBeLessThan(1500);

      // Of the recording that goes on; one segment is a second.
      await captured(server, second.recordingId, 72, 120);
      await postgres.start();
      await until('the server was healthy', async () => (await fetch(`${server.address}/health`)).status === 200, {
        seconds: 60,
      });
      const finished = await server.api.reaches(first.recordingId, 'completed', 60);
      expect(finished).toMatchObject({ gaps: [], capturedRatio: 1, failure: null });
      expect(await server.api.recording(second.recordingId)).toMatchObject({ state: 'capturing', gaps: [] });
      await server.api.stop(spareId);
      expect(await server.api.reaches(second.recordingId, 'completed', 60)).toMatchObject({ capturedRatio: 1 });
      // Each read model comes back to the database in its own time.
      await until('both videos are listed', async () => (await server.api.videos()).items.length === 2);
      expectNoSecrets(server);
    }),
  );

  it(
    'takes up its recordings after a crash although the database cannot say which they are',
    inWorld(async (world) => {
      const { server, url } = await serverOnPostgres(world);
      const { recordingId, streamerId } = await startRecording(world, server, 'Survivor');
      await server.api.reaches(recordingId, 'capturing');
      await server.kill();
      // Another connection holds the table that every projection begins with.
      const holder = await MikroORM.init({ clientUrl: url, entities: [], discovery: { warnWhenNoEntities: false } });
      const em = holder.em.fork();
      await em.begin();
      await em.execute('lock table projection_checkpoints in access exclusive mode');
      try {
        await server.start();
        const { totals } = await server.ledger(recordingId);
        await captured(server, recordingId, totals.segments + 2);
      } finally {
        await em.rollback();
        await holder.close();
      }
      await server.api.stop(streamerId);
      expect(await server.api.reaches(recordingId, 'completed', 60)).toMatchObject({ gaps: [], capturedRatio: 1 });
    }),
  );

  it.each([
    ['is not there', () => postgres.url('nowhere').replace(/:\d+\//, ':1/'), /ECONNREFUSED.*Check that it runs/],
    ['does not know the password', () => postgres.url('postgres', 'wrong-secret'), /Correct user and password/],
    ['has no such database', () => postgres.url('nowhere'), /"nowhere" does not exist/],
  ])('does not start if PostgreSQL %s: one clear line, an exit code, no password', async (_, url, expected) => {
    await inWorld(async (world) => {
      const directory = await world.directory();
      const settings = { DATA_DIR: path.join(directory, 'data'), PORT: '0', DATABASE_URL: url() };
      const server = new ServerProcess(settings, directory);
      expect(await within(30, 'the server refused to start', server.exited)).toMatchObject({ code: 1 });
      expect(server.err).toMatch(expected);
      expect(server.err.trimEnd().split('\n')).toHaveLength(1);
      for (const secret of ['wrong-secret', ...PostgresServer.secrets]) {
        expect(server.err).not.toContain(secret);
        expect(server.out).not.toContain(secret);
      }
    })();
  });
});
