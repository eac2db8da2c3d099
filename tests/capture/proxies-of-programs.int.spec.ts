import { createRequire } from 'node:module';
import { chmod, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer, type RequestListener } from 'node:http';
import { createServer as createSecureServer } from 'node:https';
import { createServer as createTcpServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { DEFAULT_HLS_SETTINGS, FfmpegCaptureEngine, type FfmpegCaptureSettings } from '@streamvault/capture';
import { Connections } from '@streamvault/network';
import { StreamlinkResolver, TwitchResolver } from '@streamvault/platforms';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { FakeTwitch } from '../fake-twitch/fake-twitch.js';
import { LiveOrigin, SMALL } from '../live-origin/live-origin.js';
import { makeMedia, type Media } from '../live-origin/media.js';
import { ledgerOf, Witness } from './capture-run.js';
import { until } from '../e2e/support/until.js';
import { FfmpegSource } from './ffmpeg-source.js';
import { programsLike } from './programs-in-proc.js';
import { TestProxy } from './proxy-servers.js';
import { TEST_CERTIFICATE, TEST_KEY } from '../../libs/network/src/test-certificate.testing.js';

/** Several ffmpegs in real time on a busy machine: a bound against hanging, not an expectation. */
jest.setTimeout(120_000);

/** Known to proxies only; nothing here can look it up. */
const NAME = 'secure.test';
const login = { user: 'me@home', password: 'hidden:wörd' };
const never = new AbortController().signal;
const bundled = createRequire(import.meta.url)('@ffmpeg-installer/ffmpeg') as { readonly path: string };

let dash: string;
let media: Media;
let folder: string;
let seen: string[];
let connections: Connections;
const servers: Server[] = [];
const sockets = new Set<Socket>();
const proxies: TestProxy[] = [];
const stops: (() => Promise<unknown>)[] = [];

beforeAll(async () => {
  dash = await mkdtemp(path.join(tmpdir(), 'dash-'));
  media = await makeMedia({ profile: SMALL, container: 'ts', segmentSeconds: 1, seconds: 40 });
  const options = '-t 3 -f dash -seg_duration 1 -use_template 1 -use_timeline 1';
  await new FfmpegSource([...options.split(' '), path.join(dash, 'live.mpd')]).gone;
});
afterAll(() => rm(dash, { recursive: true, force: true }));
beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'programs-'));
  seen = [];
  connections = new Connections({ ...DEFAULT_HLS_SETTINGS, trustedCertificate: TEST_CERTIFICATE });
});
afterEach(async () => {
  for (const stop of stops.splice(0)) await stop();
  for (const proxy of proxies.splice(0)) await proxy.close();
  for (const socket of sockets) socket.destroy();
  for (const server of servers.splice(0)) await new Promise((resolve) => server.close(resolve));
  await connections.close();
  await rm(folder, { recursive: true, force: true });
});

async function serve(secure: boolean, answer: RequestListener): Promise<number> {
  const noting: RequestListener = (request, response) => {
    seen.push(request.url ?? '');
    answer(request, response);
  };
  const server = secure ? createSecureServer({ key: TEST_KEY, cert: TEST_CERTIFICATE }, noting) : createServer(noting);
  server.on('connection', (socket: Socket) => sockets.add(socket.on('close', () => sockets.delete(socket))));
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return (server.address() as AddressInfo).port;
}

const manifest: RequestListener = (request, response) => {
  readFile(path.join(dash, path.basename(new URL(request.url ?? '/', 'http://x').pathname))).then(
    (body) => response.end(body),
    () => response.writeHead(404).end(),
  );
};

async function proxy(...start: Parameters<typeof TestProxy.start>): Promise<TestProxy> {
  const [scheme, options] = start;
  const started = await TestProxy.start(scheme, { names: { [NAME]: '127.0.0.1' }, ...options });
  proxies.push(started);
  return started;
}

function capture(
  url: string,
  routes: readonly string[] | undefined,
  settings: Partial<FfmpegCaptureSettings> = {},
  more: object = {},
) {
  const witness = new Witness();
  const abort = new AbortController();
  const quick = { sliceSeconds: 0.5, retryMinSeconds: 0.2, stallSeconds: 2, openAttempts: 1 };
  const engine = new FfmpegCaptureEngine({ ...quick, ...settings }, connections);
  const source = { url, engine: 'ffmpeg', ...(routes && { proxies: routes }), ...more } as const;
  const request = { recordingId: 7, directory: path.join(folder, 'recording'), source, quality: 'best' };
  const end = engine.capture(request, witness, abort.signal);
  end.catch(() => undefined);
  const stop = () => {
    abort.abort();
    return end;
  };
  stops.push(() => stop().catch(() => undefined));
  return { witness, end, stop };
}

