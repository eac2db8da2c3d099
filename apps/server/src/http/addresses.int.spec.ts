import { afterAll, beforeAll, expect, it } from '@jest/globals';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { SessionList, SignInAddressList } from '@streamvault/api-contract';
import type { MemoryEventStore } from '@streamvault/event-store';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ask, cookieOf, host, openAccess, own, password, setUp, signedInAs } from './access-server.testing.js';

let app: NestFastifyApplication;
let store: MemoryEventStore;
let folder: string;
let administrator: string;
let viewer: string;
const home = '203.0.113.7';
const cafe = '2001:db8::17';

const from = (remoteAddress: string, name: string) =>
  app.inject({
    method: 'POST',
    url: '/api/session',
    remoteAddress,
    headers: { host, 'user-agent': 'Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0' },
    payload: { name, password },
  });
const known = async (id: number, cookie = administrator) =>
  (await ask(app, 'GET', `/api/users/${id}/addresses`, own(cookie)))
    .json<SignInAddressList>()
    .items.map(({ address }) => address);
const erase = (id: number, cookie: string) => ask(app, 'DELETE', `/api/users/${id}/addresses`, own(cookie));
const told = async () => {
  const events = [];
  for await (const { type, data } of store.readStream('sign_ins-all'))
    if (type === 'AddressesErased') events.push(data);
  return events;
};

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'streamvault-addresses-'));
  ({ app, store } = await openAccess(folder));
  administrator = await setUp(app, folder);
  viewer = await signedInAs(app, administrator, 'viewer');
  await signedInAs(app, administrator, 'operator');
});
afterAll(async () => {
  await app.close();
  await rm(folder, { recursive: true, force: true });
});

it('from where somebody signed in, that user and an administrator can see, the newest first, and no other', async () => {
  await from(home, 'viewer');
  viewer = cookieOf(await from(cafe, 'viewer'));
  expect(await known(2)).toEqual([cafe, home, '127.0.0.1']);
  expect(await known(2, viewer)).toEqual([cafe, home, '127.0.0.1']);
  const own = await ask(app, 'GET', '/api/users/2/addresses', { cookie: viewer });
  expect(own.json<SignInAddressList>().items[0]).toMatchObject({ agent: 'Firefox on Linux' });
  for (const path of ['/api/users/1/addresses', '/api/users/3/addresses'])
    expect((await ask(app, 'GET', path, { cookie: viewer })).statusCode).toBe(403);
  expect((await erase(3, viewer)).statusCode).toBe(403);
  expect((await erase(9, administrator)).json()).toMatchObject({ code: 'user.not-found' });
});

it('is erased on request: for all sign-ins, running sessions continue without it, and the log tells who asked', async () => {
  expect((await erase(2, administrator)).json()).toEqual({ erased: 3 });
  expect([await known(2), await known(3)]).toEqual([[], ['127.0.0.1']]);
  const sessions = (await ask(app, 'GET', '/api/users/2/sessions', { cookie: viewer })).json<SessionList>().items;
  expect(sessions.map(({ address }) => address)).toEqual([null, null, null]);
  expect(await told()).toEqual([{ userId: 2, count: 3, at: expect.any(String) }]);
  // There is nothing left, and so nothing to tell.
  expect((await erase(2, viewer)).json()).toEqual({ erased: 0 });
  expect(await told()).toHaveLength(1);
  const whole: string[] = [];
  for await (const { data, metadata } of store.readStream('sign_ins-all')) whole.push(JSON.stringify([data, metadata]));
  expect(whole.join()).not.toMatch(/203\.0\.113|2001:db8|127\.0\.0\.1/);
});

it('belongs to a sign-in that ends the former session of its browser: the log tells both', async () => {
  await ask(app, 'POST', '/api/session', own(viewer), { name: 'viewer', password });
  const types: string[] = [];
  for await (const { type } of store.readStream('sign_ins-all')) types.push(type);
  expect(types.slice(-2)).toEqual(['SignedIn', 'SessionsRevoked']);
});

it('goes with the account', async () => {
  await from(home, 'operator');
  expect(await known(3)).toEqual([home, '127.0.0.1']);
  expect((await ask(app, 'DELETE', '/api/users/3', own(administrator))).statusCode).toBe(204);
  expect(await known(3)).toEqual([]);
  expect((await told()).at(-1)).toMatchObject({ userId: 3, count: 2 });
});
