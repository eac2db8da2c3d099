import { copyFile, mkdir, mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { type Projections, projections } from '@streamvault/api-contract';
import Database from 'better-sqlite3';
import { writeRealisticLog } from '../../bench/support/realistic-log.js';
import type { StreamVault } from './support/stream-vault.js';
import { until } from './support/until.js';
import { inWorld, type World } from './support/world.js';

/** Enough to meet a rebuild in the middle. */
const events = 25_000;
const names = ['streamer-list', 'recording-view', 'video-library', 'broadcast-view', 'notice-deliveries'];

let months: string;
beforeAll(async () => {
  months = await mkdtemp(path.join(tmpdir(), 'streamvault-months-'));
  await writeRealisticLog(path.join(months, 'events.db'), events);
});
afterAll(() => rm(months, { recursive: true, force: true }));

/** A server that has recorded for months, with its read models up to date. */
async function oldServer(world: World): Promise<StreamVault> {
  const server = await world.installation();
  await mkdir(server.dataDirectory, { recursive: true });
  await copyFile(path.join(months, 'events.db'), path.join(server.dataDirectory, 'events.db'));
  await server.start();
  await upToDate(server);
  return server;
}

async function state({ api }: StreamVault): Promise<Projections['items']> {
  const { items } = projections.parse((await api.request('GET', '/api/audit/projections')).json);
  expect(items.map(({ name }) => name)).toEqual(names);
  return items;
}

const upToDate = (server: StreamVault, seconds = 60) =>
  until(
    'all read models were up to date',
    async () => (await state(server)).every((each) => each.state === 'live' && each.rebuild === null),
    { seconds },
  );

async function rebuild({ api }: StreamVault, name: string): Promise<readonly string[]> {
  const answer = await api.request('POST', `/api/audit/projections/${name}/rebuild`);
  expect(answer.status).toBe(202);
  return projections.parse(answer.json).items.map((each) => each.name);
}

/** The rebuild of one of them as soon as the condition holds. */
const met = (server: StreamVault, name: string, holds: (position: number, progress: number) => boolean) =>
  until(
    `the rebuild of ${name} was met on its way`,
    async () => {
      const under = (await state(server)).find((each) => each.name === name)?.rebuild;
      if (!under) throw new Error('It is not being rebuilt.');
      return holds(Number(under.position ?? 0), under.progress ?? 0) && under;
    },
    { seconds: 60 },
  );

/** Both ends of every list, which a half-built model does not have. */
async function answers({ api }: StreamVault, oldest: number) {
  return {
    streamers: (await api.streamers()).items.length,
    recordings: await api.recordings('?limit=200&state=completed'),
    oldest: await api.recording(oldest),
    videos: await api.videos('?limit=200'),
  };
}

const leftOvers = async ({ dataDirectory }: StreamVault): Promise<string[]> =>
  (await readdir(dataDirectory)).filter((name) => name.includes('.rebuild-'));

it(
  'all read models are rebuilt during a recording, and no reader ever sees half of one',
  inWorld(async (world) => {
    const server = await oldServer(world);
    const before = await answers(server, 1);
    expect(before.recordings.items).toHaveLength(200);
    const origin = await world.origin({ pace: 1, window: 30, kept: 1000 });
    const { id } = await server.api.addStreamer({ url: origin.url, name: 'Live meanwhile' });
    const { recordingId } = await server.api.start(id);
    await server.api.reaches(recordingId, 'capturing');

    expect(await server.api.refusal('POST', '/api/audit/projections/nobody/rebuild')).toMatchObject({
      status: 404,
      code: 'projection.not-found',
    });
    expect(await rebuild(server, 'all')).toEqual(names);
    const seen = { states: new Set<string>(), progress: [] as number[], remaining: [] as number[] };
    let rounds = 0;
    for (let busy = true; busy; rounds += 1) {
      expect(await answers(server, 1)).toEqual({ ...before, streamers: before.streamers + 1 });
      expect((await server.api.recording(recordingId)).state).toBe('capturing');
      const now = await state(server);
      // The live ones continue; they restart from there only when the new rows replace them.
      for (const each of now) expect(['live', 'catching-up']).toContain(each.state);
      const under = now.find(({ name }) => name === 'recording-view')?.rebuild;
      if (under) seen.states.add(under.state);
      if (under?.progress != null) seen.progress.push(under.progress);
      if (under?.remainingSeconds != null) seen.remaining.push(under.remainingSeconds);
      busy = now.some((each) => each.rebuild !== null);
    }
    expect(rounds).toBeGreaterThan(2);
    expect([...seen.states]).toContain('building');
    expect(seen.progress).toEqual(seen.progress.toSorted((a, b) => a - b));
    expect(seen.progress.some((progress) => progress > 0 && progress < 1)).toBe(true);
    expect(Math.max(...seen.remaining)).toBeGreaterThan(0);
    expect(Math.max(...seen.remaining)).toBeLessThan(60);
    expect(await leftOvers(server)).toEqual([]);

    // One alone, and everything continues from the new rows.
    expect(await rebuild(server, 'streamer-list')).toEqual(['streamer-list']);
    await upToDate(server);
    await server.api.stop(id);
    expect(await server.api.reaches(recordingId, 'completed')).toMatchObject({ gaps: [], capturedRatio: 1 });
    expect((await server.api.streamers()).items.map(({ name }) => name)).toContain('Live meanwhile');
  }),
);

it(
  'a rebuild that was killed halfway is continued by the next start',
  inWorld(async (world) => {
    const server = await oldServer(world);
    const before = await answers(server, 1);
    await rebuild(server, 'recording-view');
    const { position } = await met(server, 'recording-view', (_, progress) => progress > 0.3);
    await server.kill();
    expect(await leftOvers(server)).not.toEqual([]);

    await server.start();
    expect(await answers(server, 1)).toEqual(before);
    const later = await until('it went on, or was through with it', async () => {
      const under = (await state(server)).find(({ name }) => name === 'recording-view')?.rebuild;
      if (!under) return (await leftOvers(server)).length === 0 && Infinity;
      return under.position !== null && Number(under.position);
    });
    expect(later).toBeGreaterThanOrEqual(Number(position));
    await until('nothing was left of it', async () => (await leftOvers(server)).length === 0);
    await upToDate(server);
    expect(await answers(server, 1)).toEqual(before);
  }),
);

it(
  "another version's rows are served until those of this one exist",
  inWorld(async (world) => {
    const server = await oldServer(world);
    const before = await answers(server, 1);
    await server.stop();
    const database = new Database(path.join(server.dataDirectory, 'read-models.db'));
    database.exec("update projection_checkpoints set version = version + 1 where name = 'recording-view'");
    // The other version built these rows differently.
    database.exec('update recordings set has_parts = 1 - has_parts');
    database.close();

    await server.start();
    const outdated = (await state(server)).find(({ name }) => name === 'recording-view');
    expect(outdated).toMatchObject({ state: 'outdated', rebuild: { error: null } });
    expect((await server.api.recordings('?limit=200&state=completed')).items).toHaveLength(200);
    expect((await server.api.health()).checks['projections']).toMatchObject({ status: 'ok' });
    await upToDate(server);
    expect(await answers(server, 1)).toEqual(before);
    await server.stop();
    const rebuilt = new Database(path.join(server.dataDirectory, 'read-models.db'), { readonly: true });
    expect(rebuilt.prepare('select distinct has_parts from recordings').all()).toEqual([{ has_parts: 0 }]);
    rebuilt.close();
  }),
);
