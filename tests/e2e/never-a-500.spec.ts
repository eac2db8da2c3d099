import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { problem } from '@streamvault/api-contract';
import * as fc from 'fast-check';
import { rawRequest, type RawAnswer, type RawRequest } from './support/raw-request.js';
import { shortRecording } from './support/short-recording.js';
import type { StreamVault } from './support/stream-vault.js';
import { inThis, World } from './support/world.js';

const world = new World();
const showing = (test: () => Promise<void>) => () => inThis(world, test);
let server: StreamVault;

beforeAll(
  showing(async () => {
    server = await world.server();
    await shortRecording(world, server);
  }),
);
afterAll(() => world.close());

/** Applies to every request. */
function expectManners({ method = 'GET', path }: RawRequest, { status, headers, bytes }: RawAnswer): void {
  const asked = `${method} ${path}`;
  expect([asked, status]).not.toEqual([asked, 500]);
  expect([asked, headers['x-correlation-id']]).toEqual([asked, expect.stringMatching(/^[0-9a-f-]{36}$/)]);
  if (status < 400) return;
  expect([asked, headers['content-type']]).toEqual([asked, expect.stringContaining('application/problem+json')]);
  if (method === 'HEAD') return;
  const said = problem.parse(JSON.parse(bytes.toString()));
  expect([asked, said.status]).toEqual([asked, status]);
  expect(bytes.toString()).not.toMatch(/\.js:\d+|node_modules|SQLITE|stack/);
}

const odd = fc.oneof(
  fc.constantFrom('1', '2', '0', '-1', '1e3', '0x1', '01', '1.0', '%201', '%31', '%D9%A1', 'NaN', 'null', 'undefined'),
  fc.constantFrom('9007199254740991', '9007199254740992', '99999999999999999999', '%00', '%ff', '%zz', '%', '..'),
  fc.constantFrom('%2e%2e%2f%2e%2e%2fetc%2fpasswd', "1'%20or%20'1'='1", '1;drop', 'a'.repeat(500), '__proto__'),
  fc.string({ maxLength: 20 }).map(encodeURIComponent),
  fc.string({ unit: 'binary', maxLength: 12 }).map((text) => encodeURIComponent(text.toWellFormed())),
);

const route = fc
  .tuple(
    fc.constantFrom(
      '/api/streamers',
      '/api/streamers/ID',
      '/api/recording/start/ID',
      '/api/recording/stop/ID',
      '/api/recordings',
      '/api/recordings/ID',
      '/api/recordings/lifecycle',
      '/api/recordings/ID/events',
      '/api/recordings/ID/playlist.m3u8',
      '/api/recordings/ID/parts/ID',
      '/api/recordings/ID/cancel',
      '/api/recordings/ID/retry',
      '/api/recordings/ID/steps/ID/retry',
      '/api/recordings/ID/steps/ID/skip',
      '/api/queue',
      '/api/audit/events',
      '/api/audit/events/ID',
      '/api/videos',
      '/api/videos/ID',
      '/api/videos/ID/thumbnail',
      '/api/videos/ID/chapters.vtt',
      '/api/videos/ID/storyboard.vtt',
      '/api/videos/ID/storyboard/ID',
      '/api/videos/ID/stream',
      '/api/videos/ID/position',
      '/api/videos/ID/files',
      '/api/videos/ID/cut',
      '/api/videos/ID/cuts',
      '/api/videos/bulk/change',
      '/api/videos/bulk/delete',
      '/api/videos/bulk/restore',
      '/api/watching',
      '/api/library/settings',
      '/api/library/names/preview',
      '/api/library/move',
      '/api/library/import',
      '/api/library/statistics',
      '/api/library/consistency',
      '/api/library/consistency/mend',
      '/api/demo',
      '/api/openapi.json',
      '/api/ID',
      '/demo/ID',
      '/ID',
      '/health',
      '/metrics',
    ),
    odd,
    odd,
  )
  .map(([path, first, second]) => path.replace('ID', first).replace('ID', second));

const query = fc
  .array(
    fc.tuple(
      fc.constantFrom(
        'limit',
        'cursor',
        'state',
        'streamerId',
        'q',
        'from',
        'to',
        'sort',
        'lastEventId',
        'stream',
        'category',
        'type',
        'correlationId',
        'after',
        'before',
        'order',
        '__proto__',
        'x',
      ),
      fc.oneof(
        odd,
        fc.constantFrom(
          '50',
          'best',
          '-bytes',
          'completed',
          '2026-01-01T00:00:00Z',
          'recording-1',
          'newest',
          '%25',
          '_',
          '',
        ),
      ),
    ),
    { maxLength: 4 },
  )
  .map((pairs) => (pairs.length === 0 ? '' : `?${pairs.map(([name, value]) => `${name}=${value}`).join('&')}`));

