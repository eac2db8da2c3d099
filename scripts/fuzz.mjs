// `npm run fuzz [-- --requests 100000 --sign-ins 10000 --seed 1]`: odd requests to every route by nobody, a viewer and an operator,
// against a server of its own. What it looks for: a 5xx, an answer beyond what the role may, a log that a storm of sign-ins
// fills, and secrets where none belong. The routes and their permissions come from the server's own OpenAPI document.
import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { Agent, request as httpRequest } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { compile, main, onTheRightNode, root } from './house.mjs';

const { values } = parseArgs({
  options: {
    requests: { type: 'string', default: '100000' },
    'sign-ins': { type: 'string', default: '10000' },
    seed: { type: 'string', default: '1' },
    compile: { type: 'boolean', default: true },
  },
  allowNegative: true,
});
const password = `fuzz ${randomBytes(9).toString('base64url')}`;
const together = 16;

/** mulberry32: the same seed asks the same questions. */
function randomOf(seed) {
  let state = seed >>> 0;
  return (below) => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) % below;
  };
}
const random = randomOf(Number(values.seed));
const pick = (list) => list[random(list.length)];

const oddIds = [
  '1',
  '2',
  '0',
  '-1',
  '1e3',
  '0x1',
  '01',
  '%31',
  'NaN',
  'null',
  '9007199254740992',
  '%00',
  '%ff',
  '%zz',
  '..',
  '%2e%2e%2f%2e%2e%2fetc%2fpasswd',
  "1'%20or%20'1'='1",
  '__proto__',
  'a'.repeat(290),
];
const oddTexts = [
  '',
  '0',
  '-1',
  'true',
  'null',
  '\u0000',
  '\ud83d\ude00',
  '../../etc/passwd',
  '<script>',
  "' or 1=1 --",
  '{',
  '[]',
  'a'.repeat(3000),
  '2026-11-30T00:00:00Z',
  '-recordedAt',
  'eyJ9',
  '9'.repeat(30),
];
const names = [
  'limit',
  'cursor',
  'q',
  'sort',
  'streamerId',
  'state',
  'from',
  'to',
  'at',
  'after',
  'token',
  'exp',
  'by',
  'sig',
  'name',
  'password',
  'url',
  'id',
  'role',
  'scopes',
  'videoId',
  'returnTo',
  'title',
  'constructor',
  '__proto__',
];
const oddValue = (depth = 0) => {
  switch (random(depth > 2 ? 5 : 7)) {
    case 0:
      return pick(oddTexts);
    case 1:
      return random(2) === 0 ? random(1000) - 500 : 1.7e308;
    case 2:
      return null;
    case 3:
      return random(2) === 0;
    case 4:
      return pick(oddTexts);
    case 5:
      return Array.from({ length: random(4) }, () => oddValue(depth + 1));
    default:
      return Object.fromEntries(Array.from({ length: random(5) }, () => [pick(names), oddValue(depth + 1)]));
  }
};
const oddHeaders = () => ({
  ...(random(4) === 0 && {
    range: pick(['bytes=0-', 'bytes=-1', 'bytes=9-1', 'bytes=a', 'bytes=0-0,2-2', 'x'.repeat(900)]),
  }),
  ...(random(6) === 0 && { 'idempotency-key': pick(oddTexts).replaceAll(/[^\x20-\x7e]/g, '') }),
  ...(random(6) === 0 && {
    'x-forwarded-for': pick(['127.0.0.1', '::1', 'evil']),
    'x-forwarded-proto': 'https',
    'x-forwarded-host': 'localhost',
  }),
  ...(random(8) === 0 && { 'last-event-id': pick(['0', '-1', '99999999999999999999', 'x']) }),
  ...(random(8) === 0 && { 'if-none-match': '*', 'if-range': 'x' }),
  ...(random(8) === 0 && { accept: pick(['text/html', 'application/xml', '*/*']) }),
});

