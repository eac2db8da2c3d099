import { randomUUID } from 'node:crypto';
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { once } from 'node:events';
import { parseKurrentDbUrl } from './kurrentdb/connection-settings.js';
import { KurrentDbStandIn } from './kurrentdb/stand-in/kurrentdb-stand-in.testing.js';

export { KurrentDbStandIn };

const realServer = process.env['KURRENTDB_URL'];

/** For the names of tests: what they run against. Never the URL, which may hold a password. */
export const kurrentDbUnderTest =
  realServer === undefined ? 'stand-in in the process of the test' : 'the server that KURRENTDB_URL names';

/** A server that another process can be given the URL of, and that can be taken away and brought back. */
export interface KurrentDbServer {
  /** Of a log of its own, empty at first. */
  readonly url: string;
  /** Every connection is cut in the middle of whatever it carries, and nobody listens any more. */
  kill(): Promise<void>;
  /** At the same address, with everything it held. */
  start(): Promise<void>;
}

/** A stand-in; with `KURRENTDB_URL` that server, a name space of its own on it. */
export async function startKurrentDb(): Promise<KurrentDbServer> {
  if (realServer === undefined) return KurrentDbStandIn.start();
  const url = `${realServer}${realServer.includes('?') ? '&' : '?'}namespace=streamvault.e2e.${randomUUID().slice(0, 8)}`;
  return (await Wire.to(url)) ?? { url, kill: notOurs, start: notOurs };
}

/** Whether the server under test can be taken away: one that speaks TLS by name cannot be led through a wire of ours. */
export const canBeTakenAway = realServer === undefined || isPlainSingleNode(realServer);

function isPlainSingleNode(url: string): boolean {
  const { discover, hosts, tls } = parseKurrentDbUrl(url);
  return !discover && !tls && hosts.length === 1;
}

async function notOurs(): Promise<void> {}

/** A wire to a server that is not ours to kill: cutting it looks the same from this end. */
class Wire implements KurrentDbServer {
  readonly #sockets = new Set<Socket>();
  #front: Server | undefined;
  #port = 0;

  static async to(url: string): Promise<Wire | undefined> {
    const [host] = parseKurrentDbUrl(url).hosts;
    if (host === undefined || !isPlainSingleNode(url)) return undefined;
    const wire = new Wire(url, host.address, host.port);
    await wire.start();
    return wire;
  }

  private constructor(
    private readonly target: string,
    private readonly host: string,
    private readonly hostPort: number,
  ) {}

  get url(): string {
    const [scheme = '', rest = ''] = this.target.split('://', 2);
    return `${scheme}://127.0.0.1:${this.#port}?${rest.slice(rest.indexOf('?') + 1)}`;
  }

  async start(): Promise<void> {
    this.#front = createServer((near) => {
      const far = connect(this.hostPort, this.host);
      for (const [socket, other] of [
        [near, far],
        [far, near],
      ] as const) {
        this.#sockets.add(socket);
        socket.setNoDelay(true).pipe(other);
        socket.on('close', () => this.#sockets.delete(socket) && other.destroy());
        // A cut connection is what the tests are about.
        socket.on('error', () => socket.destroy());
      }
    }).listen(this.#port, '127.0.0.1');
    await once(this.#front, 'listening');
    this.#port = (this.#front.address() as AddressInfo).port;
  }

  async kill(): Promise<void> {
    const front = this.#front;
    this.#front = undefined;
    if (front === undefined) return;
    const closed = once(front, 'close');
    front.close();
    for (const socket of this.#sockets) socket.destroy();
    await closed;
  }
}
