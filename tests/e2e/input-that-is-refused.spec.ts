import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { StreamVault } from './support/stream-vault.js';
import { inThis, World } from './support/world.js';

const world = new World();
const showing = (test: () => Promise<void>) => () => inThis(world, test);
let server: StreamVault;

beforeAll(
  showing(async () => {
    server = await world.server();
  }),
);
afterAll(() => world.close());

describe('input', () => {
  const add = (body: unknown, headers = {}) => server.api.request('POST', '/api/streamers', { body, headers });

  it(
    'that names a streamer twice is a 409, however the address is written, and also for simultaneous requests',
    showing(async () => {
      const url = 'http://EXAMPLE.org:80/Live/../live.m3u8#top';
      const answers = await Promise.all([add({ url }), add({ url: 'http://example.org/live.m3u8' })]);
      expect(answers.map(({ status }) => status).toSorted((left, right) => left - right)).toEqual([201, 409]);
      const refused = answers.find(({ status }) => status === 409);
      expect(refused?.json).toMatchObject({ code: 'streamer.already-added', streamerId: expect.any(Number) });
    }),
  );

  it.each([
    ['no body', undefined],
    ['an empty object', {}],
    ['a list', []],
    ['null', null],
    ['no address', { name: 'x' }],
    ['an address that is a number', { url: 5 }],
    ['an empty address', { url: '   ' }],
    ['no URL', { url: 'live' }],
    ['another protocol', { url: 'ftp://example.org/live' }],
    ['a file', { url: 'file:///etc/passwd' }],
    ['a password in the address', { url: 'https://me:secret-value@example.org/live.m3u8' }],
    ['a page of Twitch that is no channel', { url: 'https://www.twitch.tv/directory' }],
    ['an unknown quality', { url: 'http://example.org/a.m3u8', quality: 'great' }],
    ['a flag that is a word', { url: 'http://example.org/a.m3u8', autoRecord: 'yes' }],
    ['something unknown', { url: 'http://example.org/a.m3u8', colour: 'red' }],
    ['a name without letters', { url: 'http://example.org/a.m3u8', name: '  ' }],
    ['an endless address', { url: `http://example.org/${'a'.repeat(3000)}` }],
  ])('is refused with what is wrong: %s', async (_, body) => {
    const { status, json, bytes } = await add(body);
    expect(status).toBe(400);
    expect(json).toMatchObject({ detail: expect.stringMatching(/\w+ \w+/) });
    expect(bytes.toString()).not.toContain('secret-value');
  });

  it('is refused field by field', async () => {
    const { json } = await add({ url: 7, quality: 'great' });
    expect(json).toMatchObject({ code: 'request.invalid' });
    const { errors } = json as { errors: { path: string; message: string }[] };
    expect(errors.map(({ path }) => path)).toEqual(expect.arrayContaining(['url', 'quality']));
    for (const { message } of errors) expect(message).not.toBe('');
  });

  it('that is not JSON is a 400, of an unsupported type a 415, too large a 413', async () => {
    const send = (body: string, type = 'application/json') =>
      server.api.fetch('/api/streamers', { method: 'POST', headers: { 'Content-Type': type }, body });
    for (const [answer, status] of [
      [await send('{"url":'), 400],
      [await send(''), 400],
      [await send('{"__proto__":{"url":"http://example.org/x.m3u8"}}'), 400],
      [await send('{"url":"http://example.org/x.m3u8"}', 'text/plain'), 415],
      [await send('<url/>', 'application/xml'), 415],
      [await send(`{"url":"${'a'.repeat(300_000)}"}`), 413],
    ] as const) {
      expect(answer.status).toBe(status);
      expect(answer.headers.get('content-type')).toContain('application/problem+json');
      expect(answer.headers.get('x-correlation-id')).toBeTruthy();
    }
  });

  it.each([
    '/api/streamers?limit=0',
    '/api/streamers?limit=201',
    '/api/streamers?limit=many',
    '/api/streamers?cursor=nonsense',
    '/api/streamers?cursor=eyJhIjoxfQ',
    '/api/recordings?state=asleep',
    '/api/recordings?streamerId=x',
    '/api/recordings?cursor=%00',
    '/api/recordings?cursor=IjEi',
    '/api/videos?sort=colour',
    '/api/videos?from=yesterday',
    '/api/videos?cursor=W10',
    '/api/videos?cursor=eyJ2YWx1ZSI6e30sImlkIjoxfQ',
  ])('in a query is refused too: %s', async (path) => {
    expect((await server.api.refusal('GET', path)).status).toBe(400);
  });

  it('in a list continues where the cursor says', async () => {
    for (let count = 1; count <= 5; count += 1) await add({ url: `http://127.0.0.1:9/page-${count}.m3u8` });
    const all = (await server.api.streamers()).items.map(({ id }) => id);
    const seen: number[] = [];
    let next = '';
    do {
      const answer = await server.api.request('GET', `/api/streamers?limit=2${next}`);
      const { items, nextCursor } = answer.json as { items: { id: number }[]; nextCursor: string | null };
      seen.push(...items.map(({ id }) => id));
      next = nextCursor === null ? '' : `&cursor=${encodeURIComponent(nextCursor)}`;
    } while (next !== '');
    expect(seen).toEqual(all);
    expect(all.length).toBeGreaterThan(4);
  });
});

describe('a correlation id', () => {
  it('from the client is in the answer and the events', async () => {
    const given = '0A1B2C3D-0000-4000-8000-00000000ABCD';
    const url = 'http://127.0.0.1:9/correlated.m3u8';
    const answer = await server.api.request('POST', '/api/streamers', {
      body: { url },
      headers: { 'X-Correlation-Id': given },
    });
    expect(answer.headers.get('x-correlation-id')).toBe(given.toLowerCase());
    const { id } = answer.json as { id: number };
    const feed = await server.follow('0');
    const added = feed.events.find(({ stream }) => stream === `streamer-${id}`);
    expect(added?.metadata).toMatchObject({ $correlationId: given.toLowerCase() });
  });

  it('that is invalid is replaced', async () => {
    const { headers } = await server.api.request('GET', '/api/streamers', { headers: { 'X-Correlation-Id': 'mine' } });
    expect(headers.get('x-correlation-id')).not.toBe('mine');
  });
});