const headers = fc
  .record(
    {
      Range: fc.constantFrom(
        'bytes=0-',
        'bytes=-1',
        'bytes=9-1',
        'bytes=0-0,5-6',
        'bytes=99999999999999999999-',
        'lines=1',
        '',
      ),
      'If-Range': fc.constantFrom('"x"', 'W/"x"', 'yesterday', ''),
      'If-None-Match': fc.constantFrom('*', '"x"', ',,,', ''),
      'If-Modified-Since': fc.constantFrom('yesterday', 'Mon, 01 Jan 2001 00:00:00 GMT'),
      'Idempotency-Key': fc.string({ unit: 'grapheme-ascii', maxLength: 300 }),
      'X-Correlation-Id': fc.string({ unit: 'grapheme-ascii', maxLength: 60 }),
      Accept: fc.constantFrom('*/*', 'text/html', 'nothing'),
      'Content-Type': fc.constantFrom(
        'application/json',
        'application/json; charset=utf-16',
        'text/plain',
        'nonsense',
        '',
      ),
      'Content-Encoding': fc.constantFrom('gzip', 'br', 'nonsense'),
    },
    { requiredKeys: [] },
  )
  .map((given) => Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined)));

const body = fc.oneof(
  { weight: 3, arbitrary: fc.constant(undefined) },
  { weight: 2, arbitrary: fc.json() },
  {
    weight: 3,
    arbitrary: fc
      .record(
        {
          // Never an address that could be recorded: a recording started here would connect to the internet.
          url: fc.oneof(
            fc.string(),
            fc.webUrl().map((url) => url.replace(/^https?/, 'ftp')),
            fc.jsonValue(),
          ),
          name: fc.oneof(fc.string({ unit: 'binary' }), fc.jsonValue()),
          quality: fc.oneof(fc.string(), fc.jsonValue()),
          autoRecord: fc.jsonValue(),
        },
        { requiredKeys: [] },
      )
      .map((value) => JSON.stringify(value)),
  },
  { weight: 1, arbitrary: fc.string({ unit: 'binary' }) },
);

const request = fc
  .record({
    method: fc.constantFrom('GET', 'GET', 'GET', 'HEAD', 'POST', 'POST', 'PATCH', 'DELETE', 'PUT', 'OPTIONS', 'QUERY'),
    path: fc.tuple(route, query).map(([path, search]) => path + search),
    headers,
    body,
  })
  .map(({ method, path, headers, body }): RawRequest => {
    const hasBody = body !== undefined && method !== 'GET' && method !== 'HEAD';
    const type = hasBody && headers['Content-Type'] === undefined ? { 'Content-Type': 'application/json' } : {};
    return { method, path, headers: { ...headers, ...type }, ...(hasBody && { body }) };
  });

/** As a signed-in user: otherwise the routes would not be reached. */
const ask = async (asked: RawRequest): Promise<RawAnswer> =>
  rawRequest(server.address, { ...asked, headers: { ...(await server.api.signedIn()), ...asked.headers } });

it(
  'answers every request without a 500, in problem details, with a correlation id',
  showing(async () => {
    await fc.assert(
      fc.asyncProperty(request, async (asked) => {
        expectManners(asked, await ask(asked));
      }),
      { numRuns: 1500, interruptAfterTimeLimit: 25_000, markInterruptAsFailure: false },
    );
    expect(await server.api.warnings()).toEqual([]);
  }),
);

it(
  'answers as many requests at once as come',
  showing(async () => {
    const asked = fc.sample(request, 300);
    const answers = await Promise.all(asked.map((one) => ask(one)));
    for (const [index, answer] of answers.entries()) expectManners(asked[index]!, answer);
  }),
);

it.each([
  ['GET', '//api//streamers'],
  ['GET', '/api/streamers/'],
  ['GET', '/api/../api/streamers'],
  ['GET', '/api/streamers%2F1'],
  ['GET', '/api/streamers/%C0%AF'],
  ['GET', '/api/%'],
  ['GET', `/api/streamers/${'9'.repeat(400)}`],
  ['GET', `/api/streamers?limit=1&limit=2`],
  ['GET', `/api/videos?q=${encodeURIComponent("%' or 1=1 --")}`],
  ['GET', `/api/videos?q=${'%F0%9F%8E%AC'.repeat(150)}`],
  ['GET', `/api/recordings?state=${'completed,'.repeat(500)}completed`],
  ['GET', '/api/recordings?state=,'],
  ['GET', '/api/recordings?state[]=completed'],
  ['GET', '/api/live?lastEventId=-1'],
  ['GET', '/api/live?lastEventId=1&lastEventId=2'],
  ['POST', '/api/recordings/1/steps/constructor/retry'],
  ['POST', '/api/recordings/1/steps/__proto__/retry'],
  ['GET', '/../../etc/passwd'],
  ['GET', '/%2e%2e/%2e%2e/etc/passwd'],
  ['GET', '/demo/..%2f..%2fevents.db'],
  ['GET', '/demo/seg-999999999999999.ts'],
  ['DELETE', '/'],
  ['PUT', '/api/streamers/1'],
] as const)('answers %s %s correctly', async (method, path) => {
  const asked = { method, path };
  const answer = await ask(asked);
  expectManners(asked, answer);
  expect(answer.bytes.toString()).not.toContain('root:');
});

it('answers for the pages of the console as for everything else, whatever range is requested', async () => {
  for (const path of ['/', '/live', '/recordings/1'])
    for (const range of ['bytes=9-1', 'bytes=999999999-', 'bytes=0-5', 'nonsense']) {
      const asked = { path, headers: { Range: range } };
      expectManners(asked, await ask(asked));
    }
});
