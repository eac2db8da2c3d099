import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { RecordingAnswer } from '@streamvault/api-contract';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { StreamVault } from './support/stream-vault.js';
import { inThis, World } from './support/world.js';

const world = new World();
const showing = (test: () => Promise<void>) => () => inThis(world, test);
let server: StreamVault;

beforeAll(
  showing(async () => {
    server = await world.server({ FIRST_BYTES_SECONDS: '10' });
  }),
);
afterAll(() => world.close());

/** A channel that is on air, on the list, and not recorded. */
async function channel(name: string) {
  const origin = await world.origin({ pace: 1, window: 10 });
  return { origin, ...(await server.api.addStreamer({ url: origin.url, name })) };
}

describe('starting and stopping', () => {
  it(
    'lets one of two starts at once win, and tells the other which recording it is',
    showing(async () => {
      const { id } = await channel('Two starts');
      const path = `/api/recording/start/${id}`;
      const answers = await Promise.all([1, 2, 3, 4].map(() => server.api.request('POST', path)));
      const winners = answers.filter(({ status }) => status === 200);
      expect(winners).toHaveLength(1);
      const { recordingId } = winners[0]!.json as RecordingAnswer;
      for (const { status, json } of answers.filter((answer) => !winners.includes(answer)))
        expect({ status, json }).toMatchObject({
          status: 409,
          json: { code: 'recording.already-active', recordingId },
        });
      expect((await server.api.recordings(`?streamerId=${id}`)).items).toHaveLength(1);
      // Later on too.
      await server.api.reaches(recordingId, 'capturing');
      expect(await server.api.refusal('POST', path)).toMatchObject({ code: 'recording.already-active', recordingId });

      const stops = await Promise.all([1, 2, 3].map(() => server.api.stop(id)));
      expect(stops).toEqual(stops.map(() => ({ recordingId, streamerId: id, state: 'finalizing' })));
      await server.api.reaches(recordingId, 'completed');
      expect(await server.api.stop(id)).toEqual(stops[0]);
      const story = await server.api.story(recordingId);
      expect(story.filter(({ type }) => type === 'StopRequested')).toHaveLength(1);
    }),
  );

  it(
    'stops while it is starting: nothing was captured, nothing is left open',
    showing(async () => {
      const { id, origin } = await channel('Stop while starting');
      origin.faults.playlist({ kind: 'silent' });
      const asked = origin.requested();
      const { recordingId } = await server.api.start(id);
      await asked;
      expect((await server.api.recording(recordingId)).state).toBe('starting');
      const first = await server.api.stop(id);
      const { failure, videoId } = await server.api.reaches(recordingId, 'cancelled');
      expect(videoId).toBeNull();
      expect(failure?.message).toMatch(/\w+ \w+/);
      expect(await server.api.stop(id)).toEqual(first);
      // And the streamer can be recorded again.
      origin.faults.clear();
      const again = await server.api.start(id);
      expect(again.recordingId).not.toBe(recordingId);
      await server.api.reaches(again.recordingId, 'capturing');
      await server.api.cancel(again.recordingId);
      await server.api.reaches(again.recordingId, 'cancelled');
    }),
  );

  it(
    'stops in the same breath as it starts',
    showing(async () => {
      const { id } = await channel('In one breath');
      const [started, stopped] = await Promise.all([
        server.api.start(id),
        server.api.request('POST', `/api/recording/stop/${id}`),
      ]);
      // The stop came before there was anything to stop, or it stopped what had been started.
      if (stopped.status === 409) await server.api.stop(id);
      else expect([stopped.status, (stopped.json as RecordingAnswer).recordingId]).toEqual([200, started.recordingId]);
      await server.api.reaches(started.recordingId, ['completed', 'cancelled']);
    }),
  );

  it(
    'refuses to stop what was never recorded',
    showing(async () => {
      const { id } = await channel('Never recorded');
      expect(await server.api.refusal('POST', `/api/recording/stop/${id}`)).toMatchObject({
        status: 409,
        code: 'recording.not-active',
      });
    }),
  );

  it(
    'does not let a streamer go while it is recorded',
    showing(async () => {
      const { id } = await channel('Busy');
      const { recordingId } = await server.api.start(id);
      expect(await server.api.refusal('DELETE', `/api/streamers/${id}`)).toMatchObject({ status: 409 });
      await server.api.reaches(recordingId, 'capturing');
      await server.api.stop(id);
      await server.api.reaches(recordingId, 'completed');
      expect((await server.api.request('DELETE', `/api/streamers/${id}`)).status).toBe(204);
      expect((await server.api.refusal('GET', `/api/streamers/${id}`)).status).toBe(404);
      // What was recorded stays.
      expect((await server.api.recording(recordingId)).streamerName).toBe('Busy');
    }),
  );
});

