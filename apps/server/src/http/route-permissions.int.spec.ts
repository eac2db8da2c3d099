import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { AccessGate, allows, FirstRun } from '@streamvault/access';
import { contexts } from '@streamvault/contexts';
import type { OpenedShare, Role } from '@streamvault/api-contract';
import type { MemoryEventStore } from '@streamvault/event-store';
import type { RouteNeeds } from '@streamvault/http-kit';
import { Controller, Get } from '@nestjs/common';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  addressOf,
  allButTheDate,
  ask as askAt,
  controllers,
  cookieOf,
  host,
  openAccess,
  own,
  password,
  shadowsOf,
} from './access-server.testing.js';

let app: NestFastifyApplication;
/** Every route of the server, without what is behind it. */
let routesOnly: NestFastifyApplication;
let gate: AccessGate;
let store: MemoryEventStore;
let folder: string;
const cookies = new Map<string, string>();

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'streamvault-access-'));
  ({ app, store } = await openAccess(folder));
  gate = app.get(AccessGate);
  ({ app: routesOnly } = await openAccess(folder, { store, instead: shadowsOf(controllers) }));
});
afterAll(async () => {
  await routesOnly.close();
  await app.close();
  await rm(folder, { recursive: true, force: true });
});

const hour = 3_600_000;
/** Moves the time. */
async function later<Result>(milliseconds: number, work: () => Promise<Result>): Promise<Result> {
  const clock = jest.spyOn(Date, 'now').mockReturnValue(Date.now() + milliseconds);
  try {
    return await work();
  } finally {
    clock.mockRestore();
  }
}

const ask = (method: string, url: string, headers: Record<string, string> = {}, body?: object) =>
  askAt(app, method, url, headers, body);

describe('an installation without accounts', () => {
  it('answers nothing but health, its pages and the set-up', async () => {
    for (const path of ['/api/users', '/api/session', '/api/nothing', '/api/docs']) {
      const answer = await ask('GET', path);
      expect([path, answer.statusCode, answer.json()]).toEqual([
        path,
        503,
        expect.objectContaining({ code: 'setup.required' }),
      ]);
    }
    expect((await ask('GET', '/api/setup')).json()).toEqual({ required: true, codeNeeded: false });
  });

  it('requires the code unless the request comes from the machine itself', async () => {
    await app.get(FirstRun).prepare();
    const code = await readFile(join(folder, 'setup-code'), 'utf8');
    expect(code).toMatch(/^([0-9A-Z]{4}-){7}[0-9A-Z]{4}\n$/);
    for (const proxied of [
      { 'x-forwarded-for': '127.0.0.1' },
      { forwarded: 'for=127.0.0.1' },
      { host: '192.168.1.5' },
    ]) {
      expect((await ask('GET', '/api/setup', proxied as never)).json()).toEqual({ required: true, codeNeeded: true });
      const refused = await ask('POST', '/api/setup', proxied as never, { name: 'mallory', password });
      expect(refused.json()).toMatchObject({ status: 403, code: 'setup.wrong-code' });
    }
  });

  it('has one winner if two set it up at once', async () => {
    const answers = await Promise.all(
      ['admin', 'other', 'third'].map((name) => ask('POST', '/api/setup', {}, { name, password })),
    );
    expect(answers.map(({ statusCode }) => statusCode).toSorted()).toEqual([201, 409, 409]);
    cookies.set('administrator', cookieOf(answers.find(({ statusCode }) => statusCode === 201)!));
    expect((await ask('POST', '/api/setup', {}, { name: 'late', password })).statusCode).toBe(409);
    const types: string[] = [];
    for await (const { type } of store.readStream('accounts-all')) types.push(type);
    expect(types).toEqual(['UserCreated']);
  });
});

