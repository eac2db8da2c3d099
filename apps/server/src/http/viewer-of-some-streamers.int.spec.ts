import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { AccessGate, allows } from '@streamvault/access';
import { contexts } from '@streamvault/contexts';
import type { MemoryEventStore } from '@streamvault/event-store';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { addressOf, ask, controllers, openAccess, own, setUp, shadowsOf, signedInAs } from './access-server.testing.js';
import { feedOfSome } from '@streamvault/audit';

let app: NestFastifyApplication;
/** Every route of the server, without what is behind it. */
let routesOnly: NestFastifyApplication;
let folder: string;
let administrator: string;
let viewer: string;

/** Video 1 and recording 1 are of streamer 1, the others of streamer 2. */
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'streamvault-some-'));
  let store: MemoryEventStore;
  ({ app, store } = await openAccess(folder));
  ({ app: routesOnly } = await openAccess(folder, { store, instead: shadowsOf(controllers) }));
  administrator = await setUp(app, folder);
  viewer = await signedInAs(app, administrator, 'viewer');
  const changed = await ask(app, 'PATCH', '/api/users/2', own(administrator), { streamerIds: [1] });
  expect(changed.json()).toMatchObject({ role: 'viewer', streamerIds: [1] });
});
afterAll(async () => {
  await routesOnly.close();
  await app.close();
  await rm(folder, { recursive: true, force: true });
});

async function verdict(method: string, path: string, id: string): Promise<string> {
  const { statusCode } = await ask(routesOnly, method, addressOf(path, id), own(viewer));
  const words: Readonly<Record<number, string>> = { 403: 'forbidden', 404: 'not-found' };
  return statusCode < 300 ? 'let through' : (words[statusCode] ?? String(statusCode));
}

describe('a viewer of some streamers', () => {
  it('sees nothing of others by any route, generated from what routes declare', async () => {
    const gate = app.get(AccessGate);
    const routes = gate.guard(controllers, Object.keys(contexts.permissions));
    let checked = 0;
    for (const { method, path, needs } of routes) {
      const { permission, lists } = needs;
      const may = /^(always|anyone|signed-in)$/.test(permission);
      if (may || !allows('viewer', permission)) continue;
      checked += 1;
      const about = needs.of ?? needs.shared;
      const expected =
        lists !== undefined
          ? ['let through', 'let through']
          : about
            ? ['let through', 'not-found']
            : ['forbidden', 'forbidden'];
      const found = [await verdict(method, path, '1'), await verdict(method, path, '2')];
      expect([method, path, found]).toEqual([method, path, expected]);
    }
    expect(checked).toBeGreaterThan(20);
  });

  it('gets no player address for them either', async () => {
    const link = (videoId: number) => ask(app, 'POST', '/api/links', own(viewer), { videoId });
    expect((await link(1)).statusCode).toBe(200);
    expect((await link(2)).statusCode).toBe(404);
  });

  it('sees all again with another role, and when allowed to', async () => {
    const change = (body: object) => ask(app, 'PATCH', '/api/users/2', own(administrator), body);
    /** The other server looks at the log once a second. */
    const becomes = async (id: string, expected: string) => {
      while ((await verdict('GET', '/api/videos/:id', id)) !== expected)
        await new Promise((resolve) => setTimeout(resolve, 20));
    };
    await change({ role: 'operator' });
    await becomes('2', 'let through');
    await change({ role: 'viewer' });
    await becomes('2', 'not-found');
    await change({ streamerIds: null });
    await becomes('2', 'let through');
    await change({ streamerIds: [] });
    await becomes('1', 'not-found');
  });
});

describe('the live feed of some streamers', () => {
  const owners = new Map([
    ['recording-7', 1],
    ['video-3', 2],
  ]);
  const scope = feedOfSome(
    [1],
    {
      known: (kind, id) => owners.get(`${kind}-${id}`),
      of: (kind, id) => Promise.resolve(owners.get(`${kind}-${id}`) ?? 0),
    },
    () => true,
  );
  const event = (stream: string, data: object) => scope.event({ stream, data } as never);

  it('sends their events, and nothing without a known streamer', async () => {
    expect(await event('recording-7', {})).toBe(true);
    expect(await event('recording-9', { streamerId: 1 })).toBe(true);
    expect(await event('video-3', {})).toBe(false);
    expect(await event('job-sweep', {})).toBe(false);
    expect(await event('rules-1', {})).toBe(true);
    expect(await event('rules-0', {})).toBe(false);
    expect(scope.progress({ recordingId: 7 })).toBe(true);
    expect(scope.progress({ recordingId: 8 })).toBe(false);
    expect(scope.progress({})).toBe(false);
  });
});
