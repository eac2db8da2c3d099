import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { FakeTwitch } from '../fake-twitch/fake-twitch.js';
import { SMALL } from '../live-origin/live-origin.js';
import type { StreamVault } from './support/stream-vault.js';
import { until } from './support/until.js';
import { inThis, World } from './support/world.js';

const world = new World();
const showing = (test: () => Promise<void>) => () => inThis(world, test);
const secret = 'a-secret-for-notices';
let twitch: FakeTwitch;
let server: StreamVault;

beforeAll(
  showing(async () => {
    twitch = await FakeTwitch.start();
    server = await world.server({ ...twitch.signedInSettings, EVENTSUB_SECRET: secret, PATIENCE_SECONDS: '3' });
  }),
);
afterAll(async () => {
  await world.close();
  await twitch.close();
});

const onAir = () => world.origin({ pace: 1, window: 10, profiles: [SMALL] });
interface Listed {
  readonly items: readonly Record<string, unknown>[];
}
const listed = async (vault: StreamVault, path: string) =>
  ((await vault.api.request('GET', path)).json as Listed).items;

async function streamerOf(login: string, more: object = {}) {
  twitch.channels.set(login, {});
  const streamer = await server.api.addStreamer({ url: `https://www.twitch.tv/${login}`, ...more });
  await until(`${login} was subscribed to`, () => {
    const { id = '' } = twitch.channels.get(login) ?? {};
    const all = [...twitch.eventSub.subscriptions.values()];
    return all.filter(({ condition }) => Object.values(condition).includes(id)).length >= 4;
  });
  return streamer;
}

describe('a server that is killed', () => {
  it(
    'goes on with what it recorded, and records who went live while it was dead',
    showing(async () => {
      const before = await streamerOf('delta', { autoRecord: true, patienceSeconds: 4 });
      const meanwhile = await streamerOf('epsilon', { autoRecord: true, patienceSeconds: 4 });
      const [first, second] = [await onAir(), await onAir()];
      await twitch.goLive('delta', { origin: first, id: '800' });
      const of = async (id: number) => (await server.api.recordings(`?streamerId=${id}`)).items;
      const recording = await until('it was recorded', async () => (await of(before.id))[0]);
      await server.api.reaches(recording.id, 'capturing');
      await server.kill();
      // Nobody is there to be told.
      await twitch.goLive('epsilon', { origin: second, id: '801' });
      await server.start();
      const found = await until('the other one was found', async () => (await of(meanwhile.id))[0], { seconds: 60 });
      await server.api.reaches(found.id, 'capturing', 60);
      await server.api.reaches(recording.id, 'capturing', 60);
      for (const [login, origin] of [
        ['delta', first],
        ['epsilon', second],
      ] as const) {
        origin.end();
        await twitch.goOffline(login);
      }
      await server.api.reaches(recording.id, 'completed', 120);
      await server.api.reaches(found.id, 'completed', 120);
      for (const { id } of [before, meanwhile]) {
        expect(await of(id)).toHaveLength(1);
        expect(await listed(server, `/api/streamers/${id}/broadcasts`)).toHaveLength(1);
      }
    }),
    240_000,
  );
});

describe('a person at Twitch', () => {
  it(
    'signs in by a code, sees whom to add, and is forgotten',
    showing(async () => {
      const ask = async (method: string, path: string) =>
        (await server.api.request(method, `/api/twitch/${path}`)).json;
      expect(await server.api.refusal('GET', '/api/twitch/follows')).toMatchObject({ code: 'twitch.signed-out' });
      expect(await ask('POST', 'sign-in')).toMatchObject({ state: 'waiting', userCode: 'ABCDEFGH' });
      expect(await ask('GET', 'sign-in')).toMatchObject({ state: 'waiting' });
      twitch.id.isConfirmed = true;
      expect(await ask('GET', 'sign-in')).toMatchObject({ state: 'signed-in', login: 'viewer' });
      twitch.channels.set('somebody_else', {});
      const { items } = (await ask('GET', 'follows')) as { items: { login: string; isAdded: boolean }[] };
      expect(items).toEqual(
        expect.arrayContaining([
          expect.objectContaining({ login: 'delta', isAdded: true }),
          expect.objectContaining({ login: 'somebody_else', isAdded: false }),
        ]),
      );
      await server.api.request('DELETE', '/api/twitch/sign-in');
      expect(await ask('GET', 'sign-in')).toMatchObject({ state: 'signed-out' });
      const { steps } = (await ask('POST', 'check')) as { steps: { name: string; state: string }[] };
      expect(steps.filter(({ state }) => state !== 'ok')).toEqual([]);
    }),
  );

  it(
    'changes what holds for all streamers, and looks ahead',
    showing(async () => {
      const change = { reruns: true, patienceSeconds: 30 };
      expect((await server.api.request('PATCH', '/api/settings', { body: change })).json).toMatchObject({
        reruns: { value: true, lockedBy: null },
        patienceSeconds: { value: 30 },
        timeZone: { lockedBy: 'TIME_ZONE' },
      });
      twitch.channels.set('zeta', {});
      const url = 'https://www.twitch.tv/zeta';
      expect(await server.api.addStreamer({ url })).toMatchObject({ reruns: true, patienceSeconds: 30 });
      const wrong = { rules: [{ name: 'x', action: 'include', title: { mode: 'regex', text: '(' } }] };
      const refused = await server.api.refusal('PATCH', '/api/settings', { body: wrong });
      expect([refused.status, refused.code]).toEqual([400, 'rule.invalid']);
      await server.api.request('PATCH', '/api/settings', { body: { reruns: false, patienceSeconds: 720 } });
      const report = await until('it was looked ahead', async () => {
        const { json } = await server.api.request('GET', '/api/preflight');
        return (json as { report: { streamers: number } | null }).report;
      });
      expect(report).toMatchObject({ credentials: [{ name: 'app-token' }] });
    }),
  );
});

it(
  'no secret is in any file or line of the log',
  showing(async () => {
    const token = 'hunter2hunter2hunter2';
    const body = { name: 'Phone', settings: { kind: 'gotify', server: 'http://127.0.0.1:9' }, credentials: { token } };
    const { json } = await server.api.request('POST', '/api/notifications/targets', { body });
    await server.api.request('POST', `/api/notifications/targets/${(json as { id: number }).id}/test`, { body: {} });
    const secrets = [token, secret, twitch.id.clientSecret, '-token-1-0123456789abcdef', 'refresh-token-'];
    const files = await readdir(server.dataDirectory, { recursive: true, withFileTypes: true });
    const looked = files.filter((entry) => entry.isFile() && !/\.(mp4|ts)$|^part-/.test(entry.name));
    for (const file of looked) {
      const text = (await readFile(join(file.parentPath, file.name))).toString('latin1');
      for (const word of secrets) if (text.includes(word)) throw new Error(`${file.name} holds ${word}.`);
    }
    expect(looked.length).toBeGreaterThan(3);
    for (const word of secrets) expect(server.log).not.toContain(word);
  }),
);
