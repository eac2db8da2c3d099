import { once } from 'node:events';
import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { byRoutes } from './by-routes.js';
import { forwarderOf, type Connections } from './connections.js';
import { DIRECT, proxyAuthorization, routesOf, type Proxy, type Route } from './proxy.js';
import { ForbiddenAddress, type LedFrom, type Reach } from './reach.js';
import { RelayLogin } from './relay-login.js';
import { originFormHead, parseRelayHead, readHead, readStatus, type RelayHead } from './relay-head.js';
import { refusal } from './tunnel.js';

export interface RelayedSource {
  readonly url: string;
  /** Found in a page or an API rather than typed in by a user: it may not lead into a private network. */
  readonly lookedUp?: boolean;
  readonly proxies?: readonly string[];
}

/** How long a program may take for its request, and a proxy for the beginning of its answer. */
const HEAD_MS = 10_000;

/**
 * A proxy of our own on loopback, for one run of a program that fetches by itself. Whatever the program requests,
 * including redirects, takes the routes of its source, and is checked at the moment it is dialled, like our own
 * requests. Only programs with its login may use it. It speaks HTTP/1.1 as proxies do (RFC 9112 section 3.2.2, RFC 9110
 * section 9.3.6), one request per connection.
 */
export class Relay {
  readonly #login = new RelayLogin();
  readonly #sockets = new Set<Socket>();
  readonly #server: Server;
  readonly #routes: readonly Route[];
  readonly #address: URL;
  /** The network from which the source was read. It may lead to that network or to the public one. */
  #reach: Reach = 'public';
  #failure: { readonly error: unknown; readonly address: string } | undefined;

  private constructor(
    private readonly connections: Connections,
    private readonly source: RelayedSource,
  ) {
    this.#routes = routesOf(source.proxies);
    this.#address = new URL(source.url);
    this.#server = createServer((socket) => void this.#serve(this.#keep(socket)));
  }

  /** @throws ProxyFailure if one of the source's proxies is malformed */
  static async open(connections: Connections, source: RelayedSource): Promise<Relay> {
    const relay = new Relay(connections, source);
    relay.#server.listen(0, '127.0.0.1');
    await once(relay.#server, 'listening');
    return relay;
  }

  /** Variables that make a program use this relay. Not for command lines, which all users of a machine can read. */
  get environment(): Readonly<Record<string, string>> {
    return this.#login.environment((this.#server.address() as AddressInfo).port);
  }

  /** What kept the last connection from being made, and to which address; undefined if it was made. */
  get failure(): { readonly error: unknown; readonly address: string } | undefined {
    return this.#failure;
  }

  async close(): Promise<void> {
    const gone = [...this.#sockets].map((socket) => new Promise((resolve) => socket.once('close', resolve).destroy()));
    this.#server.close();
    await Promise.all([once(this.#server, 'close'), ...gone]);
  }

  #keep<Kept extends Socket>(socket: Kept): Kept {
    this.#sockets.add(socket);
    return socket.on('error', () => undefined).on('close', () => this.#sockets.delete(socket));
  }

  async #serve(client: Socket): Promise<void> {
    try {
      const head = parseRelayHead(await readHead(client, HEAD_MS));
      if (head === undefined) client.end(answer('400 Bad Request'));
      else if (!this.#login.accepts(head.authorization))
        client.end(answer('407 Proxy Authentication Required', ASKS_LOGIN));
      else await this.#connect(client, head);
    } catch {
      // It went away, or never sent a request.
      client.destroy();
    }
  }

  async #connect(client: Socket, head: RelayHead): Promise<void> {
    const { url, isTunnel } = head;
    const isSource = url.host === this.#address.host || (isTunnel && hostAndPort(url) === hostAndPort(this.#address));
    const typed: LedFrom = this.source.lookedUp === true ? 'public' : 'given';
    const ways = { connections: this.connections, routes: this.#routes, from: isSource ? typed : this.#reach };
    try {
      await byRoutes(ways, url, async (route, reach) => {
        const upstream = this.#keep(await this.connections.dial(url, reach, route));
        // The program may have gone meanwhile.
        if (client.destroyed) {
          upstream.destroy();
          return;
        }
        if (isTunnel) client.write('HTTP/1.1 200 Connection established\r\n\r\n');
        else await this.#forward(upstream, head, forwarderOf(url, route));
        if (isSource) this.#reach = reach;
        if (route !== DIRECT) this.#watch(upstream, route);
        splice(client, upstream);
      });
      this.#failure = undefined;
    } catch (error) {
      this.#failure = { error, address: url.href };
      client.end(answer(error instanceof ForbiddenAddress ? '403 Forbidden' : '502 Bad Gateway'));
    }
  }

  /** A proxy works once an answer comes through it; one that accepts a connection may still never answer. */
  #watch(upstream: Socket, proxy: Proxy): void {
    const { proxies } = this.connections;
    const onClose = () => proxies.disturbed(proxy, Date.now());
    upstream.once('close', onClose).once('data', () => {
      upstream.off('close', onClose);
      proxies.worked(proxy);
    });
  }

  /**
   * Sends the request on. With a forwarding proxy, it makes sure that the answer is not the proxy's own message about
   * the login.
   */
  async #forward(upstream: Socket, head: RelayHead, forwarder: Proxy | undefined): Promise<void> {
    const { method, url } = head;
    if (forwarder === undefined) {
      upstream.write(originFormHead(head, `${url.pathname}${url.search}`));
      return;
    }
    upstream.write(originFormHead(head, url.href, proxyAuthorization(forwarder)));
    // A request with a body is not repeated.
    if (method !== 'GET' && method !== 'HEAD') return;
    if ((await readStatus(upstream, HEAD_MS)) !== 407) return;
    upstream.destroy();
    throw refusal(407, forwarder);
  }
}

const ASKS_LOGIN = 'Proxy-Authenticate: Basic realm="relay"\r\n';

const answer = (status: string, headers = ''): string =>
  `HTTP/1.1 ${status}\r\n${headers}Content-Length: 0\r\nConnection: close\r\n\r\n`;

const hostAndPort = ({ hostname, port, protocol }: URL): string =>
  `${hostname}:${port !== '' ? port : protocol === 'https:' ? '443' : '80'}`;

/** Each side gets what the other sends, until one of them ends. */
function splice(one: Socket, other: Socket): void {
  one.on('close', () => other.destroy());
  other.on('close', () => one.destroySoon());
  one.pipe(other).pipe(one);
}
