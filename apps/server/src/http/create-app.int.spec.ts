import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Body, Controller, Get, Module, Post, Res } from '@nestjs/common';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { FastifyReply } from 'fastify';
import { connect, type AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import pino from 'pino';
import { parseSettings } from '../settings/settings.js';
import { createApp } from './create-app.js';
import { openGate } from './open-gate.testing.js';

@Controller('api/things')
class Things {
  @Get()
  list(): object {
    return { items: [] };
  }

  /** It begins to answer, and that is all. */
  @Get('endless')
  endless(@Res() reply: FastifyReply): void {
    reply.hijack();
    reply.raw.writeHead(200);
    reply.raw.write('begun');
  }

  @Post()
  add(@Body() body: object): object {
    return body;
  }
}

@Module({})
class Few {}

/** The server's, with a request that does not arrive. */
const PATIENCE_MS = 1000;

let app: NestFastifyApplication;
let port: number;

beforeAll(async () => {
  const module = { module: Few, controllers: [Things], providers: [...openGate] };
  app = await createApp(module, parseSettings({}, false), pino({ level: 'silent' }), PATIENCE_MS);
  await app.listen(0, '127.0.0.1');
  port = (app.getHttpServer().address() as AddressInfo).port;
});
afterAll(() => app.close());

const ask = (path: string, headers: Record<string, string> = {}) =>
  app.inject({ url: path, headers: { host: `127.0.0.1:${port}`, ...headers } });

/**
 * All answers to bytes that are sent unchanged.
 * @param then sent as soon as there is a first answer
 */
async function said(bytes: string, then?: string): Promise<string> {
  const socket = connect(port, '127.0.0.1');
  socket.on('error', () => undefined).write(bytes);
  if (then !== undefined) socket.once('data', () => socket.write(then));
  return text(socket);
}

/** The answer to a request that never ends: one more byte at a time. */
async function dripped(bytes: string, everyMs: number): Promise<string> {
  const socket = connect(port, '127.0.0.1').setEncoding('latin1');
  socket.write(bytes);
  // A byte may be on its way when the server closes.
  socket.on('error', () => undefined);
  const timer = Number.isFinite(everyMs) ? setInterval(() => socket.write(' '), everyMs) : undefined;
  let answer = '';
  socket.on('data', (words: string) => (answer += words)).once('end', () => clearInterval(timer));
  await new Promise((resolve) => socket.once('close', resolve));
  clearInterval(timer);
  return answer;
}

describe('every answer', () => {
  it.each(['/api/things', '/api/docs', '/api/openapi.json', '/nowhere/at/all', '/api/nowhere'])(
    'forbids other sites to frame or load it: %s',
    async (path) => {
      const { headers } = await ask(path);
      expect(headers['content-security-policy']).toContain("frame-ancestors 'none'");
      expect(headers).toMatchObject({ 'x-frame-options': 'DENY', 'cross-origin-resource-policy': 'same-origin' });
    },
  );

  it('of the documentation works within the policy: the page itself contains no script', async () => {
    const { body } = await ask('/api/docs');
    expect(body).toContain('swagger-ui');
    expect(body.match(/<script(?![^>]*\bsrc=)[^>]*>\s*\S/g)).toBeNull();
    expect(body).not.toMatch(/\son\w+=/);
  });

  it('is refused if another site loads it, but not if a user follows its link', async () => {
    const image = { 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'no-cors', 'sec-fetch-dest': 'image' };
    const refused = await ask('/api/things', image);
    expect([refused.statusCode, refused.json()]).toEqual([
      403,
      expect.objectContaining({ code: 'request.cross-site' }),
    ]);
    const link = { 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'navigate', 'sec-fetch-dest': 'document' };
    expect((await ask('/api/things', link)).statusCode).toBe(200);
  });
});

const post = (more: string): string =>
  `POST /api/things HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\nContent-Type: application/json\r\n${more}`;

describe('bytes that are not a request', () => {
  it.each([
    ['nonsense', () => 'nonsense\r\n\r\n', 400, 'request.malformed'],
    ['a request line with a hole in it', () => 'GET  HTTP/1.1\r\nHost: x\r\n\r\n', 400, 'request.malformed'],
    ['a header without a name', () => 'GET / HTTP/1.1\r\n: x\r\n\r\n', 400, 'request.malformed'],
    [
      'headers beyond all measure',
      () => `GET / HTTP/1.1\r\nHost: x\r\nX: ${'x'.repeat(40_000)}\r\n\r\n`,
      431,
      'request.headers-too-large',
    ],
    [
      'two lengths',
      () => 'POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n',
      400,
      'request.malformed',
    ],
    ['a chunk without a size', () => post('Transfer-Encoding: chunked\r\n\r\nzz\r\n{}\r\n'), 400, 'request.malformed'],
    [
      'a chunk that is longer than it says',
      () => post('Transfer-Encoding: chunked\r\n\r\n1\r\n{}{}\r\n'),
      400,
      'request.malformed',
    ],
    [
      'a chunk with endless extensions',
      () => post(`Transfer-Encoding: chunked\r\n\r\n2;${'x'.repeat(40_000)}\r\n{}\r\n`),
      413,
      'request.too-large',
    ],
  ])('are answered with a problem: %s', async (_, bytes, status, code) => {
    const [head = '', body = ''] = (await said(bytes())).split('\r\n\r\n');
    expect(head).toMatch(new RegExp(`^HTTP/1\\.1 ${status} `));
    expect(head).toContain('Content-Type: application/problem+json');
    expect(JSON.parse(body)).toMatchObject({ status, code, type: 'about:blank' });
  });

  it('are answered too where a connection had an answer before', async () => {
    const answers = await said(`GET /api/things HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\n\r\n`, 'nonsense\r\n\r\n');
    expect(answers).toMatch(/^HTTP\/1\.1 200 /);
    expect(answers).toMatch(/}HTTP\/1\.1 400 [\s\S]*"code":"request\.malformed"/);
  });

  it('end a connection that is in the middle of an answer, without a second one in it', async () => {
    const endless = `GET /api/things/endless HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\n\r\n`;
    const [head, body] = (await said(endless, 'nonsense\r\n\r\n')).split('\r\n\r\n');
    expect(head).toMatch(/^HTTP\/1\.1 200 /);
    expect(body).toBe('5\r\nbegun\r\n');
  });
});

describe('a request that takes too long to arrive', () => {
  it.each([
    ['whose body stops', 200, Infinity],
    ['whose body comes byte by byte', 3, PATIENCE_MS / 4],
  ])('is cut off, and others are answered meanwhile: %s', async (_, count, everyMs) => {
    const slow = Array.from({ length: count }, () => dripped(post('Content-Length: 100000\r\n\r\n{'), everyMs));
    expect((await ask('/api/things')).statusCode).toBe(200);
    for (const answer of await Promise.all(slow)) {
      expect(answer).toMatch(/^HTTP\/1\.1 408 /);
      expect(answer).toContain('"code":"request.timeout"');
    }
  });

  it('is cut off too if its headers come byte by byte', async () => {
    expect(await dripped('GET / HTTP/1.1\r\nX: ', PATIENCE_MS / 4)).toMatch(
      /^HTTP\/1\.1 408 [\s\S]*"code":"request\.timeout"/,
    );
  });
});
