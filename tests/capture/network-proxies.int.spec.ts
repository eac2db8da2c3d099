import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import { createServer as createSecureServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { SMALL } from '../live-origin/live-origin.js';
import { makeMedia, type Media } from '../live-origin/media.js';
import { CaptureRun, storedHashes } from './capture-run.js';
import { TestProxy } from './proxy-servers.js';
import { TEST_CERTIFICATE, TEST_KEY } from '../../libs/network/src/test-certificate.testing.js';

/** Known to proxies only; it cannot be looked up here. */
const NAME = 'secure.test';

let media: Media;
let folder: string;
let origins: Server[];
let seen: { readonly path: string; readonly headers: Record<string, unknown> }[];
let proxies: TestProxy[];

beforeAll(async () => {
  media = await makeMedia({ profile: SMALL, container: 'ts', segmentSeconds: 1, seconds: 40 });
});
beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'capture-'));
  origins = [];
  seen = [];
  proxies = [];
});
afterEach(async () => {
  for (const proxy of proxies) await proxy.close();
  for (const origin of origins) {
    const closed = new Promise((resolve) => origin.close(resolve));
    if ('closeAllConnections' in origin) origin.closeAllConnections();
    await closed;
  }
  await rm(folder, { recursive: true, force: true });
});

const ENDED = [
  '#EXTM3U',
  '#EXT-X-TARGETDURATION:1',
  ...[0, 1, 2, 3].map((n) => `#EXTINF:1,\n${n}.ts`),
  '#EXT-X-ENDLIST',
];

/** A broadcast that has ended. */
async function origin(secure: boolean): Promise<number> {
  const answer: Parameters<typeof createServer>[1] = (request, response) => {
    const { pathname } = new URL(request.url ?? '/', 'http://x');
    seen.push({ path: pathname, headers: request.headers });
    const file = media.segments[Number(/^\/(\d+)\.ts$/.exec(pathname)?.[1])]?.file;
    if (file === undefined) response.end(ENDED.join('\n'));
    else
      readFile(path.join(media.directory, file)).then(
        (bytes) => response.end(bytes),
        () => response.destroy(),
      );
  };
  const server = secure ? createSecureServer({ key: TEST_KEY, cert: TEST_CERTIFICATE }, answer) : createServer(answer);
  origins.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return (server.address() as AddressInfo).port;
}

async function proxy(...start: Parameters<typeof TestProxy.start>): Promise<TestProxy> {
  const [scheme, options] = start;
  const started = await TestProxy.start(scheme, { names: { [NAME]: '127.0.0.1' }, ...options });
  proxies.push(started);
  return started;
}

const capture = (url: string, routes: readonly string[], settings = {}) =>
  new CaptureRun({
    directory: folder,
    url,
    source: { url, proxies: routes },
    settings: { trustedCertificate: TEST_CERTIFICATE, connectTimeoutSeconds: 2, openAttempts: 1, ...settings },
  });
const expectWhole = async () =>
  expect(await storedHashes(folder)).toEqual(media.segments.slice(0, 4).map(({ sha256 }) => sha256));
const login = { user: 'me@home', password: 'p:ss/wörd' };

describe.each([
  ['http', 'http'],
  ['https', 'https'],
  ['socks5h', 'socks5'],
] as const)('a source behind an %s proxy', (scheme, kind) => {
  it.each([
    ['in the clear', false],
    ['encrypted', true],
  ])('is recorded %s, under the name that the proxy looks up', async (_, secure) => {
    const port = await origin(secure);
    const way = await proxy(kind, { login });
    const base = `${secure ? 'https' : 'http'}://${NAME}:${port}`;
    expect(await capture(`${base}/live.m3u8`, [way.url(scheme)]).end).toEqual({
      kind: 'ended',
      reason: 'endlist',
      wasOver: true,
    });
    await expectWhole();
    const asked = kind === 'socks5' || secure ? `${NAME}:${port}` : `${base}/live.m3u8`;
    expect(way.asked[0]).toBe(asked);
    expect(seen[0]?.headers).toMatchObject({ host: `${NAME}:${port}` });
    expect(seen[0]?.headers).not.toHaveProperty('proxy-authorization');
  });

  it('reports that the login is not accepted, without the password', async () => {
    const port = await origin(false);
    const way = await proxy(kind, { login });
    const run = capture(`http://${NAME}:${port}/live.m3u8`, [way.url(scheme, { user: 'me', password: 'hidden' })]);
    const end = await run.end;
    expect(end).toMatchObject({ kind: 'failed', cause: { code: 'proxy.login-refused' } });
    expect(JSON.stringify(end)).toContain(`${scheme}://127.0.0.1:${way.port}`);
    expect(JSON.stringify([end, run.witness.facts])).not.toMatch(/hidden|me:|me@/);
  });

  it('is fetched by the next route if the proxy is not there', async () => {
    const port = await origin(true);
    const away = await proxy(kind);
    const gone = away.url(scheme);
    await away.close();
    const way = await proxy('http');
    const end = await capture(`https://${NAME}:${port}/live.m3u8`, [gone, way.url()]).end;
    expect(end).toMatchObject({ kind: 'ended' });
    await expectWhole();
  });

  it('may not lead from outside to an address or a name inside', async () => {
    const port = await origin(false);
    const way = await proxy(kind);
    for (const inside of [`127.0.0.1:${port}`, `localhost:${port}`, `[::ffff:127.0.0.1]:${port}`]) {
      ENDED[3] = `#EXTINF:1,\nhttp://${inside}/1.ts`;
      const run = capture(`http://${NAME}:${port}/live.m3u8`, [way.url(scheme)], { segmentAttempts: 1 });
      expect(await run.end).toMatchObject({ kind: 'ended' });
      expect(run.witness.of('gap')).toMatchObject([{ cause: { code: 'source.private-address' } }]);
      await rm(folder, { recursive: true });
    }
    ENDED[3] = '#EXTINF:1,\n1.ts';
    expect(seen.map((request) => request.path)).not.toContain('/1.ts');
  });
});

