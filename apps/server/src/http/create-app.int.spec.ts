import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Body, Controller, Get, Module, Post } from '@nestjs/common';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
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

  @Post()
  add(@Body() body: object): object {
    return body;
  }
}

@Module({})
class Few {}

let app: NestFastifyApplication;
let port: number;

beforeAll(async () => {
  const module = { module: Few, controllers: [Things], providers: [...openGate] };
  app = await createApp(module, parseSettings({}, false), pino({ level: 'silent' }));
  await app.listen(0, '127.0.0.1');
  port = (app.getHttpServer().address() as AddressInfo).port;
});
afterAll(() => app.close());

const ask = (path: string, headers: Record<string, string> = {}) =>
  app.inject({ url: path, headers: { host: `127.0.0.1:${port}`, ...headers } });

/** The answer to bytes that are sent unchanged. */
async function said(bytes: string): Promise<string> {
  const socket = connect(port, '127.0.0.1');
  socket.on('error', () => undefined).write(bytes);
  return text(socket);
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

describe('bytes that are not a request', () => {
  it.each([
    ['nonsense', 'nonsense\r\n\r\n', 400, 'request.malformed'],
    [
      'headers beyond all measure',
      `GET / HTTP/1.1\r\nHost: x\r\nX: ${'x'.repeat(40_000)}\r\n\r\n`,
      431,
      'request.headers-too-large',
    ],
    [
      'two lengths',
      'POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n',
      400,
      'request.malformed',
    ],
  ])('are answered with a problem: %s', async (_, bytes, status, code) => {
    const [head = '', body = ''] = (await said(bytes)).split('\r\n\r\n');
    expect(head).toMatch(new RegExp(`^HTTP/1\\.1 ${status} `));
    expect(head).toContain('Content-Type: application/problem+json');
    expect(JSON.parse(body)).toMatchObject({ status, code, type: 'about:blank' });
  });

  it('that arrive one at a time are cut off within seconds, however many connections there are, and others are answered', async () => {
    const head = `POST /api/things HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\nContent-Type: application/json\r\nContent-Length: 1000\r\n\r\n{`;
    const began = performance.now();
    const slow = Array.from({ length: 200 }, () => said(head));
    expect((await ask('/api/things')).statusCode).toBe(200);
    const answers = await Promise.all(slow);
    expect(performance.now() - began).toBeLessThan(20_000);
    expect(answers.filter((answer) => answer.startsWith('HTTP/1.1 408 '))).toHaveLength(200);
    expect(answers[0]).toContain('"code":"request.timeout"');
  });
});
