import { randomUUID } from 'node:crypto';
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { once } from 'node:events';
import { parseKurrentDbUrl } from './kurrentdb/connection-settings.js';
import { KurrentDbStandIn } from './kurrentdb/stand-in/kurrentdb-stand-in.testing.js';

export { KurrentDbStandIn };

const realServer = process.env['KURRENTDB_URL'];

/** For the names of tests: what they run against. Never the URL, which may contain a password. */
export const kurrentDbUnderTest =
  realServer === undefined ? 'stand-in in the process of the test' : 'the server that KURRENTDB_URL names';

/** A server whose URL other processes can use, and that can be stopped and started. */
export interface KurrentDbServer {
  /** The URL of an empty log of its own. */
  readonly url: string;
  /** Cuts every connection in the middle of its work, and stops listening. */
  kill(): Promise<void>;
  /** Starts at the same address, with everything it held. */
  start(): Promise<void>;
}

/** A stand-in; or, with `KURRENTDB_URL`, a name space of its own on that server. */
export async function startKurrentDb(): Promise<KurrentDbServer> {
  if (realServer === undefined) return KurrentDbStandIn.start();
  const url = `${realServer}${realServer.includes('?') ? '&' : '?'}namespace=streamvault.e2e.${randomUUID().slice(0, 8)}`;
  return (await Wire.to(url)) ?? { url, kill: notOurs, start: notOurs };
}

/**
 * Whether the server under test can be taken away: connections by TLS with a host name cannot go through a wire of
 * ours.
 */
export const canBeTakenAway = realServer === undefined || isPlainSingleNode(realServer);

function isPlainSingleNode(url: string): boolean {
  const { discover, hosts, tls } = parseKurrentDbUrl(url);
  return !discover && !tls && hosts.length === 1;
}

async function notOurs(): Promise<void> {}

/** A wire to a server that we may not kill. Cutting it looks the same from this end. */
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
        // The tests are about cut connections.
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