describe('a proxy', () => {
  it('that does not work rests: later requests go straight to the one that does', async () => {
    const port = await origin(false);
    const broken = await proxy('socks5');
    broken.refusing = 1;
    const way = await proxy('socks5');
    const run = capture(`http://${NAME}:${port}/live.m3u8`, [broken.url('socks5h'), way.url('socks5h')]);
    expect(await run.end).toMatchObject({ kind: 'ended' });
    await expectWhole();
    expect(broken.dialled).toBe(1);
  });

  it('that works again is used again after its rest', async () => {
    const port = await origin(false);
    const first = await proxy('http');
    first.refusing = 407;
    const url = `http://${NAME}:${port}/live.m3u8`;
    const routes = [first.url(), (await proxy('http')).url()];
    await capture(url, routes, { proxyRestSeconds: 0 }).end;
    const before = first.asked.length;
    expect(before).toBeGreaterThan(1);
    expect(proxies[1]?.asked).toHaveLength(before);
  });

  it('that accepts connections and never answers is skipped for the next', async () => {
    const port = await origin(true);
    const mute = await proxy('http');
    mute.silent = true;
    const url = `https://${NAME}:${port}/live.m3u8`;
    const routes = [mute.url(), (await proxy('socks5')).url('socks5h')];
    expect(await capture(url, routes, { connectTimeoutSeconds: 0.3 }).end).toMatchObject({ kind: 'ended' });
    await expectWhole();
    expect(mute.dialled).toBe(1);
  });

  it('that cannot reach the source is not blamed for it, and the next is tried', async () => {
    const port = await origin(false);
    const cut = await proxy('socks5');
    cut.refusing = 4;
    const url = `http://127.0.0.1:${port}/live.m3u8`;
    expect(await capture(url, [cut.url(), 'direct']).end).toMatchObject({ kind: 'ended' });
    await expectWhole();
    expect(cut.dialled).toBe(seen.length);
    await rm(folder, { recursive: true });
    expect(await capture(url, [cut.url()]).end).toMatchObject({ cause: { code: 'proxy.source-unreachable' } });
  });

  it('is bypassed if “direct” is listed, and never otherwise', async () => {
    const port = await origin(false);
    const away = await proxy('http');
    const gone = away.url();
    await away.close();
    const url = `http://127.0.0.1:${port}/live.m3u8`;
    expect(await capture(url, [gone]).end).toMatchObject({ kind: 'failed', cause: { code: 'proxy.unreachable' } });
    expect(seen).toEqual([]);
    await rm(folder, { recursive: true });
    expect(await capture(url, [gone, 'direct']).end).toMatchObject({ kind: 'ended' });
    await expectWhole();
  });

  it('by socks5 gets addresses that were looked up and checked here', async () => {
    const port = await origin(false);
    const way = await proxy('socks5');
    expect(await capture(`http://localhost:${port}/live.m3u8`, [way.url('socks5')]).end).toMatchObject({
      kind: 'ended',
    });
    expect(new Set(way.asked)).toEqual(new Set([`127.0.0.1:${port}`]));
    await rm(folder, { recursive: true });
    const unknown = capture(`http://nowhere.invalid:${port}/live.m3u8`, [way.url('socks5')]);
    expect(await unknown.end).toMatchObject({ kind: 'failed', cause: { code: 'source.unknown-host' } });
  });

  it.each(['ftp://user:hidden@host', 'hidden', 'socks4://hidden:1080'])('cannot be %s', async (written) => {
    const end = await capture('http://127.0.0.1:9/live.m3u8', [written]).end;
    expect(end).toMatchObject({ kind: 'failed', cause: { code: 'proxy.malformed' } });
    expect(JSON.stringify(end)).not.toContain('hidden');
  });
});
