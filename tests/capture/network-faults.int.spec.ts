import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { createServer, type RequestListener, type Server } from 'node:http';
import { createServer as createSecureServer } from 'node:https';
import { createServer as createTcpServer, type AddressInfo, type Server as TcpServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { SMALL } from '../live-origin/live-origin.js';
import { makeMedia, type Media } from '../live-origin/media.js';
import { CaptureRun, ledgerOf, storedHashes } from './capture-run.js';
import { TEST_CERTIFICATE, TEST_KEY } from '../../libs/network/src/test-certificate.testing.js';

/** Stands for a public host, because the settings of these tests allow it. */
const PUBLIC = '127.0.0.5';
const INSIDE = '127.0.0.1';
const SEGMENTS = 4;

let media: Media;
let bodies: Buffer[];
let folder: string;
let servers: TcpServer[];

beforeAll(async () => {
  media = await makeMedia({ profile: SMALL, container: 'ts', segmentSeconds: 1, seconds: 40 });
  bodies = await Promise.all(
    media.segments.slice(0, SEGMENTS).map(({ file }) => readFile(path.join(media.directory, file))),
  );
});
beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'capture-'));
  servers = [];
});
afterEach(async () => {
  for (const server of servers) {
    const closed = new Promise((resolve) => server.close(resolve));
    if ('closeAllConnections' in server) (server as Server).closeAllConnections();
    await closed;
  }
  await rm(folder, { recursive: true, force: true });
});

async function listen(server: TcpServer, host = INSIDE): Promise<number> {
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, host, resolve));
  return (server.address() as AddressInfo).port;
}

/** A broadcast that has ended; `head` comes before the first segment. */
const playlist = (uris: readonly string[], ...head: string[]) =>
  ['#EXTM3U', '#EXT-X-TARGETDURATION:1', ...head, ...uris.map((uri) => `#EXTINF:1,\n${uri}`), '#EXT-X-ENDLIST'].join(
    '\n',
  );
const uris = Array.from({ length: SEGMENTS }, (_, index) => `${index}.ts`);

type Times = (...[request, response, times]: [...Parameters<RequestListener>, number]) => boolean;

/**
 * Serves the broadcast; `meddle` handles a request, or returns false. It gets how often the path was requested, from 1.
 */
function broadcast(meddle: Times = () => false): RequestListener {
  const asked = new Map<string, number>();
  return (request, response) => {
    const where = request.url ?? '/';
    const times = (asked.get(where) ?? 0) + 1;
    asked.set(where, times);
    if (meddle(request, response, times)) return;
    response.end(bodies[Number(/^\/(\d+)\.ts/.exec(where)?.[1])] ?? playlist(uris));
  };
}

const capture = (url: string, settings = {}) =>
  new CaptureRun({
    directory: folder,
    url,
    settings: { openAttempts: 1, segmentAttempts: 2, allowedPrivateHosts: [PUBLIC], ...settings },
  });
const expectWhole = async () =>
  expect(await storedHashes(folder)).toEqual(media.segments.slice(0, SEGMENTS).map(({ sha256 }) => sha256));
const first = (where: string, fail: (socket: Socket, response: Parameters<RequestListener>[1]) => void): Times => {
  return ({ url, socket }, response, times) => {
    if (url !== where || times > 1) return false;
    fail(socket, response);
    return true;
  };
};

describe.each([
  ['a playlist', '/live.m3u8', { openAttempts: 3 }],
  ['a segment', '/2.ts', {}],
])('%s', (_, where, settings) => {
  const once = async (fail: Parameters<typeof first>[1], more = {}) => {
    const port = await listen(createServer(broadcast(first(where, fail))));
    const run = capture(`http://127.0.0.1:${port}/live.m3u8`, { ...settings, ...more });
    expect(await run.end).toMatchObject({ kind: 'ended' });
    expect(run.witness.of('gap')).toEqual([]);
    await expectWhole();
  };

  it('whose connection is reset is fetched again', () => once((socket) => socket.resetAndDestroy()));

  it('whose connection is reset halfway is fetched again', () =>
    once((socket, response) => {
      response.writeHead(200, { 'Content-Length': 100_000 });
      response.write('#EXTM3U', () => socket.resetAndDestroy());
    }));

  it('that announces more than it sends is fetched again', () =>
    once((socket, response) => {
      response.writeHead(200, { 'Content-Length': bodies[2]!.length + 1 });
      response.write(where === '/2.ts' ? bodies[2] : playlist(uris), () => socket.end());
    }));

  it('whose headers never come is fetched again', () => once(() => undefined, { headersTimeoutSeconds: 0.5 }));

  it('whose headers are cut off is fetched again', () =>
    once((socket) => socket.end('HTTP/1.1 200 OK\r\nContent-Len')));

  it('that is not HTTP is fetched again', () => once((socket) => socket.end('SSH-2.0-OpenSSH_9.2\r\n')));

  it('whose chunked encoding is broken is fetched again', () =>
    once((socket) => socket.end('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n#EXTM3U')));

  it('whose bytes drip is given up after its time, however steadily they come', async () => {
    const dripping = new Set<NodeJS.Timeout>();
    const total = where === '/2.ts' ? { segmentTimeoutSeconds: 1 } : { playlistTimeoutSeconds: 1 };
    await once(
      (socket, response) => {
        response.writeHead(200, { 'Content-Length': 100_000 });
        const timer = setInterval(() => response.write(Buffer.from([0x47])), 50);
        dripping.add(timer);
        socket.on('close', () => clearInterval(timer));
      },
      { ...total, idleTimeoutSeconds: 30 },
    );
    for (const timer of dripping) clearInterval(timer);
  });
});