const agent = new Agent({ keepAlive: true, maxSockets: together });
/** The status and up to 4 MB of what is said; a feed that goes on is left. */
const send = (address, { method, path, headers, body }) =>
  new Promise((resolve) => {
    const url = new URL(address);
    const request = httpRequest(
      { host: url.hostname, port: url.port, agent, method, path, headers, timeout: 15_000 },
      (answer) => {
        let text = '';
        const end = () => resolve({ status: answer.statusCode, text, headers: answer.headers });
        if (String(answer.headers['content-type']).startsWith('text/event-stream')) {
          end();
          request.destroy();
          return;
        }
        answer.on('data', (chunk) => (text += text.length < 4_194_304 ? chunk.toString('latin1') : ''));
        answer.once('end', end);
        answer.once('error', end);
      },
    );
    request.once('error', (error) => resolve({ status: 0, text: String(error), headers: {} }));
    request.once('timeout', () => request.destroy(new Error('no answer within 15 s')));
    request.end(body);
  });

async function start(folder) {
  const child = spawn(process.execPath, [join(root, 'apps/server/compiled/main.js')], {
    cwd: folder,
    env: {
      PATH: process.env.PATH,
      HOME: folder,
      DATA_DIR: join(folder, 'data'),
      PORT: '0',
      LOG_FORMAT: 'json',
      LOG_LEVEL: 'debug',
      ADMIN_NAME: 'admin',
      ADMIN_PASSWORD: password,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const log = { text: '' };
  const address = await new Promise((resolve, reject) => {
    const take = (chunk) => {
      log.text += chunk;
      const found = /Listening on (http:\/\/[^\s"]+)/.exec(log.text)?.[1];
      if (found) resolve(found);
    };
    child.stdout.on('data', take);
    child.stderr.on('data', take);
    child.once('exit', (code) => reject(new Error(`The server ended with ${code}:\n${log.text.slice(-3000)}`)));
  });
  return { child, log, address };
}

await main(async () => {
  await onTheRightNode();
  if (values.compile) await compile({ quiet: true });
  const folder = mkdtempSync(join(tmpdir(), 'streamvault-fuzz-'));
  const { child, log, address } = await start(folder);
  const problems = [];
  try {
    const origin = new URL(address).origin;
    const json = async (method, path, cookie, body) => {
      const answer = await send(address, {
        method,
        path,
        headers: { origin, ...(cookie && { cookie }), ...(body && { 'content-type': 'application/json' }) },
        body: body && JSON.stringify(body),
      });
      return { ...answer, json: answer.text === '' ? null : JSON.parse(answer.text) };
    };
    const signIn = async (name, cookie) => {
      const answer = await json('POST', '/api/session', cookie, { name, password });
      if (answer.status !== 200) return { status: answer.status };
      return { status: 200, cookie: answer.headers['set-cookie'].map((each) => each.split(';', 1)[0]).join('; ') };
    };
    const admin = (await signIn('admin')).cookie;
    const may = { nobody: new Set() };
    const cookies = { nobody: undefined };
    for (const role of ['viewer', 'operator']) {
      await json('POST', '/api/users', admin, { name: role, role, password });
      cookies[role] = (await signIn(role)).cookie;
      may[role] = new Set((await json('GET', '/api/session', cookies[role])).json.permissions);
    }
    const { key } = (await json('POST', '/api/keys', admin, { name: 'fuzz', scopes: ['videos.view'] })).json;
    const { paths } = (await json('GET', '/api/openapi.json', admin)).json;
    const routes = Object.entries(paths).flatMap(([path, methods]) =>
      Object.entries(methods).map(([method, { 'x-permission': permission }]) => ({
        method: method.toUpperCase(),
        path,
        permission,
      })),
    );
    const undeclared = routes.filter(({ permission }) => permission === undefined);
    if (undeclared.length > 0)
      problems.push(`Without a permission in OpenAPI: ${undeclared.map(({ path }) => path).join(', ')}`);

    const counts = {};
    const began = performance.now();
    let asked = 0;
    const total = Number(values.requests);
    const one = async () => {
      const who = pick(['nobody', 'viewer', 'operator']);
      const { method, path, permission } = pick(routes);
      const filled = path.replaceAll(/\{\w+\}/g, () => pick(oddIds));
      const query =
        random(2) === 0
          ? ''
          : `?${Array.from({ length: 1 + random(3) }, () => `${pick(names)}=${encodeURIComponent(pick(oddTexts).toWellFormed())}`).join('&')}`;
      const hasBody = !['GET', 'HEAD'].includes(method) && random(5) > 0;
      const body = hasBody ? (random(10) === 0 ? '{"' : JSON.stringify(oddValue())) : undefined;
      // Signing out or ending sessions would make the rest of the run one by nobody.
      if (/^\/api\/(session|users\/\{id\}\/sessions.*)$/.test(path) && method === 'DELETE') return;
      const headers = {
        ...oddHeaders(),
        ...(cookies[who] && { cookie: cookies[who] }),
        ...(random(20) > 0 && { origin: random(20) === 0 ? 'https://evil.example' : origin }),
        // Node leaves it out of a DELETE, and the body would be taken for the next request.
        ...(body !== undefined && { 'content-length': Buffer.byteLength(body) }),
        ...(body !== undefined && {
          'content-type':
            random(12) === 0 ? pick(['text/plain', 'application/x-www-form-urlencoded', '']) : 'application/json',
        }),
      };
      const { status, text } = await send(address, { method, path: filled + query, headers, body });
      counts[status] = (counts[status] ?? 0) + 1;
      const said = `${who}: ${method} ${filled.slice(0, 120)}${query.slice(0, 120)} → ${status} ${text.slice(0, 200)}`;
      const isOpen =
        permission === 'always' || permission === 'anyone' || (permission === 'signed-in' && who !== 'nobody');
      if (status === 0 || (status >= 500 && status !== 503)) problems.push(said);
      if (status < 400 && status > 0 && !isOpen && !may[who].has(permission)) problems.push(`Beyond the role. ${said}`);
      if (/node_modules|\.js:\d+|SQLITE_|argon2/.test(text) && status >= 400)
        problems.push(`Tells what is inside. ${said}`);
    };
    await Promise.all(
      Array.from({ length: together }, async () => {
        while (asked < total && problems.length < 50) {
          asked += 1;
          await one();
          if (asked % 20_000 === 0)
            console.log(`${asked} requests, ${Math.round(asked / ((performance.now() - began) / 1000))} a second`);
        }
      }),
    );
    const seconds = (performance.now() - began) / 1000;

    // Who was here before gets in whatever others try.
    const countOf = async () =>
      (await json('GET', '/api/audit/events?category=sign_ins&limit=200', admin)).json.items?.length ?? 0;
    const before = await countOf();
    const tries = Number(values['sign-ins']);
    const tried = {};
    let guessed = 0;
    await Promise.all(
      Array.from({ length: together }, async () => {
        while (guessed < tries) {
          guessed += 1;
          const { status } = await json('POST', '/api/session', undefined, {
            name: 'admin',
            password: `guess ${guessed}`,
          });
          tried[status] = (tried[status] ?? 0) + 1;
        }
      }),
    );
    const added = (await countOf()) - before;
    if (added > 100) problems.push(`${tries} failed sign-ins made ${added} events.`);
    if (tries > 100 && !((tried[429] ?? 0) > tries / 2))
      problems.push(`Sign-ins were not throttled: ${JSON.stringify(tried)}`);
    const back = await signIn('admin', admin);
    if (back.status !== 200) problems.push(`The administrator does not get in after it: ${back.status}`);

    // Nothing that opens something stands in log, events or read models; beside the log there are hashes only.
    child.kill('SIGTERM');
    await new Promise((resolve) => child.once('exit', resolve));
    const secrets = [
      password,
      key,
      ...[admin, ...Object.values(cookies)].flatMap((cookie) =>
        [...(cookie ?? '').matchAll(/=([\w-]{43})/g)].map(([, token]) => token),
      ),
    ];
    const searched = [
      ['the log of the server', log.text],
      ...filesIn(join(folder, 'data')).map((file) => [file, readFileSync(file, 'latin1')]),
    ];
    for (const [where, text] of searched)
      for (const secret of secrets) if (text.includes(secret)) problems.push(`A secret stands in ${where}.`);

    console.log(
      JSON.stringify({
        fuzz: {
          requests: asked,
          perSecond: Math.round(asked / seconds),
          statuses: counts,
          signIns: { tried, events: added },
          searched: searched.length,
          secrets: secrets.length,
          seed: Number(values.seed),
        },
      }),
    );
    for (const problem of problems.slice(0, 20)) console.error(`FOUND: ${problem}`);
    return problems.length === 0 ? 0 : 1;
  } finally {
    child.kill('SIGKILL');
    rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
  }
});

function filesIn(directory) {
  return readdirSync(directory, { recursive: true })
    .map((name) => join(directory, name))
    .filter((file) => statSync(file).isFile());
}
