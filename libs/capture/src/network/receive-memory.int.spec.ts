import { createHash, randomBytes } from 'node:crypto';
import { createServer, type RequestListener, type Server } from 'node:http';
import { createServer as createSecureServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { setImmediate as turn } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { HttpClient } from '../engine/http-client.js';
import type { Flow } from '../engine/http-exchange.js';
import { DEFAULT_HLS_SETTINGS } from '../engine/settings.js';
import { Connections } from './connections.js';
import { ReceiveMemory } from './receive-memory.js';
import { TEST_CERTIFICATE, TEST_KEY } from '../test-certificate.testing.js';

const BODY = randomBytes(3_000_001);

/** A body as servers send it: at once, in chunks of its own making, and byte by byte with headers that come in drops. */
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

const digest = (bytes: Buffer): string => createHash('sha1').update(bytes).digest('hex');

let server: Server;
let connections: Connections;
let memory: ReceiveMemory;
let buffers: Set<ArrayBufferLike>;

beforeEach(() => {
  memory = new ReceiveMemory();
  buffers = new Set();
  const settings = { ...DEFAULT_HLS_SETTINGS, trustedCertificate: TEST_CERTIFICATE };
  connections = new Connections(settings, { memory });
});
afterEach(async () => {
  await connections.close();
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
});

/** What its blocks are cut from: the only large buffers here. */
const slabs = (): readonly ArrayBufferLike[] => [...buffers].filter(({ byteLength }) => byteLength >= 1 << 20);

async function serve(made: Server): Promise<string> {
  server = made;
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return `127.0.0.1:${(server.address() as AddressInfo).port}`;
}

/** Holds every piece for a while (but one that it may hold alone), and looks whether it is still the same when its time comes. */
async function receive(address: string, holdPieces: number): Promise<string> {
  const whole = createHash('sha1');
  const held: { readonly piece: Buffer; readonly print: string }[] = [];
  let flow: Flow | undefined;
  const give = (): void => {
    const first = held.shift();
    if (first === undefined) return;
    expect(digest(first.piece)).toBe(first.print);
    whole.update(first.piece);
    memory.release([first.piece]);
  };
  const client = new HttpClient(DEFAULT_HLS_SETTINGS, connections, { url: address });
  await client.getBody(
    address,
    { totalSeconds: 30, signal: new AbortController().signal },
    {
      start: (_, control) => {
        flow = control;
      },
      data: (piece) => {
        memory.hold(piece);
        buffers.add(piece.buffer);
        held.push({ piece, print: digest(piece) });
        if (held.length < holdPieces) return;
        if (holdPieces === 1) return give();
        flow?.pause();
        setImmediate(() => {
          give();
          flow?.resume();
        });
      },
    },
  );
  while (held.length > 0) give();
  return whole.digest('hex');
}

describe.each([
  ['http', (): Server => createServer(answer)],
  ['https', (): Server => createSecureServer({ key: TEST_KEY, cert: TEST_CERTIFICATE }, answer)],
])('memory for what %s brings', (protocol, make) => {
  it.each(['/whole', '/chunked', '/dripping'])('is never written over while it is held: %s', async (path) => {
    const host = await serve(make());
    const bodies = Array.from({ length: 6 }, (_, index) => receive(`${protocol}://${host}${path}`, index * 2 + 1));

    expect(new Set(await Promise.all(bodies))).toEqual(new Set([digest(BODY)]));
  });

  it('is used again once it was given back', async () => {
    const host = await serve(make());
    for (let round = 0; round < 40; round += 1) await receive(`${protocol}://${host}/whole`, 1);

    // 120 MB came through, and one piece at a time was held: without reuse, that would be fifteen at the least.
    expect(slabs().length).toBeLessThan(5);
  });

  it('is let go of when nobody needs it', async () => {
    const host = await serve(make());
    await receive(`${protocol}://${host}/whole`, 2);
    const before = slabs();
    expect(before).not.toEqual([]);
    memory.trim();
    memory.trim();
    buffers.clear();
    await receive(`${protocol}://${host}/whole`, 2);

    expect(slabs().filter((slab) => before.includes(slab))).toEqual([]);
  });
});
