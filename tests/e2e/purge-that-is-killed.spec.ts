import { expect, it } from '@jest/globals';
import { locateTools } from '@streamvault/media';
import { execFile } from 'node:child_process';
import { appendFile, copyFile, mkdir, readdir, utimes } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { until } from './support/until.js';
import { inWorld } from './support/world.js';

const count = 10;
const hourAgo = Date.now() / 1000 - 3600;

/** A film of two seconds and as many others that differ from it by a box that nobody reads. */
async function films(folder: string): Promise<void> {
  const first = path.join(folder, 'film 0.mp4');
  const { ffmpeg } = await locateTools({});
  const source = ['-f', 'lavfi', '-i', 'testsrc=size=64x48:rate=5:duration=2'];
  await promisify(execFile)(ffmpeg.path, ['-y', '-loglevel', 'error', ...source, first]);
  for (let number = 1; number < count; number++) {
    const file = path.join(folder, `film ${number}.mp4`);
    await copyFile(first, file);
    const box = Buffer.alloc(8 + number * 16);
    box.writeUInt32BE(box.length);
    box.write('free', 4);
    await appendFile(file, box);
  }
  for (const name of await readdir(folder)) await utimes(path.join(folder, name), hourAgo, hourAgo);
}

it(
  'a bin that is emptied while the server is killed is empty in the end, and each video says so once',
  inWorld(async (world) => {
    const server = await world.server();
    const { api } = server;
    const call = async (method: string, address: string, body?: object) =>
      (await api.request(method, address, body === undefined ? {} : { body })).json as Record<string, unknown>;
    await api.addStreamer({ url: 'http://127.0.0.1:9/live.m3u8', name: 'Somebody' });
    const folder = path.join(server.recordingsDirectory, 'Somebody');
    await mkdir(folder, { recursive: true });
    await films(folder);
    await call('POST', '/api/library/import', { path: '.', dryRun: false });
    const videos = await until('all were imported', async () => {
      const { items } = await api.videos('?limit=100');
      return items.length === count && items;
    });
    for (const { id } of videos) await call('DELETE', `/api/videos/${id}`);

    // Killed as soon as the first file is gone: some are purged then, one is under way, others wait.
    const left = async () => (await readdir(folder)).filter((name) => name.endsWith('.mp4')).length;
    const emptying = api.request('POST', '/api/cleanup/bin/empty', { body: {} }).catch(() => undefined);
    await until('something was removed', async () => (await left()) < count);
    await server.kill();
    await emptying;
    await server.start();
    await call('POST', '/api/cleanup/bin/empty', {});
    await until('nothing was left', async () => (await left()) === 0);
    expect(await call('GET', '/api/cleanup/bin')).toMatchObject({ items: [] });
    const deleted = (await call('GET', '/api/cleanup/deleted?limit=100'))['items'] as { id: number; by: string }[];
    expect(deleted.map(({ id }) => id).toSorted((a, b) => a - b)).toEqual(
      videos.map(({ id }) => id).toSorted((a, b) => a - b),
    );
    const purged = await call('GET', '/api/audit/events?type=VideoPurged&limit=100');
    expect(purged['items']).toHaveLength(count);
  }),
);