describe.each([
  ['of the machine', undefined],
  ['that npm brings', bundled.path],
])('the ffmpeg %s', (_, ffmpegPath) => {
  const settings = ffmpegPath === undefined ? {} : { ffmpegPath };

  it.each([
    ['socks5h', 'socks5', true],
    ['http', 'http', true],
    ['https', 'https', false],
    ['http', 'http', false],
  ] as const)('records by %s what only the proxy can find (%s, encrypted: %s)', async (scheme, kind, secure) => {
    const way = await proxy(kind, { login });
    const port = await serve(secure, manifest);
    const url = `${secure ? 'https' : 'http'}://${NAME}:${port}/live.mpd`;
    const { end, witness } = capture(url, [`home=${way.url(scheme)}`], settings);
    expect(await end).toEqual({ kind: 'ended', reason: 'endlist', wasOver: true });
    expect((await ledgerOf(path.join(folder, 'recording'))).totals.durationSeconds).toBeGreaterThan(2);
    expect(way.asked.every((asked) => asked.includes(`${NAME}:${port}`))).toBe(true);
    expect(JSON.stringify(witness.facts)).not.toMatch(/hidden|me@home/);
  });

  it('does not follow a redirect from outside to an address inside', async () => {
    const port = await serve(false, (request, response) => {
      if (request.url === '/inside.mpd') response.end('<MPD/>');
      else response.writeHead(302, { location: `http://127.0.0.1:${port}/inside.mpd` }).end();
    });
    const way = await proxy('socks5');
    const { end } = capture(`http://${NAME}:${port}/live.mpd`, [way.url('socks5h')], settings);
    expect(await end).toMatchObject({ kind: 'failed', cause: { code: 'source.private-address' } });
    expect(seen).toEqual(['/live.mpd']);
  });
});