it('a segment that announces less than it sends is fetched again', async () => {
  const short = first('/2.ts', (socket) => socket.end('HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nG and more'));
  const port = await listen(createServer(broadcast(short)));
  expect(await capture(`http://127.0.0.1:${port}/live.m3u8`).end).toMatchObject({ kind: 'ended' });
  await expectWhole();
});

describe('a source', () => {
  it('with an unknown name fails with that cause', async () => {
    const end = await capture('http://nowhere.invalid/live.m3u8').end;
    expect(end).toMatchObject({ kind: 'failed', cause: { code: 'source.unknown-host' } });
  });

  it('that refuses connections fails with that cause', async () => {
    const server = createTcpServer();
    const port = await listen(server);
    await new Promise((resolve) => server.close(resolve));
    servers = [];
    const end = await capture(`http://127.0.0.1:${port}/live.m3u8`).end;
    expect(end).toMatchObject({ kind: 'failed', cause: { code: 'source.unreachable' } });
  });

  it('with an untrusted certificate fails with that cause', async () => {
    const port = await listen(createSecureServer({ key: TEST_KEY, cert: TEST_CERTIFICATE }, broadcast()));
    const end = await capture(`https://127.0.0.1:${port}/live.m3u8`).end;
    expect(end).toMatchObject({ kind: 'failed', cause: { code: 'source.certificate' } });
  });

  it('with another host’s certificate fails with that cause', async () => {
    const port = await listen(createSecureServer({ key: TEST_KEY, cert: TEST_CERTIFICATE }, broadcast()), '127.0.0.9');
    const end = await capture(`https://127.0.0.9:${port}/live.m3u8`, { trustedCertificate: TEST_CERTIFICATE }).end;
    expect(end).toMatchObject({ kind: 'failed', cause: { code: 'source.certificate' } });
  });

  it('that does not encrypt where it is expected to fails with that cause', async () => {
    const port = await listen(createServer(broadcast()));
    const end = await capture(`https://127.0.0.1:${port}/live.m3u8`).end;
    expect(end).toMatchObject({ kind: 'failed', cause: { code: 'source.encryption' } });
  });

  it('gets the cookie of its playlist with each segment', async () => {
    const without: (string | undefined)[] = [];
    const answer = broadcast(({ url, headers }, response) => {
      if (url === '/live.m3u8') response.setHeader('Set-Cookie', 'session=7; Path=/; HttpOnly');
      else if (headers.cookie !== 'session=7') without.push(url);
      return false;
    });
    const port = await listen(createServer(answer));
    expect(await capture(`http://127.0.0.1:${port}/live.m3u8`).end).toMatchObject({ kind: 'ended' });
    expect(without).toEqual([]);
    await expectWhole();
  });
});

describe('a public source', () => {
  let inside: number;
  let reached: (string | undefined)[];
  beforeEach(async () => {
    reached = [];
    const answer = broadcast();
    inside = await listen(
      createServer((request, response) => {
        reached.push(request.url);
        answer(request, response);
      }),
    );
  });
  const from = async (text: () => string, meddle: Times = () => false) => {
    const answer = broadcast((request, response, times) => {
      if (meddle(request, response, times)) return true;
      if (request.url !== '/live.m3u8') return false;
      response.end(text());
      return true;
    });
    const port = await listen(createServer(answer), PUBLIC);
    return capture(`http://${PUBLIC}:${port}/live.m3u8`);
  };

  it('whose segment is inside has a gap there, and the rest', async () => {
    const run = await from(() => playlist(['0.ts', `http://127.0.0.1:${inside}/1.ts`, '2.ts', '3.ts']));
    expect(await run.end).toMatchObject({ kind: 'ended' });
    const ledger = await ledgerOf(folder);
    expect(ledger.segments).toHaveLength(3);
    expect(run.witness.of('gap')).toMatchObject([
      { cause: { code: 'source.private-address', message: expect.stringContaining('ALLOWED_PRIVATE_HOSTS') } },
    ]);
    expect(reached).toEqual([]);
  });

  it.each([
    ['a key', () => playlist(uris, `#EXT-X-KEY:METHOD=AES-128,URI="http://localhost:${inside}/key"`)],
    ['an init section', () => playlist(uris, `#EXT-X-MAP:URI="http://[::ffff:127.0.0.1]:${inside}/init.mp4"`)],
    ['the media playlist', () => `#EXTM3U\n#EXT-X-STREAM-INF:BANDWIDTH=1\nhttp://2130706433:${inside}/live.m3u8\n`],
  ])('that has %s inside fails with that cause', async (_, text) => {
    const run = await from(text);
    expect(await run.end).toMatchObject({ kind: 'failed', cause: { code: 'source.private-address' } });
    expect(reached).toEqual([]);
  });

  it('that redirects inside fails with that cause', async () => {
    const run = await from(
      () => playlist(uris),
      ({ url }, response) => {
        if (url !== '/live.m3u8') return false;
        response.writeHead(307, { Location: `http://127.0.0.1:${inside}/live.m3u8` }).end();
        return true;
      },
    );
    expect(await run.end).toMatchObject({ kind: 'failed', cause: { code: 'source.private-address' } });
    expect(reached).toEqual([]);
  });

  it('may do all that if the settings allow the host', async () => {
    const port = await listen(
      createServer((_, response) => response.end(playlist(uris.map((uri) => `http://127.0.0.1:${inside}/${uri}`)))),
      PUBLIC,
    );
    const run = capture(`http://${PUBLIC}:${port}/live.m3u8`, { allowedPrivateHosts: ['127.0.0.0/8'] });
    expect(await run.end).toMatchObject({ kind: 'ended' });
    await expectWhole();
  });
});
