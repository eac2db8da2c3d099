import type { LookupAddress } from 'node:dns';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { Connections } from '@streamvault/network';
import type { LookupAll } from '@streamvault/network';
import { HttpClient, type HttpSource } from './http-client.js';
import { DEFAULT_HLS_SETTINGS, type HlsCaptureSettings } from './settings.js';
import { SourceFault } from '@streamvault/network';

type Page = (request: IncomingMessage, response: ServerResponse) => void;

/** Stands for a public host: the settings allow it, which makes it one. */
const PUBLIC = '127.0.0.5';
/** Any other address of this machine, which must not be reached from there. */
const INSIDE = '127.0.0.1';

let pages: Record<string, Page>;
let requests: { readonly host: string; readonly path: string; readonly headers: IncomingMessage['headers'] }[];
let servers: Server[];
let port: number;
let names: Record<string, readonly string[]>;
let closing: Connections[];

const lookup: LookupAll = (host, _, callback) => {
  const [address, ...rest] = names[host] ?? [];
  if (address === undefined) callback(Object.assign(new Error('unknown'), { code: 'ENOTFOUND' }), []);
  else
    callback(
      null,
      [address, ...rest].map((one): LookupAddress => ({ address: one, family: 4 })),
    );
};

async function listen(host: string, on: number): Promise<void> {
  const server = createServer((request, response) => {
    const path = request.url ?? '/';
    requests.push({ host, path, headers: request.headers });
    const page = pages[path];
    if (page) page(request, response);
    else response.writeHead(404).end();
  });
  servers.push(server);
  await new Promise<void>((resolve, reject) => server.once('error', reject).listen(on, host, resolve));
  port = (server.address() as AddressInfo).port;
}

beforeEach(async () => {
  pages = { '/list': (_, response) => response.end('#EXTM3U'), '/body': (_, response) => response.end('body') };
  requests = [];
  servers = [];
  names = {};
  closing = [];
  await listen(INSIDE, 0);
  await listen(PUBLIC, port);
});
afterEach(async () => {
  for (const connections of closing) await connections.close();
  for (const server of servers) {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  }
});

function connect(settings: Partial<HlsCaptureSettings> = {}): Connections {
  const connections = new Connections(
    { ...DEFAULT_HLS_SETTINGS, connectTimeoutSeconds: 2, allowedPrivateHosts: [PUBLIC], ...settings },
    { lookup },
  );
  closing.push(connections);
  return connections;
}

function clientFor(
  url: string,
  connections = connect(),
  more: Partial<HttpSource> & { headers?: Record<string, string> } = {},
) {
  const { headers, ...rest } = more;
  const client = new HttpClient(DEFAULT_HLS_SETTINGS, connections, { url, ...rest });
  const options = { totalSeconds: 5, signal: new AbortController().signal, ...(headers && { headers }) };
  return {
    list: async (address = url) => (await client.getText(address, options)).text,
    body: async (address: string) => {
      const chunks: Buffer[] = [];
      await client.getBody(address, options, { data: (chunk) => void chunks.push(chunk) });
      return Buffer.concat(chunks).toString();
    },
  };
}

const codeOf = async (work: Promise<unknown>): Promise<string> => {
  const error = await work.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  return error instanceof SourceFault ? error.reason.code : `no fault: ${String(error)}`;
};
const redirect =
  (location: string): Page =>
  (_, response) =>
    response.writeHead(302, { Location: location }).end();
const on = (host: string, path: string) => `http://${host}:${port}${path}`;
const reachedInside = () => requests.filter(({ host }) => host === INSIDE).map(({ path }) => path);

