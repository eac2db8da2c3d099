import { proxyList } from '@streamvault/api-contract';
import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { expect, it } from '@jest/globals';
import { storedHashes } from '../capture/capture-run.js';
import { TestProxy } from '../capture/proxy-servers.js';
import { StreamVault } from './support/stream-vault.js';
import { until } from './support/until.js';
import { inWorld } from './support/world.js';

const passwords = ['sEcretOfHome', 'sEcretOfFar'] as const;
const loginOf = (password: string) => ({ login: { user: 'uSerName', password } });

/** Everything that the server wrote: its databases, the recordings' folders, the videos. */
async function written(directory: string): Promise<Buffer> {
  const entries = await readdir(directory, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile()).map((entry) => path.join(entry.parentPath, entry.name));
  return Buffer.concat(await Promise.all(files.map((file) => readFile(file))));
}

it(
  'a streamer has its own proxies: another is used while it records, and logins are never shown',
  inWorld(async (world) => {
    const home = await TestProxy.start('socks5', loginOf(passwords[0]));
    const far = await TestProxy.start('http', loginOf(passwords[1]));
    try {
      const routes = `direct, home=${home.url('socks5h')}, far=${far.url()}`;
      const server = await world.server({ SOURCE_PROXIES: routes, LOG_LEVEL: 'trace' });
      const origin = await world.origin({ pace: 1, window: 40, initial: 3 });
      const { api } = server;
      const told: unknown[] = [];

      const unknown = { body: { url: origin.url, proxies: ['home', 'hom'] } };
      expect(await api.refusal('POST', '/api/streamers', unknown)).toMatchObject({
        status: 400,
        code: 'streamer.unknown-proxy',
        unknown: ['hom'],
        known: ['home', 'far'],
      });
      for (const proxies of [[], ['direct', 'home'], ['home', 'home'], ['Home'], 'home', [passwords[0], 5]])
        expect(await api.refusal('POST', '/api/streamers', { body: { url: origin.url, proxies } })).toMatchObject({
          status: 400,
          code: 'request.invalid',
        });
      const { id, proxies } = await api.addStreamer({ url: origin.url, proxies: ['home', 'far'], patienceSeconds: 0 });
      expect(proxies).toEqual(['home', 'far']);
      const change = async (body: object) => (await api.request('PATCH', `/api/streamers/${id}`, { body })).json;
      expect(await change({ proxies: null })).toMatchObject({ proxies: null });
      expect(await change({ name: 'Other' })).toMatchObject({ name: 'Other', proxies: null });
      expect(await change({ proxies: ['home', 'far'] })).toMatchObject({ name: 'Other', proxies: ['home', 'far'] });
      expect(await api.refusal('PATCH', `/api/streamers/${id}`, { body: { proxies: ['gone'] } })).toMatchObject({
        code: 'streamer.unknown-proxy',
      });

      const { recordingId } = await api.start(id);
      await api.recordingThat(recordingId, 'has segments', ({ segments }) => segments >= 3);
      expect(home.asked).not.toEqual([]);
      expect(far.asked).toEqual([]);
      await home.close();
      const before = origin.segments().length;
      await api.recordingThat(recordingId, 'went on', ({ segments }) => segments > before);
      expect(far.asked).not.toEqual([]);
      const health = await until('the health page told of the proxy', async () => {
        const report = await api.health();
        return report.checks['proxies']?.status === 'warn' && report;
      });
      expect(health.checks['proxies']?.detail).toMatch(/home does not work and rests until \d.*far is healthy/);
      const listed = proxyList.parse((await api.request('GET', '/api/proxies')).json);
      expect(listed.items).toEqual([
        { name: 'home', canBeChosen: true, restsUntil: expect.any(String) },
        { name: 'far', canBeChosen: true, restsUntil: null },
      ]);
      expect(listed.defaults).toEqual(['direct', 'home', 'far']);
      const metrics = (await api.request('GET', '/metrics')).bytes.toString();
      expect(metrics).toContain('streamvault_proxy_resting{proxy="home"} 1');
      expect(metrics).toContain('streamvault_proxy_resting{proxy="far"} 0');
      told.push(health, listed, metrics);

      origin.end();
      const recording = await api.reaches(recordingId, 'completed');
      expect(recording.gaps).toEqual([]);
      const published = origin.segments().map(({ sha256 }) => sha256);
      expect(await storedHashes(server.workFolder(recordingId))).toEqual(published);
      const story = await api.story(recordingId);
      expect(story[0]).toMatchObject({ type: 'RecordingRequested', data: { proxies: ['home', 'far'] } });

      // Nothing is fetched by a proxy that no longer has that name, nor around it.
      await server.stop();
      const later = new StreamVault(server.directory, { SOURCE_PROXIES: routes.replace('home=', 'heim=') });
      try {
        await later.start();
        expect(await later.api.streamer(id)).toMatchObject({ proxies: ['home', 'far'] });
        expect(await later.api.refusal('PATCH', `/api/streamers/${id}`, { body: { proxies: ['home'] } })).toMatchObject(
          {
            known: ['heim', 'far'],
          },
        );
        await later.api.request('PATCH', `/api/streamers/${id}`, { body: { name: 'No more' } });
        await far.close();
        // Until then the streamer's liveness may be checked, by the proxy that still has its name.
        const asked = origin.requests.length;
        const next = await later.api.start(id);
        const failed = await later.api.reaches(next.recordingId, 'failed');
        expect(failed.failure).toMatchObject({ code: 'proxy.unreachable' });
        expect((await later.api.health()).checks['proxies']?.detail).toContain('a streamer asks for home');
        expect(later.log).toContain('SOURCE_PROXIES no longer contains home');
        told.push(failed, await later.api.story(next.recordingId), later.log);
        expect(origin.requests).toHaveLength(asked);
      } finally {
        await later.close();
      }

      told.push(recording, story, server.log, await written(server.directory));
      const everything = Buffer.concat(
        told.map((one) => (Buffer.isBuffer(one) ? one : Buffer.from(JSON.stringify(one)))),
      );
      expect(everything.includes('RecordingRequested')).toBe(true);
      for (const secret of [...passwords, 'uSerName', Buffer.from(`uSerName:${passwords[1]}`).toString('base64')])
        expect([secret, everything.includes(secret)]).toEqual([secret, false]);
    } finally {
      await Promise.all([home.close(), far.close()]);
    }
  }),
);

it(
  'a recording whose proxies are all gone from the settings does not begin, and says why',
  inWorld(async (world) => {
    const server = await world.server({ SOURCE_PROXIES: 'home=http://127.0.0.1:9' });
    const origin = await world.origin({ initial: 3 });
    const { id } = await server.api.addStreamer({ url: origin.url, proxies: ['home'] });
    await server.stop();
    const later = new StreamVault(server.directory);
    try {
      await later.start();
      const { recordingId } = await later.api.start(id);
      const { failure } = await later.api.reaches(recordingId, 'failed');
      expect(failure).toMatchObject({ code: 'source.proxy-missing', message: expect.stringContaining('home') });
      expect(origin.requests).toEqual([]);
    } finally {
      await later.close();
    }
  }),
);