describe('an unknown id', () => {
  const routes: readonly (readonly [string, (id: string) => string, object?])[] = [
    ['POST', (id) => `/api/recording/start/${id}`],
    ['POST', (id) => `/api/recording/stop/${id}`],
    ['GET', (id) => `/api/streamers/${id}`],
    ['PATCH', (id) => `/api/streamers/${id}`, { name: 'Another' }],
    ['DELETE', (id) => `/api/streamers/${id}`],
    ['GET', (id) => `/api/recordings/${id}`],
    ['GET', (id) => `/api/recordings/${id}/events`],
    ['GET', (id) => `/api/recordings/${id}/playlist.m3u8`],
    ['GET', (id) => `/api/recordings/${id}/parts/1.ts`],
    ['POST', (id) => `/api/recordings/${id}/cancel`],
    ['POST', (id) => `/api/recordings/${id}/retry`],
    ['POST', (id) => `/api/recordings/${id}/steps/thumbnail/retry`],
    ['GET', (id) => `/api/videos/${id}`],
    ['GET', (id) => `/api/videos/${id}/thumbnail`],
    ['GET', (id) => `/api/videos/${id}/stream`],
  ];
  const ids = ['424242', '0', '-1', '1.5', '9007199254740993', 'abc', '%00', '1%2F2', ' '];

  it.each(routes.map(([method, path, body]) => [`${method} ${path(':id')}`, method, path, body] as const))(
    'is a 404: %s',
    async (_, method, path, body) => {
      for (const id of ids) {
        const answer = await server.api.request(method, path(encodeURI(id)), body && { body });
        expect([id, answer.status]).toEqual([id, 404]);
      }
    },
  );

  it('is a 404 to HEAD', async () => {
    for (const path of ['/api/videos/424242/thumbnail', '/api/videos/424242/stream'])
      expect((await server.api.request('HEAD', path)).status).toBe(404);
  });
});