describe.each([
  ['of the machine', undefined],
  ['that npm brings', bundled.path],
])('the ffmpeg %s', (_, ffmpegPath) => {
  const settings = { ...(ffmpegPath !== undefined && { ffmpegPath }), openAttempts: 1 };

  it.each(['httpproxy', 'tcp', 'http', 'https', 'ftp', 'unix', 'httpproxy,http'])(
    'reaches nothing inside by what a manifest names with %s',
    async (scheme) => {
      let visits = 0;
      const inside = createTcpServer((socket) => {
        visits += 1;
        socket.destroy();
      });
      servers.push(inside);
      await new Promise<void>((resolve) => inside.listen(0, '127.0.0.1', resolve));
      const target = `${scheme}://127.0.0.1:${(inside.address() as AddressInfo).port}/`;
      const hostile = await readFile(path.join(dash, 'live.mpd'), 'utf8');
      const text = hostile
        .replaceAll(/media="/g, `media="${target}`)
        .replaceAll(/initialization="/g, `initialization="${target}`);
      const port = await serve(false, (_, response) => void response.end(text));
      const way = await proxy('socks5');
      const { end } = capture(`http://${NAME}:${port}/live.mpd`, [way.url('socks5h')], settings);
      expect(await end).toMatchObject({ kind: 'failed' });
      expect([visits, way.asked]).toEqual([0, way.asked.filter((asked) => asked === `${NAME}:${port}`)]);
    },
  );

  it('gets no secret where others can read it: neither on its command line nor in its environment', async () => {
    process.env['TWITCH_USER_TOKEN'] = 'hidden-token';
    process.env['SOURCE_PROXIES'] = 'http://me:hidden@proxy.example';
    stops.push(async () => {
      delete process.env['TWITCH_USER_TOKEN'];
      delete process.env['SOURCE_PROXIES'];
    });
    const port = await serve(false, (_, response) => {
      response.writeHead(200, { 'content-type': 'video/mp2t' }).write(Buffer.alloc(188 * 100, 'G'));
    });
    const headers = { Cookie: 'session=hidden', Authorization: 'Bearer hidden' };
    const url = `http://127.0.0.1:${port}/app/hidden-key?token=hidden`;
    capture(url, undefined, settings, { headers });
    const program = await until('ffmpeg runs', async () => (await programsLike(/source\.invalid/)).at(0));
    expect(program.commandLine + program.environment).not.toMatch(/hidden|SOURCE_PROXIES|TWITCH/);
    await until('it asked', () => seen[0]);
  });
});

describe('ffmpeg', () => {
  it('continues by the next proxy when one breaks in the middle', async () => {
    // A stream over HTTP: each client gets it from the present on.
    let at = 0;
    const port = await serve(false, (_, response) => {
      response.writeHead(200, { 'content-type': 'video/mp2t' });
      const next = () => {
        const { file } = media.segments[(at += 1) % media.segments.length]!;
        readFile(path.join(media.directory, file)).then(
          (bytes) => response.write(bytes),
          () => response.destroy(),
        );
      };
      const pace = setInterval(next, 100);
      response.on('close', () => clearInterval(pace));
    });
    const first = await proxy('socks5', { login });
    const second = await proxy('http', { login });
    const { witness, stop } = capture(`http://${NAME}:${port}/live`, [first.url('socks5h'), second.url()]);
    await witness.segments(3);
    expect(second.dialled).toBe(0);
    await first.close();
    const before = (await ledgerOf(path.join(folder, 'recording'))).segments.length;
    await witness.segments(before + 3);
    await stop();
    expect(second.asked).toContain(`http://${NAME}:${port}/live`);
    expect((await ledgerOf(path.join(folder, 'recording'))).parts.length).toBeGreaterThan(1);
  });

  it('does not bypass a missing proxy, nor one that refuses the login, and says so', async () => {
    const port = await serve(false, manifest);
    const away = await proxy('http');
    const gone = away.url();
    await away.close();
    const url = `http://127.0.0.1:${port}/live.mpd`;
    const refused = await proxy('http', { login });
    for (const [route, code] of [
      [gone, 'proxy.unreachable'],
      [refused.url('http', { user: 'me', password: 'hidden' }), 'proxy.login-refused'],
    ] as const) {
      const end = await capture(url, [route]).end;
      expect(end).toMatchObject({ kind: 'failed', cause: { code } });
      expect(JSON.stringify(end)).not.toContain('hidden');
      await rm(path.join(folder, 'recording'), { recursive: true });
    }
    expect(seen).toEqual([]);
    expect(await capture(url, [gone, 'direct']).end).toMatchObject({ kind: 'ended' });
  });

  it.each(['srt'])('does not bypass proxies by %s, for which it has none', async (scheme) => {
    let dialled = 0;
    const port = await serve(false, manifest);
    servers.at(-1)?.on('connection', () => (dialled += 1));
    const url = `${scheme}://127.0.0.1:${port}/app/key`;
    const { end } = capture(url, [(await proxy('http')).url()]);
    expect(await end).toMatchObject({
      kind: 'failed',
      cause: {
        code: 'source.unsupported',
        message: expect.stringMatching(new RegExp(`^${scheme} .*proxies only`, 'i')),
      },
    });
    expect(dialled).toBe(0);
    await rm(path.join(folder, 'recording'), { recursive: true });
    if (scheme === 'srt') return;
    expect(await capture(url, [(await proxy('http')).url(), 'direct']).end).toMatchObject({ kind: 'failed' });
    expect(dialled).toBeGreaterThan(0);
  });

  it.each(['rtmp', 'rtmps', 'rtsp', 'rtsps'])(
    "uses the streamer's proxies with %s too, and does not bypass them",
    async (scheme) => {
      const way = await proxy('socks5', { login });
      const url = `${scheme}://${NAME}:9/app/key`;
      const { end } = capture(url, [way.url('socks5h')]);
      expect(await end).toMatchObject({ kind: 'failed', cause: { code: expect.stringMatching(/^proxy\./) } });
      expect(way.asked).toContain(`${NAME}:9`);
    },
  );

  it('gets no login where other users of the machine could read it', async () => {
    const program = path.join(folder, 'ffmpeg');
    await writeFile(program, `#!/bin/sh\n{ echo "$@"; env; } > '${folder}/told'\n`);
    await chmod(program, 0o755);
    const way = await proxy('http', { login });
    const port = await serve(false, (_, response) => void response.end(Buffer.alloc(188 * 100, 'G')));
    await capture(`http://127.0.0.1:${port}/live.ts`, [way.url()], { ffmpegPath: program }).end;
    const told = await readFile(path.join(folder, 'told'), 'utf8');
    expect(told).toMatch(/^http_proxy=http:\/\/relay:[\w-]+@127\.0\.0\.1:\d+$/m);
    expect(told.split('\n')[0]).not.toMatch(/relay|127\.0\.0\.1/);
    expect(told).not.toContain(String(way.port));
    expect(told).not.toMatch(/hidden|me%40home/);
  });
});

describe('streamlink', () => {
  /** A fake one that fetches the page as Python's libraries do: by the proxies of its environment. */
  async function install(): Promise<StreamlinkResolver> {
    const program = path.join(folder, 'streamlink');
    await mkdir(folder, { recursive: true });
    await writeFile(
      program,
      `#!${process.execPath}
const { request } = require('node:http');
if (process.argv[2] === '--version') console.log('streamlink 8.6.2');
else {
  const page = process.argv.find((word) => word.startsWith('http'));
  const proxy = new URL(process.env.http_proxy);
  const login = 'Basic ' + Buffer.from(proxy.username + ':' + proxy.password).toString('base64');
  const headers = { host: new URL(page).host, 'proxy-authorization': login };
  request({ host: proxy.hostname, port: proxy.port, path: page, headers }, (answer) => {
    if (answer.statusCode === 200) console.log(JSON.stringify({ type: 'hls', url: 'https://cdn.example/x.m3u8' }));
    else console.log(JSON.stringify({ error: 'Unable to open URL: ' + page + ' (' + answer.statusCode + ')' }));
  }).end();
}
`,
    );
    await chmod(program, 0o755);
    return new StreamlinkResolver({ program }, connections);
  }
  const wanted = (port: number, routes: readonly string[]) => ({
    url: `http://${NAME}:${port}/channel`,
    platform: 'web',
    quality: 'best',
    proxies: routes,
  });

  it("reads the page by the streamer's proxies, and by the next if one does not work", async () => {
    const port = await serve(false, (_, response) => void response.end('page'));
    const broken = await proxy('socks5', { login });
    broken.refusing = 1;
    const way = await proxy('socks5', { login });
    const resolver = await install();
    const found = await resolver.resolve(wanted(port, [broken.url('socks5h'), way.url('socks5h')]), never);
    expect(found).toMatchObject({ url: 'https://cdn.example/x.m3u8' });
    expect(way.asked).toEqual([`${NAME}:${port}`]);
    expect(seen).toEqual(['/channel']);
  });

  it('is not led from outside to an address inside', async () => {
    const port = await serve(false, (_, response) => void response.end('page'));
    const page = { ...wanted(port, ['direct']), url: `http://127.0.0.1:${port}/channel` };
    expect(await (await install()).resolve(page, never)).toMatchObject({ engine: 'hls' });
    const metadata = { ...page, url: 'http://169.254.169.254/latest' };
    const failure = await (await install()).resolve(metadata, never).catch((error: unknown) => error);
    expect(failure).toMatchObject({ code: 'source.unsupported', message: expect.stringContaining('private network') });
  });

  it('does not bypass them, and says what was in the way', async () => {
    const port = await serve(false, (_, response) => void response.end('page'));
    const away = await proxy('http', { login });
    const gone = `home=${away.url()}`;
    await away.close();
    const failure = await (await install()).resolve(wanted(port, [gone]), never).catch((error: unknown) => error);
    expect(failure).toMatchObject({ code: 'source.proxy-failed', definitive: false });
    expect(String(failure)).toMatch(/home \(http:\/\/127\.0\.0\.1:\d+\) cannot be reached/);
    expect(seen).toEqual([]);
  });
});

describe('Twitch', () => {
  it("is queried by the streamer's proxies, which are never bypassed", async () => {
    const twitch = await FakeTwitch.start();
    const origin = await LiveOrigin.start({ mediaSeconds: 10 });
    stops.push(() => Promise.all([twitch.close(), origin.close()]));
    twitch.channels.set('somebody', { origin });
    const resolver = new TwitchResolver({ gqlUrl: `${twitch.base}/gql`, usherUrl: twitch.base }, connections);
    const wanted = { url: 'https://www.twitch.tv/somebody', platform: 'twitch', quality: 'best' };
    const { host } = new URL(twitch.base);
    const broken = await proxy('http', { login });
    const ways = [broken.url('http', { user: 'me', password: 'hidden' })];
    const failure = await resolver.resolve({ ...wanted, proxies: ways }, never).catch((error: unknown) => error);
    expect(failure).toMatchObject({ code: 'source.proxy-failed', message: expect.stringContaining('login') });
    expect(String(failure)).not.toContain('hidden');
    expect(await resolver.isLive({ ...wanted, proxies: ways }, never)).toBe('unknown');
    expect(twitch.questions).toEqual([]);

    const way = await proxy('socks5', { login });
    const found = await resolver.resolve({ ...wanted, proxies: [...ways, way.url('socks5h')] }, never);
    expect(found.playlist).toContain('#EXTM3U');
    expect(way.asked.length).toBeGreaterThan(0);
    expect(new Set(way.asked)).toEqual(new Set([host]));
    expect(twitch.questions).toHaveLength(1);
  });
});
