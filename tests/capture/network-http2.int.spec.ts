import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { createSecureServer, type Http2SecureServer, type Http2Session, type ServerHttp2Stream } from 'node:http2';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { SMALL } from '../live-origin/live-origin.js';
import { makeMedia, type Media } from '../live-origin/media.js';
import { CaptureRun, storedHashes } from './capture-run.js';
import { TestProxy } from './proxy-servers.js';
import { TEST_CERTIFICATE, TEST_KEY } from '../../libs/network/src/test-certificate.testing.js';

const SEGMENTS = 12;

let media: Media;
let bodies: Buffer[];
let folder: string;
let server: Http2SecureServer;
let sessions: Set<Http2Session>;
/** How often each path was requested. */
let asked: Map<string, number>;
let longest: { open: number; most: number };
/** Handles an answer; false if the usual one should be given. */
let meddle: (path: string, times: number, stream: ServerHttp2Stream) => boolean;

beforeAll(async () => {
  media = await makeMedia({ profile: SMALL, container: 'ts', segmentSeconds: 1, seconds: 40 });
  bodies = await Promise.all(
    media.segments.slice(0, SEGMENTS).map(({ file }) => readFile(path.join(media.directory, file))),
  );
});
beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'capture-'));
  sessions = new Set();
  asked = new Map();
  longest = { open: 0, most: 0 };
  meddle = () => false;
  server = createSecureServer({ key: TEST_KEY, cert: TEST_CERTIFICATE });
  server.on('session', (session) => {
    sessions.add(session);
    session.on('error', () => undefined);
  });
  server.on('stream', (stream, headers) => answer(stream, String(headers[':path'])));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
});
afterEach(async () => {
  const closed = new Promise((resolve) => server.close(resolve));
  for (const session of sessions) session.destroy();
  await closed;
  await rm(folder, { recursive: true, force: true });
});

function answer(stream: ServerHttp2Stream, where: string): void {
  const times = (asked.get(where) ?? 0) + 1;
  asked.set(where, times);
  longest.open += 1;
  longest.most = Math.max(longest.most, longest.open);
  stream.on('error', () => undefined).on('close', () => (longest.open -= 1));
  if (meddle(where, times, stream)) return;
  const body = bodies[Number(/^\/(\d+)\.ts$/.exec(where)?.[1])];
  stream.respond({ ':status': 200, ...(body && { 'content-length': body.length }) });
  stream.end(body ?? playlist());
}

const playlist = () =>
  ['#EXTM3U', '#EXT-X-TARGETDURATION:1', ...bodies.map((_, index) => `#EXTINF:1,\n${index}.ts`), '#EXT-X-ENDLIST'].join(
    '\n',
  );

const url = (host = '127.0.0.1') => `https://${host}:${(server.address() as AddressInfo).port}/live.m3u8`;
const capture = (settings = {}, source = { url: url() }) =>
  new CaptureRun({
    directory: folder,
    url: source.url,
    source,
    settings: { trustedCertificate: TEST_CERTIFICATE, ...settings },
  });
const expectWhole = async () =>
  expect(await storedHashes(folder)).toEqual(media.segments.slice(0, SEGMENTS).map(({ sha256 }) => sha256));

describe('a source that speaks HTTP/2 only', () => {
  it('is recorded, its requests sharing a connection', async () => {
    expect(await capture().end).toMatchObject({ kind: 'ended' });
    await expectWhole();
    expect(longest.most).toBeGreaterThan(1);
    expect(sessions.size).toBe(1);
  });

  it('is recorded through a tunnel', async () => {
    const proxy = await TestProxy.start('socks5', { names: { 'secure.test': '127.0.0.1' } });
    const end = await capture({}, { url: url('secure.test'), proxies: [proxy.url('socks5h')] } as { url: string }).end;
    await proxy.close();
    expect(end).toMatchObject({ kind: 'ended' });
    await expectWhole();
  });

  it.each<[string, (stream: ServerHttp2Stream, body: Buffer) => void]>([
    ['is reset half-way', (stream, body) => stream.write(body.subarray(0, 5000), () => stream.close(2))],
    ['ends too soon', (stream, body) => stream.end(body.subarray(0, 5000))],
    ['is refused', (stream) => stream.close(7)],
    ['loses its connection', (stream, body) => stream.write(body.subarray(0, 5000), () => stream.session?.destroy())],
    ['is told to go away', (stream, body) => stream.write(body.subarray(0, 5000), () => stream.session?.goaway(2))],
  ])('fetches a segment again that %s', async (_, fail) => {
    meddle = (where, times, stream) => {
      if (where !== '/3.ts' || times > 1) return false;
      stream.respond({ ':status': 200, 'content-length': bodies[3]!.length });
      fail(stream, bodies[3]!);
      return true;
    };
    const run = capture();
    expect(await run.end).toMatchObject({ kind: 'ended' });
    expect(run.witness.of('gap')).toEqual([]);
    await expectWhole();
  });

  it('that stops in the middle of a segment, or before it, is given up after a while', async () => {
    meddle = (where, times, stream) => {
      if (times > 1 || (where !== '/3.ts' && where !== '/5.ts')) return false;
      if (where === '/3.ts') {
        stream.respond({ ':status': 200, 'content-length': bodies[3]!.length });
        stream.write(bodies[3]!.subarray(0, 5000));
      }
      return true;
    };
    const run = capture({ idleTimeoutSeconds: 1, headersTimeoutSeconds: 1 });
    expect(await run.end).toMatchObject({ kind: 'ended' });
    await expectWhole();
  });

  it('is stopped at once, whatever is running', async () => {
    meddle = (where, _, stream) => {
      if (where !== '/1.ts') return false;
      stream.respond({ ':status': 200, 'content-length': bodies[1]!.length });
      stream.write(bodies[1]!.subarray(0, 5000));
      return true;
    };
    const run = capture();
    await run.witness.segments(1);
    expect(await run.stop()).toEqual({ kind: 'stopped' });
  });

  it('is remembered as such after the first time', async () => {
    let greeted = 0;
    server.on('connection', () => (greeted += 1));
    expect(await capture().end).toMatchObject({ kind: 'ended' });
    expect(greeted).toBe(2);
  });

  it('cannot be read if HTTP/2 is turned off', async () => {
    expect(await capture({ http2: false, openAttempts: 1 }).end).toMatchObject({
      kind: 'failed',
      cause: { code: expect.stringMatching(/^source\./) },
    });
  });
});

it('a source that speaks both is recorded over HTTP/1.1', async () => {
  const versions = new Set<string>();
  const both = createSecureServer({ key: TEST_KEY, cert: TEST_CERTIFICATE, allowHTTP1: true }, (request, response) => {
    versions.add(request.httpVersion);
    const body = bodies[Number(/^\/(\d+)\.ts$/.exec(request.url)?.[1])];
    response.end(body ?? playlist());
  });
  await new Promise<void>((resolve) => both.listen(0, '127.0.0.1', resolve));
  const source = { url: `https://127.0.0.1:${(both.address() as AddressInfo).port}/live.m3u8` };
  expect(await capture({}, source).end).toMatchObject({ kind: 'ended' });
  await new Promise((resolve) => both.close(resolve));
  await expectWhole();
  expect([...versions]).toEqual(['1.1']);
});
