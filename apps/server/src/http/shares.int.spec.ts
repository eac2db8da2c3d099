import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { AccessGate } from '@streamvault/access';
import type { CreatedShare, OpenedShare } from '@streamvault/api-contract';
import type { MemoryEventStore } from '@streamvault/event-store';
import { SHARED_VIDEOS, type SharedVideos } from '@streamvault/library';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ask, controllers, host, openAccess, own, setUp, signedInAs } from './access-server.testing.js';
import { contexts } from '@streamvault/contexts';

let app: NestFastifyApplication;
let store: MemoryEventStore;
let folder: string;
let administrator: string;
let operator: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'streamvault-shares-'));
  ({ app, store } = await openAccess(folder));
  administrator = await setUp(app, folder);
  operator = await signedInAs(app, administrator, 'operator');
});
afterAll(async () => {
  await app.close();
  await rm(folder, { recursive: true, force: true });
});

async function share(body: object, by = operator): Promise<CreatedShare & { token: string }> {
  const made = await ask(app, 'POST', '/api/shares', own(by), body);
  expect([made.statusCode, made.json()]).toEqual([201, expect.anything()]);
  const created = made.json<CreatedShare>();
  return { ...created, token: created.url.split('/s/')[1]! };
}
const open = (token: string, password?: string) => ask(app, 'POST', '/api/shares/open', {}, { token, password });

/** The gate's answer to a signed address. */
async function verdict(address: string, method = 'GET'): Promise<string> {
  const url = new URL(address, `http://${host}`);
  const gate = app.get(AccessGate);
  const routes = gate.guard(controllers, Object.keys(contexts.permissions));
  const [, kind, id] = /^\/api\/(videos|recordings)\/(\d+)\//.exec(url.pathname) ?? [];
  const template = url.pathname.replace(`/${kind}/${id}/`, `/${kind}/:id/`).replace(/parts\/[^/]+$/, 'parts/:file');
  expect(routes.map(({ path }) => path)).toContain(template);
  const request = {
    method,
    url: address,
    raw: {},
    host,
    protocol: 'http',
    headers: { host },
    params: { id },
    query: Object.fromEntries(url.searchParams),
    routeOptions: { url: template },
  };
  try {
    await gate.check(request as never);
    return 'let through';
  } catch (error) {
    return (error as { code: string }).code;
  }
}