describe('a source that is none', () => {
  const faults = [
    ['not there', { kind: 'status', status: 404 }, /404|not found|no such|does not exist/i],
    ['forbidden', { kind: 'status', status: 403 }, /403|refuse|not allowed|forbid/i],
    ['a web page', { kind: 'html' }, /page|HTML/i],
    ['some text', { kind: 'text', text: 'hello\n' }, /playlist/i],
    ['redirecting for ever', { kind: 'redirectLoop' }, /redirect/i],
    ['empty', { kind: 'text', text: '' }, /playlist|empty/i],
  ] as const;

  it.each(faults)('fails in words when it is %s, and can be retried once it is mended', async (name, fault, words) =>
    inThis(world, async () => {
      const { id, origin } = await channel(`Source ${name}`);
      origin.faults.playlist(fault);
      const { recordingId } = await server.api.start(id);
      const { failure } = await server.api.reaches(recordingId, 'failed');
      expect(failure?.message).toMatch(words);
      expect(failure?.message).not.toMatch(/\bat .*\.js:|undefined|\[object|ECONN|ERR_/);
      expect(failure?.code).toMatch(/^[a-z-]+(\.[a-z-]+)+$/);
      const { activeRecordingId } = await server.api.streamer(id);
      expect(activeRecordingId).toBeNull();

      origin.faults.clear();
      expect(await server.api.retry(recordingId)).toMatchObject({ recordingId, streamerId: id });
      await server.api.reaches(recordingId, 'capturing');
      expect((await server.api.recording(recordingId)).failure).toBeNull();
      await server.api.stop(id);
      await server.api.reaches(recordingId, 'completed');
      expect(await server.api.refusal('POST', `/api/recordings/${recordingId}/retry`)).toMatchObject({ status: 409 });
    }),
  );

  it(
    'fails in words when nobody listens there, and when its name is unknown',
    showing(async () => {
      const gone = await world.origin();
      const { url } = gone;
      await gone.close();
      for (const address of [url, 'http://no-such-host.invalid/live.m3u8']) {
        const { id } = await server.api.addStreamer({ url: address });
        const { recordingId } = await server.api.start(id);
        const { failure } = await server.api.reaches(recordingId, 'failed');
        expect(failure?.message).toMatch(/\w+ \w+ \w+/);
        expect(failure?.message).not.toMatch(/\bat .*\.js:|undefined|\[object/);
      }
    }),
  );

  it(
    'fails in time when it says nothing at all, and another recording of the streamer cannot take its retry away',
    showing(async () => {
      const { id, origin } = await channel('Silent');
      origin.faults.playlist({ kind: 'silent' });
      const { recordingId } = await server.api.start(id);
      const { failure } = await server.api.reaches(recordingId, 'failed', 60);
      expect(failure?.message).toMatch(/\w+ \w+ \w+/);
      origin.faults.clear();
      const other = await server.api.start(id);
      expect(await server.api.refusal('POST', `/api/recordings/${recordingId}/retry`)).toMatchObject({
        status: 409,
        code: 'recording.already-active',
        recordingId: other.recordingId,
      });
      await server.api.cancel(other.recordingId);
    }),
  );

  it(
    'ends the recording when the broadcast is over, without being stopped',
    showing(async () => {
      const { id, origin } = await channel('Ends by itself');
      const { recordingId } = await server.api.start(id);
      await server.api.reaches(recordingId, 'capturing');
      origin.end();
      await server.api.reaches(recordingId, 'completed');
      const ended = (await server.api.story(recordingId)).find(({ type }) => type === 'SourceEnded');
      expect(ended?.data).toMatchObject({ reason: 'endlist' });
      expect((await server.ledger(recordingId)).segments).toHaveLength(origin.segments().length);
    }),
  );
});

describe('an idempotency key', () => {
  it(
    'gives the first answer again, also to several at once, and refuses another request',
    showing(async () => {
      const { id } = await channel('Once');
      const path = `/api/recording/start/${id}`;
      const headers = { 'Idempotency-Key': 'start-once' };
      const answers = await Promise.all([1, 2, 3].map(() => server.api.request('POST', path, { headers })));
      expect(answers.map(({ status }) => status)).toEqual([200, 200, 200]);
      expect(new Set(answers.map(({ bytes }) => bytes.toString())).size).toBe(1);
      const again = await server.api.request('POST', path, { headers });
      expect(again.bytes.toString()).toBe(answers[0]!.bytes.toString());
      const { id: other } = await channel('Other');
      expect(await server.api.refusal('POST', `/api/recording/start/${other}`, { headers })).toMatchObject({
        status: 409,
      });
      expect((await server.api.streamer(other)).activeRecordingId).toBeNull();
      await server.api.stop(id);
    }),
  );

  it(
    'makes an addition happen once, and survives a restart',
    showing(async () => {
      const headers = { 'Idempotency-Key': 'add-once' };
      const add = (url: string) => server.api.request('POST', '/api/streamers', { headers, body: { url } });
      const first = await add('http://127.0.0.1:9/once.m3u8');
      expect(first.status).toBe(201);
      await server.restart();
      const again = await add('http://127.0.0.1:9/once.m3u8');
      expect([again.status, again.json]).toEqual([201, first.json]);
      expect((await add('http://127.0.0.1:9/twice.m3u8')).status).toBe(409);
    }),
  );

  it(
    'gives a refusal again too',
    showing(async () => {
      const headers = { 'Idempotency-Key': 'refused-once' };
      const first = await server.api.refusal('POST', '/api/recording/start/424242', { headers });
      expect(await server.api.refusal('POST', '/api/recording/start/424242', { headers })).toEqual(first);
      expect(first.status).toBe(404);
    }),
  );

  it.each(['', 'x'.repeat(256)])('of %p is refused', async (key) => {
    const { status } = await server.api.request('POST', '/api/recording/stop/424242', {
      headers: { 'Idempotency-Key': key },
    });
    expect([400, 404]).toContain(status);
  });
});

describe('input', () => {
  const add = (body: unknown, headers = {}) => server.api.request('POST', '/api/streamers', { body, headers });

  it(
    'that names a streamer twice is a 409, however the address is spelt, and also when both come at once',
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
    ['another protocol', { url: 'rtmp://example.org/live' }],
    ['a file', { url: 'file:///etc/passwd' }],
    ['a password in the address', { url: 'https://me:secret-value@example.org/live.m3u8' }],
    ['Twitch, which comes later', { url: 'https://www.twitch.tv/somebody' }],
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

  it('that is no JSON is a 400, of a kind that nobody reads a 415, too large a 413', async () => {
    const send = (body: string, type = 'application/json') =>
      fetch(`${server.address}/api/streamers`, { method: 'POST', headers: { 'Content-Type': type }, body });
    for (const [answer, status] of [
      [await send('{"url":'), 400],
      [await send(''), 400],
      [await send('{"__proto__":{"url":"http://example.org/x.m3u8"}}'), 400],
      [await send('{"url":"http://example.org/x.m3u8"}', 'text/plain'), 400],
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

  it('in a list goes on where the cursor says', async () => {
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
  it('of the client goes into the answer and the events', async () => {
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

  it('that is none is replaced', async () => {
    const { headers } = await server.api.request('GET', '/api/streamers', { headers: { 'X-Correlation-Id': 'mine' } });
    expect(headers.get('x-correlation-id')).not.toBe('mine');
  });
});

describe('a source with odd manners', () => {
  let odd: Server;
  let base: string;
  beforeAll(async () => {
    odd = createServer((request, response) => {
      if (request.url === '/endless.m3u8') {
        response.writeHead(200, { 'Content-Type': 'application/vnd.apple.mpegurl' });
        const more = setInterval(() => response.write(`#EXTM3U\n${'#'.repeat(1 << 20)}`), 1);
        response.on('close', () => clearInterval(more));
        return;
      }
      if (request.url === '/file.m3u8') {
        response.end('#EXTM3U\n#EXT-X-TARGETDURATION:2\n#EXTINF:2,\nfile:///etc/passwd\n');
        return;
      }
      response.writeHead(302, { Location: 'file:///etc/passwd' }).end();
    });
    await new Promise<void>((resolve) => odd.listen(0, '127.0.0.1', resolve));
    base = `http://127.0.0.1:${(odd.address() as AddressInfo).port}`;
  });
  afterAll(async () => {
    odd.closeAllConnections();
    await new Promise((resolve) => odd.close(resolve));
  });

  it.each([
    ['an endless playlist', '/endless.m3u8'],
    ['segments that are files of the server', '/file.m3u8'],
    ['a redirect to a file of the server', '/redirect.m3u8'],
  ])('fails in words: %s', (_, path) =>
    inThis(world, async () => {
      const { id } = await server.api.addStreamer({ url: base + path });
      const { recordingId } = await server.api.start(id);
      const { failure } = await server.api.reaches(recordingId, 'failed', 60);
      expect(failure?.message).toMatch(/\w+ \w+ \w+/);
      expect(failure?.message).not.toMatch(/root:|\bat .*\.js:|undefined/);
    }),
  );
});
