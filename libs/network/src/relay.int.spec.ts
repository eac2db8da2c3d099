import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { once } from 'node:events';
import { createServer, request, type IncomingHttpHeaders, type Server } from 'node:http';
import { connect, type AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { Connections } from './connections.js';
import { parseRoute } from './proxy.js';
import { Relay } from './relay.js';

let origin: Server;
let other: Server;
let seen: {
  readonly method: string;
  readonly url: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}[];
let relay: Relay;
let connections: Connections;

beforeEach(async () => {
  seen = [];
  origin = createServer((asked, answer) => {
    void text(asked).then((body) => {
      seen.push({ method: asked.method ?? '', url: asked.url ?? '', headers: asked.headers, body });
      answer.writeHead(200, { 'x-kept': 'yes' }).end(`${asked.url} is here`);
    });
  });
  other = createServer((_, answer) => void answer.end('other'));
  for (const server of [origin, other]) await once(server.listen(0, '127.0.0.1'), 'listening');
  connections = new Connections({
    connectTimeoutSeconds: 10,
    headersTimeoutSeconds: 10,
    idleTimeoutSeconds: 10,
    allowedPrivateHosts: [],
    http2: true,
    proxyRestSeconds: 30,
  });
});
afterEach(async () => {
  await relay.close();
  await connections.close();
  for (const server of [origin, other]) {
    server.closeAllConnections();
    await once(server.close(), 'close');
  }
});

const addressOf = (server: Server) => `127.0.0.1:${(server.address() as AddressInfo).port}`;
const open = async (source: Partial<Parameters<typeof Relay.open>[1]> = {}) =>
  (relay = await Relay.open(connections, { url: `http://${addressOf(origin)}/live`, ...source }));

/** Like a program that got the relay from its environment. */
async function ask(target: string, { word = true, method = 'GET', body = '' } = {}) {
  const proxy = new URL(relay.environment['http_proxy'] ?? '');
  const login = `Basic ${Buffer.from(`${proxy.username}:${proxy.password}`).toString('base64')}`;
  const asked = request({
    host: proxy.hostname,
    port: proxy.port,
    method,
    path: target,
    headers: { host: URL.parse(target)?.host ?? target, ...(word && { 'proxy-authorization': login }), 'x-own': '1' },
    agent: false,
  }).end(body);
  const [answer] = (await once(asked, method === 'CONNECT' ? 'connect' : 'response')) as [
    import('node:http').IncomingMessage,
    import('node:net').Socket?,
  ];
  return { status: answer.statusCode, headers: answer.headers, answer };
}

describe('a relay', () => {
  it('fetches what it is asked for, and does not pass on its own login', async () => {
    await open();
    const { status, headers, answer } = await ask(`http://${addressOf(origin)}/a?b=c`, {
      method: 'POST',
      body: 'hello',
    });
    expect([status, headers['x-kept'], await text(answer)]).toEqual([200, 'yes', '/a?b=c is here']);
    expect(seen).toMatchObject([{ method: 'POST', url: '/a?b=c', body: 'hello' }]);
    expect(seen[0]?.headers).toMatchObject({ host: addressOf(origin), 'x-own': '1', connection: 'close' });
    expect(seen[0]?.headers).not.toHaveProperty('proxy-authorization');
  });

  it('makes tunnels', async () => {
    await open();
    const proxy = new URL(relay.environment['https_proxy'] ?? '');
    const socket = connect(Number(proxy.port), proxy.hostname).setEncoding('latin1');
    const login = Buffer.from(`${proxy.username}:${proxy.password}`).toString('base64');
    socket.write(`CONNECT ${addressOf(origin)} HTTP/1.1\r\nProxy-Authorization: Basic ${login}\r\n\r\n`);
    expect(await once(socket, 'data')).toEqual(['HTTP/1.1 200 Connection established\r\n\r\n']);
    socket.write('GET /through HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n');
    expect(await text(socket)).toContain('/through is here');
  });

  it.each(['GET', 'CONNECT'])('refuses programs that do not know its login: %s', async (method) => {
    await open();
    const target = method === 'GET' ? `http://${addressOf(origin)}/` : addressOf(origin);
    const { status, headers } = await ask(target, { word: false, method });
    expect([status, headers['proxy-authenticate']]).toEqual([407, 'Basic realm="relay"']);
    expect(seen).toEqual([]);
  });

  it.each(['GET', 'CONNECT'])('does not lead from outside to an address inside: %s', async (method) => {
    await open({ url: 'http://203.0.114.9/live' });
    for (const inside of [addressOf(origin), addressOf(origin).replace('127.0.0.1', 'localhost')]) {
      const { status } = await ask(method === 'GET' ? `http://${inside}/` : inside, { method });
      expect(status).toBe(403);
      expect(relay.failure).toMatchObject({ error: { name: 'ForbiddenAddress' } });
    }
    expect(seen).toEqual([]);
  });

  it('does not lead to an address inside that a page named, nor to another private network', async () => {
    await open({ lookedUp: true });
    expect((await ask(`http://${addressOf(origin)}/`)).status).toBe(403);
    await relay.close();
    await open();
    expect((await ask(`http://${addressOf(origin)}/`)).status).toBe(200);
    expect((await ask(`http://${addressOf(other)}/`)).status).toBe(200);
    expect((await ask('http://192.168.77.1/')).status).toBe(403);
  });

  it('reports the last failure, until a request succeeds', async () => {
    await open();
    const away = addressOf(other);
    await once(other.close(), 'close');
    expect((await ask(`http://${addressOf(origin)}/`)).status).toBe(200);
    expect((await ask(`http://${away}/`)).status).toBe(502);
    expect(relay.failure).toMatchObject({ address: `http://${away}/`, error: { code: 'ECONNREFUSED' } });
    await ask(`http://${addressOf(origin)}/`);
    expect(relay.failure).toBeUndefined();
    await once(other.listen(0, '127.0.0.1'), 'listening');
  });

  it('skips a proxy that accepts connections and never answers', async () => {
    const mute = createServer().on(
      'connect',
      (_, socket) =>
        void socket
          .resume()
          .on('end', () => socket.end())
          .write('HTTP/1.1 200 OK\r\n\r\n'),
    );
    await once(mute.listen(0, '127.0.0.1'), 'listening');
    const proxies = [`http://${addressOf(mute)}`, 'direct'];
    const order = () => connections.proxies.order(proxies.map(parseRoute), Date.now()).indexOf('direct');
    for (const isRested of [false, false, false, true]) {
      expect(order()).toBe(isRested ? 0 : 1);
      await open({ proxies });
      if (!isRested) expect((await ask(addressOf(origin), { method: 'CONNECT' })).status).toBe(200);
      else expect(await text((await ask(`http://${addressOf(origin)}/`)).answer)).toBe('/ is here');
      // The program's owner does this when nothing comes.
      if (!isRested) await relay.close();
    }
    mute.closeAllConnections();
    await once(mute.close(), 'close');
  });

  it.each([
    ['no request', 'hello there\r\n\r\n', /^HTTP\/1\.1 400 /],
    ['a request that is for no proxy', 'GET / HTTP/1.1\r\nHost: x\r\n\r\n', /^HTTP\/1\.1 400 /],
    ['another protocol', 'GET ftp://x/ HTTP/1.1\r\n\r\n', /^HTTP\/1\.1 400 /],
    ['a header without end', 'x'.repeat(70_000), /^$/],
  ])('is not disturbed by %s', async (_, words, expected) => {
    await open();
    const { port } = new URL(relay.environment['http_proxy'] ?? '');
    const socket = connect(Number(port), '127.0.0.1').setEncoding('latin1');
    socket.on('error', () => undefined).write(words);
    let said = '';
    socket.on('data', (more: string) => (said += more));
    await once(socket, 'close');
    expect(said).toMatch(expected);
    expect((await ask(`http://${addressOf(origin)}/`)).status).toBe(200);
  });

  it('ends with its connections when it is closed', async () => {
    await open();
    const { port } = new URL(relay.environment['http_proxy'] ?? '');
    const socket = connect(Number(port), '127.0.0.1').on('error', () => undefined);
    await once(socket, 'connect');
    const closed = once(socket, 'close');
    await relay.close();
    await closed;
    await open();
  });
});