describe('every route of the server', () => {
  const table = () => gate.guard(controllers, Object.keys(contexts.permissions));

  beforeAll(async () => {
    for (const role of ['viewer', 'operator'] as const) {
      const made = await ask('POST', '/api/users', own(cookies.get('administrator')!), { name: role, role, password });
      expect(made.statusCode).toBe(201);
      cookies.set(role, cookieOf(await ask('POST', '/api/session', {}, { name: role, password })));
    }
  });

  /** What a request for a route is answered, by everything that is before its handler. */
  async function verdict(
    method: string,
    path: string,
    headers: Record<string, string>,
    query: object = {},
    id = '1',
  ): Promise<string> {
    const search = new URLSearchParams(query as Record<string, string>).toString();
    const address = `${addressOf(path, id)}${search === '' ? '' : `?${search}`}`;
    const { statusCode } = await askAt(routesOnly, method, address, { origin: `http://${host}`, ...headers });
    const words: Readonly<Record<number, string>> = { 401: 'unauthenticated', 403: 'forbidden' };
    return statusCode < 300 ? 'let through' : (words[statusCode] ?? String(statusCode));
  }

  /** The signature from a share link of that item, and the link's own id. */
  async function share(item: object): Promise<{ id: string; query: object }> {
    const admin = own(cookies.get('administrator')!);
    const { id, url } = (await ask('POST', '/api/shares', admin, item)).json<{ id: string; url: string }>();
    const opened = (await ask('POST', '/api/shares/open', {}, { token: url.split('/s/')[1] })).json<OpenedShare>();
    return { id, query: Object.fromEntries(new URL(`http://x${opened.fileUrl ?? opened.playlistUrl}`).searchParams) };
  }

  const shareCan = (permission: string) => ['videos.watch', 'recordings.view'].includes(permission);

  /** Derived only from what a route needs, so that future routes are included. */
  function expectedOf(method: string, { permission, shared }: RouteNeeds, shareOf: 'video' | 'recording') {
    const isAlways = permission === 'always';
    const isOpen = isAlways || permission === 'anyone';
    const isTheirs = shared === shareOf && shareCan(permission) && /^(GET|HEAD)$/.test(method);
    const byRole = (role: Role) =>
      isOpen || permission === 'signed-in' || allows(role, permission) ? 'let through' : 'forbidden';
    return {
      nobody: isOpen ? 'let through' : 'unauthenticated',
      viewer: byRole('viewer'),
      operator: byRole('operator'),
      administrator: 'let through',
      'a session that is over': isOpen ? 'let through' : 'unauthenticated',
      'a key without the scope':
        isOpen || permission === 'signed-in' || permission === 'system.view' ? 'let through' : 'forbidden',
      'a key that is none': isAlways ? 'let through' : 'unauthenticated',
      'a share': isAlways || isTheirs ? 'let through' : 'forbidden',
      'a share of another item': isAlways ? 'let through' : 'forbidden',
      'a share that is over': isAlways ? 'let through' : 'forbidden',
      'a share that was revoked': isAlways ? 'let through' : 'forbidden',
      'a signature for another path': isAlways ? 'let through' : 'forbidden',
    };
  }

  it('admits the callers that its permission names, and no one else', async () => {
    const routes = table();
    expect(routes.length).toBeGreaterThan(100);
    const admin = own(cookies.get('administrator')!);
    const made = await ask('POST', '/api/keys', admin, { name: 'metrics', scopes: ['system.view'] });
    const { key } = made.json<{ key: string }>();
    const gone = cookies.get('viewer')!.replace(/=./, '=~');
    // All before the first question: a process sees within a second, not at once, what another one has shared.
    const shares = [];
    for (const kind of ['video', 'recording'] as const) {
      const body = (id: number) => ({ [`${kind}Id`]: id });
      const [right, other, revoked] = [await share(body(1)), await share(body(2)), await share(body(1))];
      const over = await share({ ...body(1), expiresAt: new Date(Date.now() + hour).toISOString() });
      await ask('DELETE', `/api/shares/${revoked.id}`, admin);
      shares.push({ kind, right, other, revoked, over });
    }
    for (const { kind, right, other, revoked, over } of shares) {
      for (const { method, path, needs } of routes) {
        const found = {
          nobody: await verdict(method, path, {}),
          viewer: await verdict(method, path, { cookie: cookies.get('viewer')! }),
          operator: await verdict(method, path, { cookie: cookies.get('operator')! }),
          administrator: await verdict(method, path, { cookie: cookies.get('administrator')! }),
          'a session that is over': await verdict(method, path, { cookie: gone }),
          'a key without the scope': await verdict(method, path, { authorization: `Bearer ${key}` }),
          'a key that is none': await verdict(method, path, { authorization: 'Bearer sv_nonsense' }),
          'a share': await verdict(method, path, {}, right.query),
          'a share of another item': await verdict(method, path, {}, other.query),
          'a share that is over': await later(2 * hour, () => verdict(method, path, {}, over.query)),
          'a share that was revoked': await verdict(method, path, {}, revoked.query),
          'a signature for another path': await verdict(method, path, {}, right.query, '2'),
        };
        expect([method, path, found]).toEqual([method, path, expectedOf(method, needs, kind)]);
      }
    }
  });

  it('is denied if nothing is declared for it', async () => {
    // Nothing starts with such a route; if one were there nevertheless, its gate is closed.
    const forgotten = (cookie?: string) => ({
      method: 'GET',
      url: '/api/forgotten',
      raw: {},
      host,
      protocol: 'http',
      headers: { host, ...(cookie !== undefined && { cookie }) },
      params: {},
      query: {},
      routeOptions: { url: '/api/forgotten' },
    });
    const check = (cookie?: string) => gate.check(forgotten(cookie) as never);
    await expect(check(cookies.get('viewer')!)).rejects.toMatchObject({ kind: 'forbidden' });
    await expect(check()).rejects.toMatchObject({ kind: 'unauthenticated' });
  });

  it('prevents the start of the server if it does not say who may use it, or names what no context declares', () => {
    @Controller('api/forgotten')
    class Forgetful {
      @Get()
      list(): void {}
    }
    expect(() => gate.guard([Forgetful], [])).toThrow('Forgetful.list does not');
    expect(() => gate.guard(controllers, [])).toThrow('which no context declares');
  });
});

