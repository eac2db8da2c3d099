import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { accessContext } from '@streamvault/access';
import type { HealthSource } from '@streamvault/kernel';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ask, cookieOf, host, openAccess, own, password, setUp } from './access-server.testing.js';

const proxy = '10.0.0.2';
const stranger = '203.0.113.9';

let app: NestFastifyApplication;
let folder: string;
let administrator: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'streamvault-proxies-'));
  ({ app } = await openAccess(folder, {
    settings: { PROXY_USER_HEADER: 'remote-user' },
    environment: { TRUSTED_PROXIES: proxy },
  }));
  administrator = await setUp(app, folder);
});
afterAll(async () => {
  await app.close();
  await rm(folder, { recursive: true, force: true });
});

const from = (
  remoteAddress: string,
  url: string,
  headers: Record<string, string> = {},
  method = 'GET',
  payload?: object,
) =>
  app.inject({
    method: method as 'GET',
    url,
    remoteAddress,
    headers: { host, ...headers },
    ...(payload && { payload }),
  });

const signIn = (remoteAddress: string, headers: Record<string, string>) =>
  from(remoteAddress, '/api/session', headers, 'POST', { name: 'admin', password });

describe("a proxy's headers", () => {
  it('count if it is trusted, and cannot be forged by others', async () => {
    const forwarded = {
      'x-forwarded-for': '198.51.100.4',
      'x-forwarded-proto': 'https',
      'x-forwarded-host': 'localhost',
    };
    const trusted = await signIn(proxy, { ...forwarded, origin: 'https://localhost' });
    expect([trusted.statusCode, cookieOf(trusted)]).toEqual([200, expect.stringContaining('__Host-streamvault=')]);
    const forged = await signIn(stranger, forwarded);
    expect([forged.statusCode, cookieOf(forged)]).toEqual([200, expect.not.stringContaining('__Host-')]);
    const sessions = (await ask(app, 'GET', '/api/users/1/sessions', own(administrator))).json<{
      items: { address: string }[];
    }>();
    const addresses = sessions.items.map(({ address }) => address);
    expect(addresses).toEqual(expect.arrayContaining(['198.51.100.4', stranger]));
    // A foreign host name stays foreign, even if a trusted proxy forwards it.
    expect((await from(proxy, '/api/session', { 'x-forwarded-host': 'evil.example' })).statusCode).toBe(403);
    expect((await from(stranger, '/api/session', { 'x-forwarded-host': 'evil.example' })).statusCode).toBe(401);
  });

  it('cannot restart a wait with an invented address', async () => {
    const statuses = new Set<number>();
    for (let n = 0; n < 12; n += 1) {
      const headers = { 'x-forwarded-for': `192.0.2.${n}`, forwarded: `for=192.0.2.${n}` };
      const guess = { name: 'admin', password: `guess ${n}` };
      statuses.add((await from('203.0.113.77', '/api/session', headers, 'POST', guess)).statusCode);
    }
    expect(statuses).toEqual(new Set([401, 429]));
  });

  it('are noticed and reported if the proxy is not trusted', async () => {
    const [Watch] = accessContext.health!;
    const watch = app.get<HealthSource>(Watch!);
    await from(stranger, '/api/session', { 'x-forwarded-for': '198.51.100.4' });
    expect(await watch.check()).toMatchObject({ status: 'warn', detail: expect.stringContaining('TRUSTED_PROXIES') });
  });
});

describe('sign-in by a header', () => {
  it('works for the trusted proxy, and for existing accounts', async () => {
    const who = (address: string, name: string, more = {}) =>
      from(address, '/api/session', { 'remote-user': name, ...more });
    expect((await who(proxy, 'Admin')).json()).toMatchObject({ user: { name: 'admin' }, expiresAt: null });
    expect((await who(proxy, 'nobody-here')).statusCode).toBe(401);
    expect((await who(stranger, 'admin')).statusCode).toBe(401);
    expect((await who(stranger, 'admin', { 'x-forwarded-for': proxy })).statusCode).toBe(401);
    expect((await who(proxy, 'mallory, admin')).statusCode).toBe(401);
  });

  it('does not let another site write', async () => {
    const write = (headers: Record<string, string>) =>
      from(proxy, '/api/users', { 'remote-user': 'admin', ...headers }, 'POST', {
        name: 'x',
        role: 'viewer',
        password,
      });
    expect((await write({})).statusCode).toBe(403);
    expect((await write({ origin: 'https://evil.example' })).statusCode).toBe(403);
    expect((await write({ origin: `http://${host}` })).statusCode).toBe(201);
  });

  it('is off if no setting names the header', async () => {
    const data = await mkdtemp(join(tmpdir(), 'streamvault-no-header-'));
    const { app: other } = await openAccess(data, { environment: { TRUSTED_PROXIES: '127.0.0.1' } });
    try {
      await setUp(other, data);
      expect((await ask(other, 'GET', '/api/session', { 'remote-user': 'admin' })).statusCode).toBe(401);
    } finally {
      await other.close();
      await rm(data, { recursive: true, force: true });
    }
  });
});
