import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { Controller, Get, Head, HttpCode, Module, Param, Post, Req, Res } from '@nestjs/common';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { AccessGate } from '@streamvault/access';
import {
  FastLane,
  type FileAnswer,
  nobody,
  type Principal,
  PublicIdPipe,
  sendFile,
  setPrincipal,
} from '@streamvault/http-kit';
import { Contexts, DomainError } from '@streamvault/kernel';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { hash } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { rename, rm, utimes, writeFile } from 'node:fs/promises';
import { Agent, request as ask, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import pino from 'pino';
import { parseSettings } from '../settings/settings.js';
import { createApp } from './create-app.js';

class Refused extends DomainError {
  readonly code = 'test.refused';
  readonly kind = 'unauthenticated';
  constructor() {
    super('Not with that cookie.');
  }
}

const folder = mkdtempSync(join(tmpdir(), 'streamvault-lane-'));
const content = Buffer.from(Array.from({ length: 700_000 }, (_, at) => (at * 31 + (at >> 8)) % 256));
/** How often the usual way was taken as far as the route. */
let usual = 0;
let sent = 0;
/** Cookies that the gate lets pass. */
const allowed = new Set<string>();
let limited: Partial<Principal> = {};

const gate = {
  guard: () => [],
  check: (request: FastifyRequest) => {
    if (!allowed.has(request.headers.cookie ?? '')) return Promise.reject(new Refused());
    setPrincipal(request, { ...nobody, kind: 'session', ...limited });
    return Promise.resolve();
  },
};

@Controller('api/videos')
class Videos {
  constructor(lane: FastLane) {
    lane.route('/api/videos/:id/stream', (id) => Promise.resolve(this.#answer(id)));
  }

  @Head(':id/stream')
  head(@Param('id', PublicIdPipe) id: number, @Req() request: FastifyRequest, @Res() reply: FastifyReply) {
    return this.stream(id, request, reply);
  }

  @Get(':id/stream')
  async stream(@Param('id', PublicIdPipe) id: number, @Req() request: FastifyRequest, @Res() reply: FastifyReply) {
    usual += 1;
    await sendFile(request, reply, this.#answer(id));
  }

  @Post('sign-out')
  @HttpCode(204)
  signOut(): void {
    allowed.clear();
  }

  #answer(id: number): FileAnswer {
    const whenSent = () => void (sent += 1);
    const cache = 'private, no-cache';
    return { root: folder, file: `${id}.mp4`, type: 'video/mp4', cache, saveAs: 'ä "1".mp4', whenSent };
  }
}

@Module({})
class Few {}

let app: NestFastifyApplication;
let port: number;
const agent = new Agent({ keepAlive: true });

beforeAll(async () => {
  const providers = [
    { provide: FastLane, useValue: new FastLane({ heldMilliseconds: 600_000 }) },
    { provide: AccessGate, useValue: gate },
    { provide: Contexts, useValue: new Contexts([]) },
  ];
  const module = { module: Few, controllers: [Videos], providers };
  app = await createApp(module, parseSettings({}, false), pino({ level: 'silent' }));
  await app.listen(0, '127.0.0.1');
  port = (app.getHttpServer().address() as AddressInfo).port;
});
afterAll(async () => {
  agent.destroy();
  await app.close();
  rmSync(folder, { recursive: true });
});

beforeEach(async () => {
  allowed.clear();
  allowed.add('who=me');
  limited = {};
  app.get(FastLane).forget();
  await writeVideo('1.mp4', content);
  usual = 0;
  sent = 0;
});

/** As old as a video is: what was written within this second is judged otherwise by `If-Range`. */
async function writeVideo(name: string, bytes: Buffer): Promise<void> {
  await writeFile(join(folder, name), bytes);
  await utimes(join(folder, name), 1_700_000_000, 1_700_000_000);
}

interface Answer {
  readonly status: number | undefined;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

function get(headers: Record<string, string> = {}, method = 'GET', path = '/api/videos/1/stream'): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const all = { cookie: 'who=me', 'x-correlation-id': '00000000-0000-4000-8000-000000000001', ...headers };
    ask({ host: '127.0.0.1', port, path, method, agent, headers: all }, (response) => {
      const { statusCode: status } = response;
      buffer(response).then((body) => resolve({ status, headers: response.headers, body }), reject);
    })
      .once('error', reject)
      .end();
  });
}

const [first, last, size] = [0, content.length - 1, content.length];
const ranges = [
  'bytes=0-0',
  'bytes=0-1',
  'bytes=5-4095',
  'bytes=100-70000',
  'bytes=100-600000',
  'bytes=0-',
  'bytes=699999-',
  'bytes=-1',
  'bytes=-300000',
  'bytes=-9999999',
  `bytes=${last}-${size + 5}`,
  `bytes=${size}-`,
  'bytes=0-9,20-29',
  'bytes=0-9,5-600000',
  'bytes=9-5',
  'bytes=x',
  'lines=0-1',
  `bytes=${first}-${last}`,
];

describe('the fast lane', () => {
  it('answers as the usual way does, byte by byte', async () => {
    const { headers } = await get();
    const [etag, date] = [headers.etag ?? '', headers['last-modified'] ?? ''];
    const conditions: readonly Record<string, string>[] = [
      {},
      { 'if-range': etag },
      { 'if-range': `W/${etag}` },
      { 'if-range': date },
      { 'if-none-match': `"x", ${etag}` },
      { 'if-none-match': '"x"' },
      { 'if-modified-since': date },
      { 'if-match': '"x"' },
      { 'if-unmodified-since': 'Sun, 06 Nov 1994 08:49:37 GMT' },
    ];
    for (const method of ['GET', 'HEAD']) {
      for (const condition of conditions) {
        const some = Object.keys(condition).length === 0 ? ranges : ranges.slice(0, 4);
        for (const range of [undefined, ...some]) {
          const wanted = { ...condition, ...(range !== undefined && { range }) };
          app.get(FastLane).forget();
          const [slow, fast] = [await get(wanted, method), await get(wanted, method)];
          expect({ method, wanted, ...plain(fast) }).toEqual({ method, wanted, ...plain(slow) });
        }
      }
    }
  });

  it('is taken by a request just like one that passed, whatever range it wants', async () => {
    await get({ range: 'bytes=0-9' });
    const answers = await Promise.all(
      Array.from({ length: 50 }, (_, at) => get({ range: `bytes=${at * 10_000}-${at * 10_000 + at * 3000}` })),
    );
    expect(answers.map(({ status }) => status)).toEqual(Array.from({ length: 50 }, () => 206));
    expect(
      answers.every(({ body }, at) => body.equals(content.subarray(at * 10_000, at * 10_000 + at * 3000 + 1))),
    ).toBe(true);
    expect([usual, sent]).toEqual([1, 51]);
  });

  it.each<[string, Record<string, string>, number]>([
    ['another cookie', { cookie: 'who=other' }, 401],
    ['another host', { host: 'rebound.example' }, 403],
    ['another site', { 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'no-cors' }, 403],
    ['an origin that is not ours', { origin: 'https://elsewhere.example' }, 403],
  ])('is not for %s', async (_, headers, status) => {
    await get();
    expect((await get(headers)).status).toBe(status);
    expect((await get()).status).toBe(200);
  });

  it.each<[string, Partial<Principal>]>([
    ['one thing', { items: [{ kind: 'video', id: 1 }] }],
    ['some streamers', { streamerIds: [1] }],
  ])('is for the same address alone where the principal may see only %s', async (_, limits) => {
    limited = limits;
    await writeVideo('2.mp4', content);
    await get();
    await get();
    expect(usual).toBe(1);
    await get({}, 'GET', '/api/videos/2/stream');
    expect(usual).toBe(2);
  });

  it('is for a signed address as it was signed, and for no other', async () => {
    const signed = '/api/videos/1/stream?sig=abc';
    await get({}, 'GET', signed);
    await get({ range: 'bytes=5-9' }, 'GET', signed);
    expect(usual).toBe(1);
    await get({}, 'GET', `${signed}d`);
    await get({}, 'GET', '/api/videos/1/stream');
    expect(usual).toBe(3);
  });

  it('ends for a session with the request that signs it out', async () => {
    await get();
    await get();
    expect(usual).toBe(1);
    await get({ origin: `http://127.0.0.1:${port}` }, 'POST', '/api/videos/sign-out');
    expect((await get()).status).toBe(401);
  });

  it('leaves a refusal to the usual way', async () => {
    await get();
    const beyond = await get({ range: `bytes=${size}-` });
    expect([beyond.status, beyond.headers['content-range']]).toEqual([416, `bytes */${size}`]);
    expect(JSON.parse(beyond.body.toString())).toMatchObject({ code: 'range.not-satisfiable' });
    await rm(join(folder, '1.mp4'));
    const gone = await get();
    expect([gone.status, JSON.parse(gone.body.toString())]).toEqual([
      404,
      expect.objectContaining({ code: 'file.not-there' }),
    ]);
  });

  it('sends the new file as soon as it took the place of the old, with its own ETag', async () => {
    const before = await get();
    await writeVideo('new.mp4', content.subarray(7));
    await rename(join(folder, 'new.mp4'), join(folder, '1.mp4'));
    const { body, headers, status } = await get({ range: 'bytes=0-9', 'if-range': before.headers.etag ?? '' });
    expect(status).toBe(200);
    expect(body.equals(content.subarray(7))).toBe(true);
    expect(headers.etag).not.toBe(before.headers.etag);
    expect(usual).toBe(1);
  });

  it('takes no harm from receivers that go away in the middle', async () => {
    await writeVideo('1.mp4', Buffer.alloc(30_000_000, 7));
    await get({ range: 'bytes=0-0' });
    await Promise.all(Array.from({ length: 40 }, () => goAway()));
    const { body } = await get();
    expect(body.length).toBe(30_000_000);
  });
});

/** But for the time. */
const plain = ({ status, headers, body }: Answer) => ({
  status,
  headers: { ...headers, date: undefined },
  length: body.length,
  bytes: hash('sha256', body),
});

function goAway(): Promise<void> {
  return new Promise((resolve) => {
    const headers = { cookie: 'who=me', connection: 'close' };
    const asked = ask({ host: '127.0.0.1', port, path: '/api/videos/1/stream', agent, headers }, (response) => {
      response.once('data', () => asked.destroy());
      response.on('error', () => undefined).once('close', resolve);
    });
    asked.on('error', () => resolve()).end();
  });
}
