import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { MemoryEventStore } from '@streamvault/event-store';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  type AuthenticatorOptions,
  SoftwareAuthenticator,
} from '../../../../libs/access/src/software-authenticator.testing.js';
import { allButTheDate, ask, cookieOf, openAccess, password, setUp, signedInAs } from './access-server.testing.js';

/** A name of this machine: there passkeys need no https. */
const host = 'localhost:8000';
const origin = `http://${host}`;
const site: AuthenticatorOptions = { origin, rpId: 'localhost' };

let app: NestFastifyApplication;
let store: MemoryEventStore;
let folder: string;
let administrator: string;
let viewer: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'streamvault-passkeys-'));
  ({ app, store } = await openAccess(folder));
  administrator = await setUp(app, folder);
  viewer = await signedInAs(app, administrator, 'viewer');
});
afterAll(async () => {
  await app.close();
  await rm(folder, { recursive: true, force: true });
});

const send = (method: string, url: string, cookie?: string, body?: object, more: Record<string, string> = {}) =>
  ask(app, method, url, { host, origin, ...(cookie && { cookie }), ...more }, body);

const challenge = async () =>
  (await send('POST', '/api/session/passkey/options')).json<{ challenge: string; rpId: string }>();
const creation = async (cookie: string) =>
  (await send('POST', '/api/session/passkeys/options', cookie, { password })).json<{
    challenge: string;
    user: { id: string };
  }>();

async function add(authenticator: SoftwareAuthenticator, cookie: string, name = 'Laptop') {
  const response = authenticator.create(await creation(cookie));
  return send('POST', '/api/session/passkeys', cookie, { name, response });
}
const signIn = async (authenticator: SoftwareAuthenticator) =>
  send('POST', '/api/session/passkey', undefined, { response: authenticator.get(await challenge()) });

const told = async (type: string): Promise<object[]> => {
  const events: object[] = [];
  for (const stream of ['accounts-all', 'sign_ins-all'] as const)
    for await (const event of store.readStream(stream)) if (event.type === type) events.push(event.data);
  return events;
};

