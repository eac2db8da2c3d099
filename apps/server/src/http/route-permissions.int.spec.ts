import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { accessContext, AccessGate, allows, FirstRun } from '@streamvault/access';
import { contexts } from '@streamvault/contexts';
import type { Role } from '@streamvault/api-contract';
import { MemoryEventStore } from '@streamvault/event-store';
import {
  CommandHandling,
  Contexts,
  EVENT_STORE,
  EventRegistry,
  INSTALLATION,
  KERNEL_LOGGER,
  ALL_JOBS,
  roles,
} from '@streamvault/kernel';
import { Controller, Get, type Type } from '@nestjs/common';
import { CqrsModule } from '@nestjs/cqrs';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pino from 'pino';
import { apiControllers } from '../app.module.js';
import { SystemController } from '../health/system.controller.js';
import { parseSettings } from '../settings/settings.js';
import { createApp } from './create-app.js';

const everyRole = new Set(roles);
const controllers: readonly Type[] = [
  SystemController,
  ...apiControllers,
  ...contexts.all.flatMap((context) => context.module?.(everyRole).controllers ?? []),
];
const silent = { info: () => {}, warn: () => {}, error: () => {} };
const host = '127.0.0.1:8000';
const password = 'quiet harbour before dawn';

let app: NestFastifyApplication;
let gate: AccessGate;
let store: MemoryEventStore;
let folder: string;
const cookies = new Map<string, string>();

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'streamvault-access-'));
  ({ app, store } = await open(folder));
  gate = app.get(AccessGate);
});
afterAll(async () => {
  await app.close();
  await rm(folder, { recursive: true, force: true });
});

/** The access context alone, as the server has it, on a log and records of its own. */
async function open(dataDirectory: string, settings: object = { ADMIN_NAME: 'admin' }) {
  const log = new MemoryEventStore();
  const registry = contexts.registry();
  const { providers, controllers: own = [] } = accessContext.module!(everyRole);
  class Access {}
  const opened = await createApp(
    {
      module: Access,
      imports: [CqrsModule.forRoot()],
      controllers: [...own],
      providers: [
        { provide: EVENT_STORE, useValue: log },
        { provide: EventRegistry, useValue: registry },
        { provide: Contexts, useValue: contexts },
        { provide: CommandHandling, useValue: new CommandHandling({ store: log, registry }) },
        { provide: KERNEL_LOGGER, useValue: silent },
        { provide: INSTALLATION, useValue: { dataDirectory, publicUrl: undefined, sharedDatabaseUrl: undefined } },
        { provide: accessContext.settings!.token, useValue: settings },
        { provide: ALL_JOBS, useValue: [] },
        ...providers,
      ],
    },
    parseSettings({}, false),
    pino({ level: 'silent' }),
  );
  await opened.getHttpAdapter().getInstance().ready();
  return { app: opened, store: log };
}

const ask = (method: string, url: string, headers: Record<string, string> = {}, body?: object, at = app) =>
  at.inject({
    method: method as 'GET',
    url,
    headers: { host, ...headers },
    ...(body && { payload: body }),
  });

const cookieOf = (answer: Awaited<ReturnType<typeof ask>>): string =>
  [answer.headers['set-cookie'] ?? []]
    .flat()
    .map((cookie) => cookie.split(';', 1)[0])
    .join('; ');

const own = (cookie: string) => ({ cookie, origin: `http://${host}` });

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

  it('asks for the code unless one sits at the machine itself', async () => {
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

  it('has one winner where two set it up at once', async () => {
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

  /** What the gate says to a request for a route, whoever would answer it. */
  async function verdict(method: string, path: string, headers: Record<string, string>): Promise<string> {
    const request = {
      method,
      url: path,
      raw: {},
      host,
      protocol: 'http',
      headers: { host, origin: `http://${host}`, ...headers },
      params: { id: '1' },
      routeOptions: { url: path },
    };
    try {
      await gate.check(request as never);
      return 'let through';
    } catch (error) {
      return (error as { kind: string }).kind;
    }
  }

  it('lets through who its permission says, and nobody else', async () => {
    const routes = table();
    expect(routes.length).toBeGreaterThan(40);
    const made = await ask('POST', '/api/keys', own(cookies.get('administrator')!), {
      name: 'metrics',
      scopes: ['system.view'],
    });
    const { key } = made.json<{ key: string }>();
    const gone = cookies.get('viewer')!.replace(/=./, '=~');
    for (const { method, path, needs } of routes) {
      const { permission } = needs;
      const isOpen = permission === 'always' || permission === 'anyone';
      const expected = {
        nobody: isOpen ? 'let through' : 'unauthenticated',
        'a session that is over': isOpen ? 'let through' : 'unauthenticated',
        'a key that is none': permission === 'always' ? 'let through' : 'unauthenticated',
        'a key': isOpen || permission === 'signed-in' || permission === 'system.view' ? 'let through' : 'forbidden',
        ...Object.fromEntries(
          (['viewer', 'operator', 'administrator'] as const).map((role: Role) => [
            role,
            isOpen || permission === 'signed-in' || allows(role, permission) ? 'let through' : 'forbidden',
          ]),
        ),
      };
      const found = {
        nobody: await verdict(method, path, {}),
        'a session that is over': await verdict(method, path, { cookie: gone }),
        'a key that is none': await verdict(method, path, { authorization: 'Bearer sv_nonsense' }),
        'a key': await verdict(method, path, { authorization: `Bearer ${key}` }),
        viewer: await verdict(method, path, { cookie: cookies.get('viewer')! }),
        operator: await verdict(method, path, { cookie: cookies.get('operator')! }),
        administrator: await verdict(method, path, { cookie: cookies.get('administrator')! }),
      };
      expect([method, path, found]).toEqual([method, path, expected]);
    }
  });

  it('is denied where no route declares anything', async () => {
    expect(await verdict('GET', '/api/forgotten', { cookie: cookies.get('viewer')! })).toBe('forbidden');
    expect(await verdict('GET', '/api/forgotten', {})).toBe('unauthenticated');
  });

  it('keeps the server from starting where it forgot to say who may use it, or names what no context declares', () => {
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
  it('ends everywhere else when the password changes, and goes on here under another token', async () => {
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

  it('cannot be used to write by a page that hides where it comes from', async () => {
    const cookie = cookies.get('administrator')!;
    expect((await ask('POST', '/api/users', { cookie }, {})).json()).toMatchObject({ code: 'request.cross-site' });
  });

  it('is slowed down by failures, which fill no log, and others do not keep its owner out', async () => {
    const device = cookies.get('administrator')!;
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
    expect(back.statusCode).toBe(200);
  });
});

it('nothing in the log is a password, a token, a hash of one or an address', async () => {
  const whole: string[] = [];
  for (const stream of ['accounts-all', 'sign_ins-all', 'api_keys-all'] as const)
    for await (const { data, metadata } of store.readStream(stream)) whole.push(JSON.stringify([data, metadata]));
  const text = whole.join('\n');
  expect(text).not.toMatch(/argon2|127\.0\.0\.1|harbour|guess/);
  for (const cookie of cookies.values())
    for (const [, token = ''] of cookie.matchAll(/=([\w-]{43})/g)) expect(text).not.toContain(token);
});
