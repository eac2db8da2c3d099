import { createHash, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { createServer as createSecureServer } from 'node:https';
import { createServer as createHttpServer, type RequestListener } from 'node:http';
import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { setImmediate as turn } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { buildConnector } from 'undici';
import { TEST_CERTIFICATE, TEST_KEY } from '../test-certificate.testing.js';
import type { AnswerControl, AnswerHandler } from './answer-handler.js';
import type { AnswerHeaders } from './answer-head.js';
import { Http1Client } from './http1-client.js';
import { onread } from './http1-connection.js';

/** Collects what it is given, in its own memory if it has some. */
class Taker implements AnswerHandler {
  readonly done: Promise<string>;
  status = 0;
  headers: AnswerHeaders = {};
  control: AnswerControl | undefined;
  /** How many bytes came in its own memory. */
  inPlace = 0;
  /** Called each time something arrives. */
  came: () => void = () => undefined;
  readonly #pieces: Buffer[] = [];
  readonly #settle: { resolve: (text: string) => void; reject: (error: Error) => void };
  #place = Buffer.alloc(0);
  readonly room?: () => Buffer;

  constructor(placeBytes?: number) {
    const { promise, resolve, reject } = Promise.withResolvers<string>();
    this.done = promise;
    this.#settle = { resolve, reject };
    if (placeBytes !== undefined) this.room = () => (this.#place = Buffer.alloc(placeBytes));
  }

  get bytes(): Buffer {
    return Buffer.concat(this.#pieces);
  }
  onRequestStart(control: AnswerControl): void {
    this.control = control;
  }
  onResponseStart(_: AnswerControl, status: number, headers: AnswerHeaders): void {
    this.status = status;
    this.headers = headers;
  }
  onResponseData(_: AnswerControl, piece: Buffer): void {
    this.#pieces.push(Buffer.from(piece));
    this.came();
  }
  filled(bytes: number): void {
    this.inPlace += bytes;
    this.#pieces.push(this.#place.subarray(0, bytes));
    this.came();
  }
  onResponseEnd(): void {
    this.#settle.resolve(this.bytes.toString('latin1'));
  }
  onResponseError(_: AnswerControl | undefined, error: Error): void {
    this.#settle.reject(error);
  }
}

let servers: Server[];
let clients: Http1Client[];
let sockets: Set<Socket>;
beforeEach(() => {
  [servers, clients, sockets] = [[], [], new Set()];
});
afterEach(async () => {
  for (const client of clients) client.close();
  for (const socket of sockets) socket.destroy();
  for (const server of servers) await new Promise((resolve) => server.close(resolve));
});

async function listen(server: Server, protocol = 'http'): Promise<URL> {
  servers.push(server);
  server.on('connection', (socket) => sockets.add(socket));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return new URL(`${protocol}://127.0.0.1:${(server.address() as AddressInfo).port}/`);
}

/** A server that answers byte for byte what it is told, and records its requests. */
async function saying(...answers: readonly (string | ((socket: Socket) => void))[]) {
  const asked: string[] = [];
  let connections = 0;
  const rest = [...answers];
  const url = await listen(
    createServer((socket) => {
      connections += 1;
      let text = '';
      socket
        .on('error', () => undefined)
        .on('data', (data) => {
          text += data.toString('latin1');
          for (let end = text.indexOf('\r\n\r\n'); end >= 0; end = text.indexOf('\r\n\r\n')) {
            asked.push(text.slice(0, end));
            text = text.slice(end + 4);
            const answer = rest.shift();
            if (typeof answer === 'string') socket.write(answer, 'latin1');
            else answer?.(socket);
          }
        });
    }),
  );
  return { url, asked, connections: () => connections };
}

const connecting = { ca: TEST_CERTIFICATE, allowH2: false, onread };

function client(timeouts = { headers: 5000, idle: 5000 }): Http1Client {
  const made = new Http1Client(buildConnector(connecting), timeouts);
  clients.push(made);
  return made;
}

function get(from: Http1Client, url: URL, taker = new Taker(), headers: Record<string, string> = {}): Taker {
  from.send({ url, headers }, taker, (error) => taker.onResponseError(undefined, error));
  return taker;
}

const ok = (body: string, more = '') => `HTTP/1.1 200 OK\r\n${more}Content-Length: ${body.length}\r\n\r\n${body}`;

describe('a request', () => {
  it('is a GET with its host and headers', async () => {
    const { url, asked } = await saying(ok('yes'));
    const taker = get(client(), new URL('/a%20b?c=d#e', url), new Taker(), {
      'user-agent': 'StreamVault',
      'x-é': 'no',
    });
    await expect(taker.done).rejects.toThrow(/header/);
    const other = get(client(), new URL('/a%20b?c=d#e', url), new Taker(), { 'user-agent': 'Stréam' });
    expect(await other.done).toBe('yes');
    expect(asked).toEqual([`GET /a%20b?c=d HTTP/1.1\r\nhost: ${url.host}\r\nuser-agent: Stréam`]);
  });

  it.each(['a\r\nX: y', 'a\n', '\0', '★'])('accepts no header that contains more than one: %j', async (value) => {
    const { url, asked } = await saying(ok(''));
    await expect(get(client(), url, new Taker(), { cookie: value }).done).rejects.toThrow(/cookie cannot be sent/);
    expect(asked).toEqual([]);
  });
});

describe('an answer', () => {
  it('may follow interim answers', async () => {
    const { url } = await saying(
      `HTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\nHTTP/1.1 100 Continue\r\n\r\n${ok('body')}`,
    );
    const taker = get(client(), url);
    expect(await taker.done).toBe('body');
    expect(taker.status).toBe(200);
  });

  it('ends with its connection if it does not say how long it is', async () => {
    const { url } = await saying((socket) => socket.end('HTTP/1.0 200 OK\r\n\r\nuntil the end'));
    expect(await get(client(), url).done).toBe('until the end');
  });

  it.each([
    ['in the middle of a body', 'HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf', 'ECONNRESET'],
    ['in the middle of a chunk', 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n9\r\nhalf', 'ECONNRESET'],
    ['in the middle of its head', 'HTTP/1.1 200 OK\r\nContent-Le', 'ECONNRESET'],
    ['before it begins', '', 'ECONNRESET'],
  ])('that breaks off %s is an error', async (_, text, code) => {
    const { url } = await saying((socket) => socket.end(text));
    await expect(get(client(), url).done).rejects.toMatchObject({ code });
  });

  it.each([
    ['no HTTP at all', 'SSH-2.0-OpenSSH\r\n\r\n'],
    ['headers without an end', `HTTP/1.1 200 OK\r\nX: ${'a'.repeat(70_000)}`],
    ['another protocol', 'HTTP/1.1 101 Switching\r\nUpgrade: x\r\n\r\n'],
  ])('that is %s is refused', async (_, text) => {
    const { url } = await saying(text);
    await expect(get(client(), url).done).rejects.toMatchObject({ code: 'HTTP_BAD_ANSWER' });
  });

  it('has only its stated length, and the connection of a server that sends more is dropped', async () => {
    const { url, connections } = await saying(`${ok('four')}HTTP/1.1 200 OK\r\n`, ok('next'));
    const from = client();
    expect(await get(from, url).done).toBe('four');
    expect(await get(from, url).done).toBe('next');
    expect(connections()).toBe(2);
  });

  it('that takes too long to begin, or stops halfway, is given up; one that is held back is not', async () => {
    const hasty = client({ headers: 50, idle: 50 });
    const silent = await saying(() => undefined);
    await expect(get(hasty, silent.url).done).rejects.toMatchObject({ code: 'HTTP_HEADERS_TIMEOUT' });
    const stopping = await saying('HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhalf');
    await expect(get(hasty, stopping.url).done).rejects.toMatchObject({ code: 'HTTP_BODY_TIMEOUT' });

    const { url } = await saying('HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhalf', () => undefined);
    const held = new Taker();
    held.came = () => held.control?.pause();
    get(hasty, url, held);
    const failed = held.done.then(
      () => 'done',
      (error: { code?: string }) => error.code,
    );
    // A request that was made later is given up meanwhile.
    await expect(get(hasty, silent.url).done).rejects.toMatchObject({ code: 'HTTP_HEADERS_TIMEOUT' });
    held.control?.resume();
    expect(await failed).toBe('HTTP_BODY_TIMEOUT');
  });

  it('that is aborted reports nothing more, and does not affect the next', async () => {
    const { url, connections } = await saying(
      'HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhalf',
      ok('next'),
      ok('third'),
    );
    const from = client();
    const taker = new Taker();
    await new Promise<void>((resolve) => {
      taker.came = resolve;
      get(from, url, taker);
    });
    taker.control?.abort(new Error('Enough'));
    const next = get(from, url);
    expect(await next.done).toBe('next');
    const third = get(from, url);
    next.control?.abort(new Error('Too late'));
    next.control?.pause();
    expect(await third.done).toBe('third');
    expect(connections()).toBe(2);
    expect(taker.bytes.toString()).toBe('half');
  });
});

describe('a connection', () => {
  it('serves one answer after the other, also after one that was held back at its end', async () => {
    const { url, connections } = await saying(ok('one'), ok('two'), ok('three'));
    const from = client();
    expect(await get(from, url).done).toBe('one');
    const held = new Taker(1000);
    held.came = () => held.control?.pause();
    expect(await get(from, url, held).done).toBe('two');
    expect(await get(from, url).done).toBe('three');
    expect(connections()).toBe(1);
  });

  it('that ended while idle costs nothing', async () => {
    const { url, connections } = await saying(
      ok('one'),
      (socket) => socket.destroy(),
      (socket) => socket.write(ok('two')),
    );
    const from = client();
    expect(await get(from, url).done).toBe('one');
    expect(await get(from, url).done).toBe('two');
    expect(connections()).toBe(2);
  });

  it('is not kept for longer than the server says', async () => {
    const { url, connections } = await saying(ok('one', 'Keep-Alive: timeout=1\r\n'), ok('two'));
    const from = client();
    expect(await get(from, url).done).toBe('one');
    expect(await get(from, url).done).toBe('two');
    expect(connections()).toBe(2);
  });

  it('ends with the client', async () => {
    const { url } = await saying(() => undefined);
    const from = client();
    const taker = new Taker();
    const asked = new Promise<void>((resolve) => servers[0]?.once('connection', () => resolve()));
    get(from, url, taker);
    await asked;
    from.close();
    await expect(taker.done).rejects.toThrow(/closed/);
  });
});

const BODY = randomBytes(3_000_001);
const digest = (bytes: Buffer): string => createHash('sha1').update(bytes).digest('hex');

/** A body as servers send it: at once, in chunks of their own making, and after a head that arrives in drops. */
const answer: RequestListener = (request, response) => {
  if (request.url === '/whole') response.writeHead(200, { 'content-length': BODY.length }).end(BODY);
  else if (request.url === '/chunked') {
    for (let at = 0; at < BODY.length; at += 30_011) response.write(BODY.subarray(at, at + 30_011));
    response.end();
  } else {
    const text = `HTTP/1.1 200 OK\r\nx-long: ${'a'.repeat(9000)}\r\ncontent-length: ${BODY.length}\r\n\r\n`;
    const { socket } = response;
    void (async () => {
      for (let at = 0; at < text.length; at += 700) {
        socket?.write(text.slice(at, at + 700));
        await turn();
      }
      socket?.write(BODY);
    })();
  }
};

describe.each([
  ['http', (): Server => createHttpServer(answer)],
  ['https', (): Server => createSecureServer({ key: TEST_KEY, cert: TEST_CERTIFICATE }, answer)],
])('a large body over %s', (protocol, make) => {
  it.each(['/whole', '/chunked', '/dripping'])(
    'is received intact by many at once, held back or not: %s',
    async (path) => {
      const url = new URL(path, await listen(make(), protocol));
      const from = client();
      const takers = [undefined, 1, 1000, 128 << 10, undefined, 65_537].map((placeBytes, index) => {
        const taker = new Taker(placeBytes === 1 ? 100_000 : placeBytes);
        if (index % 2 === 0)
          taker.came = () => {
            taker.control?.pause();
            setImmediate(() => taker.control?.resume());
          };
        return get(from, url, taker);
      });
      await Promise.all(takers.map(({ done }) => done));
      expect(new Set(takers.map(({ bytes }) => digest(bytes)))).toEqual(new Set([digest(BODY)]));
    },
  );

  it("is received directly in the handler's memory, except for what comes with its head", async () => {
    const url = new URL('/whole', await listen(make(), protocol));
    const taker = get(client(), url, new Taker(128 << 10));
    await taker.done;
    expect(taker.inPlace).toBeGreaterThanOrEqual(BODY.length - (64 << 10));
  });
});
