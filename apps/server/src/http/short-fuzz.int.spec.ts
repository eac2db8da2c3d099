import { afterAll, beforeAll, expect, it } from '@jest/globals';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { AccessGate, allows, type DeclaredRoute } from '@streamvault/access';
import { contexts } from '@streamvault/contexts';
import * as fc from 'fast-check';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { controllers, openAccess, own, setUp, shadowsOf, signedInAs, host } from './access-server.testing.js';

/** `npm run fuzz` asks a whole server 100,000 times; this is what each change is asked. */
const requests = 3000;

let app: NestFastifyApplication;
let folder: string;
let routes: readonly DeclaredRoute[];
const cookies: Record<string, string | undefined> = {};

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'streamvault-short-fuzz-'));
  const access = ['Setup', 'Session', 'Oidc', 'Passkeys', 'Users', 'Keys', 'Shares', 'SharePage'];
  const others = controllers.filter(({ name }) => !access.includes(name.replace('Controller', '')));
  ({ app } = await openAccess(folder, { controllers: shadowsOf(others) }));
  routes = app.get(AccessGate).guard(controllers, Object.keys(contexts.permissions));
  const administrator = await setUp(app, folder);
  for (const role of ['viewer', 'operator']) cookies[role] = await signedInAs(app, administrator, role);
});
afterAll(async () => {
  await app.close();
  await rm(folder, { recursive: true, force: true });
});

const names = [
  'limit',
  'cursor',
  'q',
  'exp',
  'by',
  'sig',
  'token',
  'name',
  'password',
  'scopes',
  'videoId',
  'role',
  'response',
];
const odd = fc.oneof(
  fc.constantFrom(
    '1',
    '2',
    '0',
    '-1',
    '1e3',
    '__proto__',
    '../..',
    "' or 1=1 --",
    '\u0000',
    '9'.repeat(30),
    'a'.repeat(290),
  ),
  // The browser itself resolves `.` and `..`: they would be other addresses.
  fc.string({ unit: 'binary', maxLength: 40 }).filter((text) => !['', '.', '..'].includes(text)),
);
const requestOf = () =>
  fc.record({
    who: fc.constantFrom('nobody', 'viewer', 'operator'),
    route: fc.constantFrom(...routes),
    values: fc.array(odd, { minLength: 3, maxLength: 3 }),
    query: fc.dictionary(fc.constantFrom(...names), odd, { maxKeys: 3 }),
    body: fc.oneof(
      { weight: 5, arbitrary: fc.dictionary(fc.constantFrom(...names), fc.jsonValue({ maxDepth: 3 }), { maxKeys: 5 }) },
      fc.jsonValue({ maxDepth: 3 }),
    ),
    isJson: fc.integer({ min: 0, max: 19 }).map((number) => number > 0),
    authorization: fc.option(fc.constantFrom('Bearer', 'Bearer sv_x', 'Basic eDp5', 'Digest'), {
      freq: 12,
      nil: undefined,
    }),
  });

it('odd requests by nobody, a viewer and an operator come to no defect, and to nothing beyond the role', async () => {
  const problems: string[] = [];
  const counts: Record<number, number> = {};
  for (const request of fc.sample(requestOf(), { numRuns: requests, seed: 20_261_201 })) {
    const { who, route, values, query, body, isJson, authorization } = request;
    const { method, path, needs } = route;
    // Signing out would make the rest of the run one by nobody.
    if (method === 'DELETE' && /^\/api\/(session|users\/:id\/sessions.*)$/.test(path)) continue;
    const left = [...values];
    const filled = path.replaceAll(/:\w+/g, () => encodeURIComponent((left.pop() ?? '1').toWellFormed()));
    const search = new URLSearchParams(query).toString();
    const cookie = cookies[who];
    const hasBody = method !== 'GET' && method !== 'HEAD';
    const { statusCode, body: text } = await app.inject({
      method: method as 'GET',
      url: `${filled}${search === '' ? '' : `?${search}`}`,
      headers: {
        host,
        ...(cookie === undefined ? { origin: `http://${host}` } : own(cookie)),
        ...(authorization !== undefined && { authorization }),
        ...(hasBody && { 'content-type': isJson ? 'application/json' : 'text/plain' }),
      },
      ...(hasBody && { payload: JSON.stringify(body) }),
    });
    counts[statusCode] = (counts[statusCode] ?? 0) + 1;
    const said = `${who}: ${method} ${filled.slice(0, 80)}?${search.slice(0, 80)} -> ${statusCode} ${text.slice(0, 160)}`;
    const { permission } = needs;
    const isOpen =
      permission === 'always' || permission === 'anyone' || (permission === 'signed-in' && who !== 'nobody');
    const may = isOpen || (who !== 'nobody' && allows(who as 'viewer', permission));
    if (statusCode >= 500) problems.push(said);
    if (statusCode < 400 && !may) problems.push(`Beyond the role. ${said}`);
    if (statusCode >= 400 && /node_modules|\.js:\d+|SQLITE_|argon2/.test(text))
      problems.push(`Tells what is inside. ${said}`);
  }
  expect(problems).toEqual([]);
  expect(Object.keys(counts)).toEqual(expect.arrayContaining(['200', '400', '401', '403', '404']));
}, 180_000);