describe('a passkey', () => {
  it('is added with the password, signs in without one, and is told by name only', async () => {
    expect((await send('GET', '/api/session/ways')).json()).toMatchObject({
      passkey: { canBeAdded: true, isOffered: false },
    });
    const authenticator = new SoftwareAuthenticator(site);
    const added = await add(authenticator, viewer);
    expect([added.statusCode, added.json()]).toEqual([
      201,
      expect.objectContaining({ name: 'Laptop', site: 'localhost', lastUsedAt: null }),
    ]);
    expect((await send('GET', '/api/session/ways')).json()).toMatchObject({ passkey: { isOffered: true } });
    authenticator.counter = 1;
    const signedIn = await signIn(authenticator);
    expect([signedIn.statusCode, signedIn.json()]).toEqual([
      200,
      expect.objectContaining({ user: expect.objectContaining({ name: 'viewer' }) }),
    ]);
    const cookie = cookieOf(signedIn);
    const mine = (await send('GET', '/api/users/2/sessions', cookie)).json<{ items: object[] }>().items;
    expect(mine).toContainEqual(expect.objectContaining({ method: 'passkey', isCurrent: true }));
    expect((await send('GET', '/api/users/2/passkeys', cookie)).json()).toMatchObject({
      items: [{ name: 'Laptop', lastUsedAt: expect.any(String) }],
    });
    expect(await told('PasskeyAdded')).toEqual([
      { userId: 2, passkeyId: expect.any(String), name: 'Laptop', site: 'localhost', at: expect.any(String) },
    ]);
    const whole: string[] = [];
    for (const stream of ['accounts-all', 'sign_ins-all'] as const)
      for await (const { data, metadata } of store.readStream(stream)) whole.push(JSON.stringify([data, metadata]));
    expect(whole.join('\n')).not.toContain(authenticator.id);
  });

  it('is not added by a session alone, by another session, nor twice', async () => {
    const without = await send('POST', '/api/session/passkeys/options', viewer, {});
    expect(without.json()).toMatchObject({ status: 403, code: 'password.wrong' });
    expect((await send('POST', '/api/session/passkeys/options', undefined, { password })).statusCode).toBe(401);
    const authenticator = new SoftwareAuthenticator(site);
    const response = authenticator.create(await creation(viewer));
    const other = await send('POST', '/api/session/passkeys', administrator, { name: 'Stolen', response });
    expect(other.json()).toMatchObject({ status: 400, code: 'passkey.not-added' });
    expect((await send('POST', '/api/session/passkeys', viewer, { name: 'Phone', response })).statusCode).toBe(201);
    const again = await send('POST', '/api/session/passkeys', viewer, { name: 'Phone', response });
    expect(again.json()).toMatchObject({ status: 400, code: 'passkey.not-added' });
    expect((await add(authenticator, viewer)).json()).toMatchObject({ status: 409, code: 'passkey.known' });
  });

  it.each<[string, Partial<AuthenticatorOptions>]>([
    ['was made for another site', { rpId: 'evil.example' }],
    ['is used from another origin', { origin: 'http://localhost:9000' }],
    ['does not verify its user', { verifiesUser: false }],
  ])('that %s is not added', async (_, wrong) => {
    const added = await add(new SoftwareAuthenticator({ ...site, ...wrong }), viewer);
    expect(added.json()).toMatchObject({ status: 400, code: 'passkey.not-added' });
  });

  it('answers a challenge once, and only one that was given for this', async () => {
    const authenticator = new SoftwareAuthenticator(site);
    await add(authenticator, viewer, 'Key');
    const response = authenticator.get(await challenge());
    const first = await send('POST', '/api/session/passkey', undefined, { response });
    expect(first.statusCode).toBe(200);
    const replayed = await send('POST', '/api/session/passkey', undefined, { response });
    expect(replayed.json()).toMatchObject({ status: 401, code: 'passkey.refused' });
    const forAdding = authenticator.get(await creation(viewer));
    expect((await send('POST', '/api/session/passkey', undefined, { response: forAdding })).statusCode).toBe(401);
    const invented = authenticator.get({ challenge: Buffer.alloc(38).toString('base64url') });
    expect((await send('POST', '/api/session/passkey', undefined, { response: invented })).statusCode).toBe(401);
  });

  it('whose counter goes back or stands still is refused, and the audit says so', async () => {
    const authenticator = new SoftwareAuthenticator(site);
    await add(authenticator, administrator, 'Copied');
    authenticator.counter = 7;
    expect((await signIn(authenticator)).statusCode).toBe(200);
    for (const counter of [7, 6, 0]) {
      authenticator.counter = counter;
      expect((await signIn(authenticator)).statusCode).toBe(401);
    }
    expect(await told('PasskeyRefused')).toHaveLength(3);
    authenticator.counter = 8;
    const answers = await Promise.all([signIn(authenticator), signIn(authenticator)]);
    expect(answers.map(({ statusCode }) => statusCode).toSorted()).toEqual([200, 401]);
  });

  it('is removed by its owner or an administrator, and from then on opens nothing', async () => {
    const authenticator = new SoftwareAuthenticator(site);
    const { id } = (await add(authenticator, viewer, 'Lost')).json<{ id: string }>();
    expect((await send('DELETE', `/api/users/1/passkeys/${id}`, viewer)).statusCode).toBe(403);
    expect((await send('DELETE', `/api/users/2/passkeys/${id}`, administrator)).statusCode).toBe(204);
    expect((await signIn(authenticator)).statusCode).toBe(401);
    expect((await send('DELETE', `/api/users/2/passkeys/${id}`, viewer)).statusCode).toBe(404);
  });

  it('does not outlive a password that an administrator sets, nor open a disabled account', async () => {
    const operator = await signedInAs(app, administrator, 'operator');
    const authenticator = new SoftwareAuthenticator(site);
    await add(authenticator, operator);
    await send('PATCH', '/api/users/3', administrator, { disabled: true });
    expect((await signIn(authenticator)).statusCode).toBe(401);
    await send('PATCH', '/api/users/3', administrator, { disabled: false });
    expect((await signIn(authenticator)).statusCode).toBe(200);
    await send('PATCH', '/api/users/3', administrator, { password: 'another harbour at dusk' });
    expect((await signIn(authenticator)).statusCode).toBe(401);
    expect((await send('GET', '/api/users/3/passkeys', administrator)).json()).toMatchObject({ items: [] });
  });

  it('is neither offered nor possible where browsers have none', async () => {
    const elsewhere = { host: '192.168.1.5:8000', origin: 'http://192.168.1.5:8000' };
    expect((await send('GET', '/api/session/ways', undefined, undefined, elsewhere)).json()).toMatchObject({
      passkey: { canBeAdded: false, isOffered: false },
    });
    const refused = await send('POST', '/api/session/passkey/options', undefined, undefined, elsewhere);
    expect(refused.json()).toMatchObject({ status: 409, code: 'passkey.not-here' });
  });

  it('that is guessed is slowed down, like a password', async () => {
    const authenticator = new SoftwareAuthenticator(site);
    authenticator.create({ challenge: '', user: { id: 'AAAA' } });
    const statuses: number[] = [];
    for (let n = 0; n < 10; n += 1) statuses.push((await signIn(authenticator)).statusCode);
    expect(statuses.at(0)).toBe(401);
    expect(statuses).toContain(429);
  });

  // The last one: what it fails at, it fails at in the future.
  it('answers a challenge within five minutes', async () => {
    const authenticator = new SoftwareAuthenticator(site);
    await add(authenticator, viewer, 'Slow');
    const late = authenticator.get(await challenge());
    jest.useFakeTimers({ now: Date.now() + 5 * 60_000 + 1000, doNotFake: [...allButTheDate] });
    const refused = await send('POST', '/api/session/passkey', undefined, { response: late });
    jest.useRealTimers();
    expect(refused.statusCode).toBe(401);
  });
});