describe('a share link', () => {
  it('opens its video with signed addresses, and nothing beside it', async () => {
    const { token, url } = await share({ videoId: 1, name: 'for Ann' });
    expect(url).toMatch(/^http:\/\/127\.0\.0\.1:8000\/s\/[\w-]{43}$/);
    const opened = (await open(token)).json<OpenedShare>();
    expect(opened).toMatchObject({ title: 'Video 1', isLive: false, playlistUrl: null, downloadUrl: null });
    const query = opened.fileUrl!.split('?')[1]!;
    expect(await verdict(opened.fileUrl!)).toBe('let through');
    expect(await verdict(opened.thumbnailUrl!)).toBe('let through');
    expect(await verdict(`/api/videos/1/chapters.vtt?${query}`)).toBe('let through');
    expect(await verdict(`/api/videos/1/download?${query}`)).toBe('request.forbidden');
    expect(await verdict(`/api/videos/2/stream?${query}`)).toBe('request.not-shared');
    expect(await verdict(`/api/recordings/1/playlist.m3u8?${query}`)).toBe('request.not-shared');
    expect(await verdict(opened.fileUrl!, 'POST')).toBe('request.not-shared');
    for (const path of ['/api/users', '/api/shares', '/api/session'])
      expect((await ask(app, 'GET', `${path}?${query}`)).json()).toMatchObject({ code: 'request.not-shared' });
    const forged = opened.fileUrl!.replace(/exp=\d+/, 'exp=99999999999');
    expect(await verdict(forged)).toBe('request.not-shared');
    expect(await verdict('/api/videos/1/stream?sig=x')).toBe('request.not-shared');
  });

  it('allows saving the file if that was chosen', async () => {
    const { token } = await share({ videoId: 1, download: true });
    expect(await verdict((await open(token)).json<OpenedShare>().downloadUrl!)).toBe('let through');
  });

  it('of a recording covers every child of the playlist, and leads to the video once there is one', async () => {
    const { token } = await share({ recordingId: 1 });
    const opened = (await open(token)).json<OpenedShare>();
    expect(opened).toMatchObject({ title: 'Recording 1', isLive: true, fileUrl: null });
    expect(await verdict(opened.playlistUrl!)).toBe('let through');
    const query = opened.playlistUrl!.split('?')[1]!;
    expect(await verdict(`/api/recordings/1/parts/1.ts?${query}`)).toBe('let through');
    expect(await verdict(`/api/recordings/1/sound/parts/1.aac?${query}`)).toBe('let through');
    expect(await verdict(`/api/recordings/2/parts/1.ts?${query}`)).toBe('request.not-shared');
    const finished = await share({ recordingId: 3 });
    expect((await open(finished.token)).json<OpenedShare>()).toMatchObject({
      title: 'Video 1',
      fileUrl: expect.stringMatching(/^\/api\/videos\/1\/stream\?/),
    });
  });

  it('keeps cleanup away from what it leads to, for as long as it opens something', async () => {
    const shared = app.get<SharedVideos>(SHARED_VIDEOS);
    const now = new Date().toISOString();
    expect([...(await shared.now(now))]).not.toContain(2);
    const tomorrow = new Date(Date.now() + 86_400_000).toISOString();
    const { id } = await share({ videoId: 2, expiresAt: tomorrow });
    expect([...(await shared.now(now))]).toContain(2);
    expect([...(await shared.now(tomorrow))]).not.toContain(2);
    await ask(app, 'DELETE', `/api/shares/${id}`, own(operator));
    expect([...(await shared.now(now))]).not.toContain(2);
    // A recording leads to its video.
    for (const { id: one } of (await ask(app, 'GET', '/api/shares?videoId=1', own(operator))).json<{
      items: { id: string }[];
    }>().items)
      await ask(app, 'DELETE', `/api/shares/${one}`, own(operator));
    const { id: ofRecording } = await share({ recordingId: 3 });
    expect([...(await shared.now(now))]).toContain(1);
    await ask(app, 'DELETE', `/api/shares/${ofRecording}`, own(operator));
  });

  it('with a password opens nothing without it, on the page or in a player, and guessing is slowed down', async () => {
    const { token } = await share({ videoId: 1, password: 'ferry' });
    expect((await open(token)).json()).toMatchObject({ status: 401, code: 'share.password-needed' });
    expect((await open(token, 'ferries')).json()).toMatchObject({ status: 401, code: 'share.password-wrong' });
    expect((await open(token, 'ferry')).statusCode).toBe(200);
    const player = await ask(app, 'GET', `/s/${token}`);
    expect([player.statusCode, player.headers['www-authenticate']]).toEqual([401, expect.stringContaining('Basic')]);
    const authorization = `Basic ${Buffer.from('vlc:ferry').toString('base64')}`;
    const led = await ask(app, 'GET', `/s/${token}`, { authorization });
    expect([led.statusCode, led.headers.location]).toEqual([302, expect.stringMatching(/^\/api\/videos\/1\/stream\?/)]);
    const statuses: number[] = [];
    // A wait may be over before the next guess on a slow machine, but each is twice as long as the one before.
    for (let n = 0; n < 12; n += 1) statuses.push((await open(token, `guess ${n}`)).statusCode);
    expect(statuses.slice(0, 5)).toEqual([401, 401, 401, 401, 401]);
    expect(statuses).toContain(429);
  });

  it('that was revoked, has expired, or whose maker may no longer share opens nothing, and neither do its addresses', async () => {
    const { token, id } = await share({ videoId: 1 });
    const { fileUrl } = (await open(token)).json<OpenedShare>();
    expect((await ask(app, 'GET', '/api/shares?videoId=1', own(operator))).json()).toMatchObject({
      items: expect.arrayContaining([
        expect.objectContaining({ id, hasPassword: false, lastOpenedAt: expect.any(String) }),
      ]),
    });
    expect((await ask(app, 'DELETE', `/api/shares/${id}`, own(operator))).statusCode).toBe(204);
    expect(await verdict(fileUrl!)).toBe('share.over');
    expect((await open(token)).json()).toMatchObject({ status: 404, code: 'share.not-found' });
    expect((await ask(app, 'DELETE', `/api/shares/${id}`, own(operator))).statusCode).toBe(404);
    const past = { videoId: 1, expiresAt: '2026-01-01T00:00:00.000Z' };
    expect((await ask(app, 'POST', '/api/shares', own(operator), past)).statusCode).toBe(400);
    const other = await share({ videoId: 1 });
    const still = (await open(other.token)).json<OpenedShare>().fileUrl!;
    const { items } = (await ask(app, 'GET', '/api/users', own(administrator))).json<{
      items: { id: number; name: string }[];
    }>();
    const maker = items.find(({ name }) => name === 'operator')!.id;
    await ask(app, 'PATCH', `/api/users/${maker}`, own(administrator), { role: 'viewer' });
    expect(await verdict(still)).toBe('share.over');
    expect((await ask(app, 'POST', '/api/shares', own(operator), { videoId: 1 })).statusCode).toBe(403);
    await ask(app, 'PATCH', `/api/users/${maker}`, own(administrator), { role: 'operator' });
  });

  it('of something that does not exist is refused', async () => {
    for (const body of [{ videoId: 9 }, { recordingId: 9 }])
      expect((await ask(app, 'POST', '/api/shares', own(operator), body)).statusCode).toBe(404);
    for (const body of [{}, { videoId: 1, recordingId: 1 }])
      expect((await ask(app, 'POST', '/api/shares', own(operator), body)).statusCode).toBe(400);
  });

  it('leaves neither token nor password in the log', async () => {
    const { token } = await share({ videoId: 1, password: 'lighthouse' });
    await open(token, 'lighthouse');
    const told: string[] = [];
    for await (const { data, metadata } of store.readStream('shares-all')) told.push(JSON.stringify([data, metadata]));
    expect(told.length).toBeGreaterThan(1);
    expect(told.join('\n')).not.toMatch(/lighthouse|ferry|argon2|127\.0\.0\.1/);
    expect(told.join('\n')).not.toContain(token);
  });
});

describe('an address for a player', () => {
  it('is valid as long as the session that requested it', async () => {
    const viewer = await signedInAs(app, administrator, 'viewer');
    const made = await ask(app, 'POST', '/api/links', own(viewer), { videoId: 1 });
    const { url } = made.json<{ url: string }>();
    expect(await verdict(url)).toBe('let through');
    expect((await ask(app, 'POST', '/api/links', {}, { videoId: 1 })).statusCode).toBe(401);
    await ask(app, 'DELETE', '/api/session', own(viewer));
    expect(await verdict(url)).toBe('share.over');
  });
});