describe('a public source', () => {
  it('may lead to public hosts, and to those that the settings allow', async () => {
    const source = clientFor(on(PUBLIC, '/list'));
    await source.list();
    expect(await source.body(on(PUBLIC, '/body'))).toBe('body');
    names['cdn.example.org'] = [INSIDE];
    const allowing = clientFor(on(PUBLIC, '/list'), connect({ allowedPrivateHosts: [PUBLIC, 'cdn.example.org'] }));
    await allowing.list();
    expect(await allowing.body(on('cdn.example.org', '/body'))).toBe('body');
  });

  it.each([
    ['an address', () => on(INSIDE, '/body')],
    ['an address in one number', () => on('2130706433', '/body')],
    ['an octal address', () => on('0177.0.0.1', '/body')],
    ['a mapped address', () => on('[::ffff:127.0.0.1]', '/body')],
    ['the loopback of IPv6', () => on('[::1]', '/body')],
    ['the unspecified address', () => on('0.0.0.0', '/body')],
    ['a name of this machine', () => on('localhost', '/body')],
    ['such a name with a dot', () => on('localhost.', '/body')],
    ['a public name that leads inside', () => on('rebound.example.org', '/body')],
    ['a private network', () => 'http://192.168.1.1/body'],
    ['the metadata of a cloud', () => 'http://169.254.169.254/latest/meta-data/'],
  ])('may not lead inside by %s, whether named or redirected to', async (_, where) => {
    names = { localhost: [INSIDE], 'localhost.': [INSIDE], 'rebound.example.org': [INSIDE] };
    const source = clientFor(on(PUBLIC, '/list'));
    await source.list();
    expect(await codeOf(source.body(where()))).toBe('source.private-address');
    pages['/away'] = redirect(where());
    expect(await codeOf(source.body(on(PUBLIC, '/away')))).toBe('source.private-address');
    expect(await codeOf(clientFor(on(PUBLIC, '/away')).list())).toBe('source.private-address');
    expect(reachedInside()).toEqual([]);
  });

  it('gains nothing by a name that leads elsewhere the second time', async () => {
    pages['/list'] = (_, response) => response.writeHead(200, { Connection: 'close' }).end('#EXTM3U');
    names['rebinding.example.org'] = [PUBLIC];
    const source = clientFor(on('rebinding.example.org', '/list'));
    await source.list();
    names['rebinding.example.org'] = [INSIDE];
    expect(await codeOf(source.list())).toBe('source.private-address');
    expect(reachedInside()).toEqual([]);
  });

  it('is reached at those of its addresses that are public', async () => {
    names['mixed.example.org'] = [INSIDE, PUBLIC];
    expect(await clientFor(on('mixed.example.org', '/list')).list()).toBe('#EXTM3U');
    expect(reachedInside()).toEqual([]);
  });

  it('does not get in over a connection that another source has open', async () => {
    const connections = connect();
    await clientFor(on(INSIDE, '/list'), connections).list();
    const source = clientFor(on(PUBLIC, '/list'), connections);
    await source.list();
    expect(await codeOf(source.body(on(INSIDE, '/body')))).toBe('source.private-address');
    names['camera.lan'] = [INSIDE];
    await clientFor(on('camera.lan', '/list'), connections).list();
    expect(await codeOf(source.body(on('camera.lan', '/body')))).toBe('source.private-address');
    expect(reachedInside()).toEqual(['/list', '/list']);
  });

  it('may not be private unless a user typed it in', async () => {
    const source = clientFor(on(INSIDE, '/list'), connect(), { lookedUp: true });
    expect(await codeOf(source.list())).toBe('source.private-address');
    expect(await codeOf(source.body(on(INSIDE, '/body')))).toBe('source.private-address');
  });
});

describe('a source in a private network', () => {
  it('that its user typed in may lead within that network, and out of it', async () => {
    pages['/away'] = redirect(on(INSIDE, '/list'));
    const source = clientFor(on(INSIDE, '/away'));
    await source.list();
    expect(await source.body(on(INSIDE, '/body'))).toBe('body');
    expect(await source.body(on(PUBLIC, '/body'))).toBe('body');
  });

  it('may be typed in by a name of that network', async () => {
    names['camera.lan'] = [INSIDE];
    const source = clientFor(on('camera.lan', '/list'));
    await source.list();
    expect(await source.body(on('camera.lan', '/body'))).toBe('body');
  });

  it('may not be typed in by a public name', async () => {
    names['camera.example.org'] = [INSIDE];
    const listing = clientFor(on('camera.example.org', '/list')).list();
    await expect(listing).rejects.toThrow(/camera\.example\.org \(127\.0\.0\.1\).*ALLOWED_PRIVATE_HOSTS/);
  });

  it.each(['http://192.168.1.1/x', 'http://169.254.169.254/x', 'http://[fe80::1]/x', 'http://0.0.0.0/x'])(
    'may not lead into another private network: %s',
    async (where) => {
      const source = clientFor(on(INSIDE, '/list'));
      await source.list();
      expect(await codeOf(source.body(where))).toBe('source.private-address');
    },
  );

  it('may not lead back into it from outside', async () => {
    const source = clientFor(on(INSIDE, '/list'));
    await source.list();
    pages['/back'] = redirect(on(INSIDE, '/body'));
    expect(await codeOf(source.body(on(PUBLIC, '/back')))).toBe('source.private-address');
    await source.list(on(PUBLIC, '/list'));
    expect(await codeOf(source.body(on(INSIDE, '/body')))).toBe('source.private-address');
  });

  it('may lead there too if its playlist came with the request', async () => {
    expect(await clientFor(on(INSIDE, '/list')).body(on(INSIDE, '/body'))).toBe('body');
    expect(await codeOf(clientFor(on(PUBLIC, '/list')).body(on(INSIDE, '/body')))).toBe('source.private-address');
  });

  it('is never the metadata address of a cloud', async () => {
    expect(await codeOf(clientFor('http://169.254.169.254/latest').list())).toBe('source.private-address');
  });
});