describe('a session', () => {
  it('ends everywhere else when the password changes, and continues here under another token', async () => {
    const first = cookies.get('viewer')!;
    const second = cookieOf(await ask('POST', '/api/session', {}, { name: 'viewer', password }));
    const changed = await ask('PUT', '/api/session/password', own(second), {
      current: password,
      password: 'another harbour at dusk',
    });
    expect(changed.statusCode).toBe(204);
    const renewed = cookieOf(changed);
    const statuses = await Promise.all(
      [first, second, renewed].map(async (cookie) => (await ask('GET', '/api/session', { cookie })).statusCode),
    );
    expect(statuses).toEqual([401, 401, 200]);
  });

  it('ends with its account, and when it is revoked', async () => {
    const admin = own(cookies.get('administrator')!);
    const cookie = cookieOf(await ask('POST', '/api/session', {}, { name: 'operator', password }));
    const { items } = (await ask('GET', '/api/users', admin)).json<{ items: { id: number; name: string }[] }>();
    const { id } = items.find(({ name }) => name === 'operator')!;
    expect((await ask('DELETE', `/api/users/${id}/sessions`, admin)).statusCode).toBe(204);
    expect((await ask('GET', '/api/session', { cookie })).statusCode).toBe(401);
    await ask('PATCH', `/api/users/${id}`, admin, { disabled: true });
    expect((await ask('POST', '/api/session', {}, { name: 'operator', password })).statusCode).toBe(401);
  });

  it('cannot be used to write by a page that hides its origin', async () => {
    const cookie = cookies.get('administrator')!;
    expect((await ask('POST', '/api/users', { cookie }, {})).json()).toMatchObject({ code: 'request.cross-site' });
  });

  it('is slowed down by failures, which do not fill the log, and others cannot keep its owner out', async () => {
    const device = cookies.get('administrator')!;
    // The clock is stopped, or a wait could end in between on a slow machine.
    jest.useFakeTimers({ now: Date.now(), doNotFake: [...allButTheDate] });
    const statuses = new Set<number>();
    for (let n = 0; n < 300; n += 1)
      statuses.add((await ask('POST', '/api/session', {}, { name: 'admin', password: `guess ${n}` })).statusCode);
    expect(statuses).toEqual(new Set([401, 429]));
    const refused = await ask('POST', '/api/session', {}, { name: 'admin', password });
    expect([refused.statusCode, Number(refused.headers['retry-after'])]).toEqual([429, expect.any(Number)]);
    let told = 0;
    for await (const { type } of store.readStream('sign_ins-all')) if (type === 'SignInsFailed') told += 1;
    expect(told).toBeLessThanOrEqual(2);
    const name = (await ask('GET', '/api/session', { cookie: device })).json<{ user: { name: string } }>().user.name;
    const back = await ask('POST', '/api/session', own(device), { name, password });
    jest.useRealTimers();
    expect(back.statusCode).toBe(200);
  });
});

it('the log contains no password, token, hash of one or address', async () => {
  const whole: string[] = [];
  for (const stream of ['accounts-all', 'sign_ins-all', 'api_keys-all'] as const)
    for await (const { data, metadata } of store.readStream(stream)) whole.push(JSON.stringify([data, metadata]));
  const text = whole.join('\n');
  expect(text).not.toMatch(/argon2|127\.0\.0\.1|harbour|guess/);
  for (const cookie of cookies.values())
    for (const [, token = ''] of cookie.matchAll(/=([\w-]{43})/g)) expect(text).not.toContain(token);
});
