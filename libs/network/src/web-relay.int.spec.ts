import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { once } from 'node:events';
import { createServer, request, type IncomingHttpHeaders, type RequestListener, type Server } from 'node:http';
import { createServer as createSecureServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { Connections } from './connections.js';
import { TEST_CERTIFICATE, TEST_KEY } from './test-certificate.testing.js';
import { WebRelay, type RelayedWebSource } from './web-relay.js';

let seen: { readonly url: string; readonly headers: IncomingHttpHeaders }[];
let listener: RequestListener;
let servers: Server[];
let relay: WebRelay;
let connections: Connections;

beforeEach(() => {
  seen = [];
  servers = [];
  listener = (asked, answer) => void answer.end(`${asked.url} is here`);
  connections = new Connections({
    connectTimeoutSeconds: 10,
    headersTimeoutSeconds: 10,
    idleTimeoutSeconds: 10,
    allowedPrivateHosts: [],
    trustedCertificate: TEST_CERTIFICATE,
    http2: true,
    proxyRestSeconds: 30,
  });
});
afterEach(async () => {
  await relay.close();
  await connections.close();
  for (const server of servers) {
    server.closeAllConnections();
    await once(server.close(), 'close');
  }
});

async function serve(secure = false): Promise<string> {
  const noting: RequestListener = (asked, answer) => {
    seen.push({ url: asked.url ?? '', headers: asked.headers });
    listener(asked, answer);
  };
  const server = secure ? createSecureServer({ key: TEST_KEY, cert: TEST_CERTIFICATE }, noting) : createServer(noting);
  servers.push(server);
  await once(server.listen(0, '127.0.0.1'), 'listening');
  return `127.0.0.1:${(server.address() as AddressInfo).port}`;
}
const open = async (source: RelayedWebSource) => (relay = await WebRelay.open(connections, source));

/** Like a program that knows only plain HTTP and its proxy. */
async function ask(target: string, headers: Record<string, string> = {}, word = true) {
  const proxy = new URL(relay.environment['http_proxy'] ?? '');
  const login = `Basic ${Buffer.from(`${proxy.username}:${proxy.password}`).toString('base64')}`;
  const asked = request({
    host: proxy.hostname,
    port: proxy.port,
    path: target,
    headers: { host: URL.parse(target)?.host ?? '', ...(word && { 'proxy-authorization': login }), ...headers },
    agent: false,
  }).end();
  const [answer] = (await once(asked, 'response')) as [import('node:http').IncomingMessage];
  return { status: answer.statusCode, headers: answer.headers, body: await text(answer) };
}

describe('a relay to the web', () => {
  it('shows the source under a name without anything of its address, and what is named relative to it', async () => {
    const host = await serve();
    await open({ url: `http://${host}/app/hidden-key/live.mpd?token=hidden` });
    expect(relay.url).toBe('http://source.invalid/~0/~1/source.mpd');
    expect((await ask(relay.url)).body).toBe('/app/hidden-key/live.mpd?token=hidden is here');
    expect((await ask('http://source.invalid/~0/~1/seg/1.m4s?x=1')).body).toBe('/app/hidden-key/seg/1.m4s?x=1 is here');
    expect((await ask('http://source.invalid/~0/up.m4s')).body).toBe('/app/up.m4s is here');
    expect((await ask('http://source.invalid/root.m4s')).body).toBe('/root.m4s is here');
  });

  it('encrypts for a program that cannot, and shows encrypted addresses as plain ones', async () => {
    const host = await serve(true);
    const other = await serve(true);
    listener = ({ url }, answer) => {
      if (url === '/moved') answer.writeHead(302, { location: `https://${other}/there?x=https://${host}/` }).end();
      else if (url?.endsWith('.mpd') === true)
        answer.end(`<MPD><BaseURL>https://${other}/base/</BaseURL> <a b="https://${host}/x?to=https://z/"/></MPD>`);
      else answer.end('bytes');
    };
    await open({ url: `https://${host}/live.mpd` });
    const { body } = await ask(relay.url);
    expect(body).toBe(`<MPD><BaseURL>http://${other}/base/</BaseURL> <a b="http://${host}/x?to=https://z/"/></MPD>`);
    expect((await ask(`http://${other}/base/1`)).body).toBe('bytes');
    const { status, headers } = await ask(`http://${host}/moved`);
    expect([status, headers.location]).toEqual([302, `http://${other}/there?x=https://${host}/`]);
  });

  it("adds the owner's headers: secrets only for the source’s own origin", async () => {
    const host = await serve();
    const other = await serve();
    listener = ({ url }, answer) => answer.setHeader('Set-Cookie', `own${url?.length}=1; Path=/`).end();
    const headers = {
      Cookie: 'login=hidden',
      'X-Api-Key': 'hidden',
      Referer: 'https://x.example/',
      'User-Agent': 'me',
    };
    await open({ url: `http://${host}/live`, headers: { ...headers, 'X-Bad': 'a\r\nHost: b' } });
    await ask(relay.url, { 'user-agent': 'Lavf' });
    await ask(`http://${other}/segment`);
    await ask(relay.url);
    const [own, others, again] = seen;
    expect(own?.headers).toMatchObject({ cookie: 'login=hidden', 'x-api-key': 'hidden', 'user-agent': 'me', host });
    expect(others?.headers).toMatchObject({ referer: 'https://x.example/', host: other });
    expect(JSON.stringify(others?.headers)).not.toMatch(/hidden|relay/);
    expect(again?.headers.cookie).toMatch(/^login=hidden; own\d+=1/);
    expect(own?.headers).not.toHaveProperty('proxy-authorization');
    expect(own?.headers).not.toHaveProperty('x-bad');
  });

  it('refuses programs that do not know its login, and makes no tunnels', async () => {
    const host = await serve();
    await open({ url: `http://${host}/live` });
    expect((await ask(relay.url, {}, false)).status).toBe(407);
    expect(seen).toEqual([]);
  });

  it.each(['127.0.0.1:1', '169.254.169.254', '10.9.9.9:6379', '[::1]:80', 'localhost:1'])(
    'does not lead from outside to %s',
    async (inside) => {
      await open({ url: 'http://203.0.114.9/live' });
      expect((await ask(`http://${inside}/`)).status).toBe(403);
      expect(relay.failure).toMatchObject({ error: { name: 'ForbiddenAddress' } });
    },
  );

  it('passes on an endless stream as it comes, and ends it when the program goes', async () => {
    const host = await serve();
    const gone = new Promise<void>((resolve) => {
      listener = (_, answer) => {
        answer.writeHead(200, { 'content-type': 'video/mp2t' }).write('first');
        answer.on('close', () => resolve());
      };
    });
    await open({ url: `http://${host}/live` });
    const proxy = new URL(relay.environment['http_proxy'] ?? '');
    const login = `Basic ${Buffer.from(`${proxy.username}:${proxy.password}`).toString('base64')}`;
    const asked = request({
      port: proxy.port,
      path: relay.url,
      headers: { 'proxy-authorization': login },
      agent: false,
    });
    asked.on('error', () => undefined).end();
    const [answer] = (await once(asked, 'response')) as [import('node:http').IncomingMessage];
    expect(String((await once(answer, 'data'))[0])).toBe('first');
    asked.destroy();
    await gone;
  });
});