describe('a source', () => {
  it.each(['file:///etc/passwd', 'ftp://example.org/x', 'nonsense'])('is not fetched from %s', async (where) => {
    expect(await codeOf(clientFor(on(INSIDE, '/list')).body(where))).toBe('source.bad-address');
  });

  it('gets the cookies back that it sets, at its own host', async () => {
    pages['/list'] = (_, response) =>
      response.writeHead(200, { 'Set-Cookie': ['session=1; Path=/', 'theme=dark'] }).end('#EXTM3U');
    const source = clientFor(on(INSIDE, '/list'), connect(), { headers: { Cookie: 'theme=light; login=me' } });
    await source.list();
    await source.body(on(INSIDE, '/body'));
    pages['/away'] = redirect(on(PUBLIC, '/body'));
    await source.body(on(INSIDE, '/away'));
    expect(requests.map(({ headers }) => headers.cookie)).toEqual([
      'theme=light; login=me',
      'login=me; session=1; theme=dark',
      'login=me; session=1; theme=dark',
      undefined,
    ]);
  });

  it('does not give its cookies to others', async () => {
    const connections = connect();
    pages['/list'] = (_, response) => response.writeHead(200, { 'Set-Cookie': 'session=1' }).end('#EXTM3U');
    await clientFor(on(INSIDE, '/list'), connections).list();
    await clientFor(on(INSIDE, '/list'), connections).list();
    expect(requests[1]?.headers.cookie).toBeUndefined();
  });

  it('takes a cookie that comes with a redirect', async () => {
    pages['/door'] = (_, response) =>
      response.writeHead(302, { Location: '/list', 'Set-Cookie': 'pass=granted' }).end();
    await clientFor(on(INSIDE, '/door')).list();
    expect(requests[1]?.headers.cookie).toBe('pass=granted');
  });

  it('may redirect to itself to set a cookie', async () => {
    pages['/wall'] = (request, response) =>
      request.headers.cookie === 'seen=1'
        ? response.end('#EXTM3U')
        : response.writeHead(302, { Location: '/wall', 'Set-Cookie': 'seen=1' }).end();
    expect(await clientFor(on(INSIDE, '/wall')).list()).toBe('#EXTM3U');
    pages['/ring'] = redirect('/ring');
    expect(await codeOf(clientFor(on(INSIDE, '/ring')).list())).toBe('source.redirect-loop');
  });

  it('does not pass on its credentials at a redirect to another host', async () => {
    pages['/here'] = redirect(on(INSIDE, '/away'));
    pages['/away'] = redirect(on(PUBLIC, '/back'));
    pages['/back'] = redirect(on(PUBLIC, '/list'));
    const headers = { AUTHORIZATION: 'Bearer x', cookie: 'a=1', 'X-Quality': 'best', Host: 'evil' };
    await clientFor(on(INSIDE, '/here'), connect(), { headers }).list();
    expect(requests.map((request) => [request.path, request.headers.authorization, request.headers.cookie])).toEqual([
      ['/here', 'Bearer x', 'a=1'],
      ['/away', 'Bearer x', 'a=1'],
      ['/back', undefined, undefined],
      ['/list', undefined, undefined],
    ]);
    expect(requests.at(-1)?.headers).toMatchObject({ 'x-quality': 'best', host: `${PUBLIC}:${port}` });
  });

  it('does not pass on its credentials to a host that its playlist names', async () => {
    const headers = { Authorization: 'Bearer x', Cookie: 'a=1', 'X-Api-Key': 'k', Referer: 'https://tv.example/' };
    const source = clientFor(on(INSIDE, '/list'), connect(), { headers });
    await source.list();
    await source.body(on(PUBLIC, '/body'));
    await source.body(on(INSIDE, '/body'));
    const secrets = requests.map(({ headers }) => [headers.authorization, headers.cookie, headers['x-api-key']]);
    expect(secrets).toEqual([
      ['Bearer x', 'a=1', 'k'],
      [undefined, undefined, undefined],
      ['Bearer x', 'a=1', 'k'],
    ]);
    expect(requests[1]?.headers.referer).toBe('https://tv.example/');
  });

  it('gets the user in its address, also after a redirect of its own, but no other host does', async () => {
    pages['/here'] = redirect(on(INSIDE, '/away'));
    pages['/away'] = redirect(on(PUBLIC, '/list'));
    await clientFor(`http://me:p%40ss%@127.0.0.1:${port}/here`).list();
    const basic = `Basic ${Buffer.from('me:p%40ss%').toString('base64')}`;
    expect(requests.map((request) => request.headers.authorization)).toEqual([basic, basic, undefined]);
  });
});
