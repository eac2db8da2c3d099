import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { MikroORM } from '@mikro-orm/sqlite';
import { type Projections, projections } from '@streamvault/api-contract';
import { openEventStore } from '@streamvault/event-store';
import { PostgresServer } from '@streamvault/kernel/postgres-testing';
import { shortRecording } from '../e2e/support/short-recording.js';
import type { StreamVault } from '../e2e/support/stream-vault.js';
import { until } from '../e2e/support/until.js';
import { inWorld } from '../e2e/support/world.js';

let postgres: PostgresServer;
beforeAll(async () => {
  postgres = await PostgresServer.start();
});
afterAll(() => postgres.dispose());

async function state(server: StreamVault): Promise<Projections> {
  const answer = await server.api.request('GET', '/api/audit/projections');
  expect(answer.status).toBe(200);
  return projections.parse(answer.json);
}

/** Everything that is answered from the read models. */
async function answers({ api }: StreamVault) {
  return { streamers: await api.streamers(), recordings: await api.recordings(), videos: await api.videos() };
}

// With SQLite, `tests/e2e/rebuild-beside-the-live-ones` shows it.
describe('with read models in PostgreSQL', () => {
  it(
    'rebuilds all of them while it records, shows how far it is, and answers the same all the time',
    inWorld(async (world) => {
      const server = await world.server({ DATABASE_URL: await postgres.createDatabase() });
      await shortRecording(world, server, { name: 'One' });
      await shortRecording(world, server, { name: 'Two', segments: 3 });
      const before = await answers(server);
      expect((await state(server)).items).toMatchObject([
        { name: 'streamer-list', version: expect.any(Number), state: 'live', lagSeconds: 0, rebuild: null },
        { name: 'recording-view', state: 'live' },
        { name: 'video-library', state: 'live' },
        { name: 'broadcast-view', state: 'live' },
        { name: 'notice-deliveries', state: 'live' },
      ]);

      const asked = await server.api.request('POST', '/api/audit/projections/all/rebuild');
      expect(asked.status).toBe(202);
      expect(projections.parse(asked.json).items.every(({ rebuild }) => rebuild !== null)).toBe(true);
      await until('all were rebuilt', async () => {
        expect(await answers(server)).toEqual(before);
        return (await state(server)).items.every(({ rebuild }) => rebuild === null);
      });
      expect(await answers(server)).toEqual(before);

      // And continues from there.
      const one = await server.api.request('POST', '/api/audit/projections/video-library/rebuild');
      expect(projections.parse(one.json).items.map(({ name }) => name)).toEqual(['video-library']);
      await shortRecording(world, server, { name: 'Three' });
      expect((await server.api.videos()).items).toHaveLength(3);
      expect((await server.api.request('POST', '/api/audit/projections/nobody/rebuild')).json).toMatchObject({
        status: 404,
        code: 'projection.not-found',
      });
    }),
  );
});

it(
  'an event that cannot be applied stops only its projection, is shown with its place, and is passed after a repair',
  inWorld(async (world) => {
    const server = await world.server();
    const { recording, video } = await shortRecording(world, server);
    await server.stop();
    // The same video once more: a second row under one id.
    const log = await openEventStore(`sqlite:${path.join(server.dataDirectory, 'events.db')}`);
    const stream = `video-${video.id}` as const;
    let position = 0n;
    for await (const { type, version, data } of log.readStream(stream, { limit: 1 })) {
      const metadata = { $correlationId: 'c', $causationId: 'c', actor: 'test' };
      const id = 'aaaaaaaa-0000-4000-8000-000000000000';
      ({ position } = await log.append(stream, [{ id, type, version, data, metadata }], 'any'));
    }
    await log.close();

    await server.start();
    const stopped = await until('it stopped', async () => {
      const [, , library] = (await state(server)).items;
      return library?.state === 'poisoned' && library;
    });
    expect(stopped.poisonedEvent).toMatchObject({ type: 'VideoAdded', stream, position: String(position) });
    expect(stopped.error).toMatch(/unique/i);
    const { checks } = await server.api.health();
    expect(checks['projections']).toMatchObject({
      status: 'warn',
      detail: expect.stringContaining(`video-library stopped at position ${position}`),
    });
    // Everything else continues, and existing rows are still answered.
    const more = await world.origin({ pace: 1, window: 30 });
    const { id } = await server.api.addStreamer({ url: more.url, name: 'More' });
    const { recordingId } = await server.api.start(id);
    await server.api.reaches(recordingId, 'capturing');
    expect(await server.api.recording(recording.id)).toEqual(recording);
    expect((await server.api.videos()).items).toEqual([video]);
    await server.api.stop(id);
    await server.api.reaches(recordingId, 'completed');
    expect((await server.api.videos()).items).toEqual([video]);

    await server.stop();
    const repair = await MikroORM.init({
      dbName: path.join(server.dataDirectory, 'read-models.db'),
      entities: [],
      discovery: { warnWhenNoEntities: false },
    });
    for (const table of ['videos', 'video_search'])
      await repair.em.getConnection().execute(`delete from ${table} where id = ${video.id}`);
    await repair.close();
    await server.start();
    await until('it went on', async () => (await state(server)).items[2]?.state === 'live');
    const { items } = await server.api.videos();
    expect(items.map((item) => item.recordingId).toSorted((a, b) => Number(a) - Number(b))).toEqual([
      recording.id,
      recordingId,
    ]);
  }),
);
