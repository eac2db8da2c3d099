import { once } from 'node:events';
import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { byRoutes } from './by-routes.js';
import type { Connections } from './connections.js';
import { isOurUser } from './is-our-user.js';
import { DIRECT, routesOf, type Route } from './proxy.js';
import type { LedFrom } from './reach.js';
import type { RelayedSource } from './relay.js';

/**
 * A port on loopback that stands for a server elsewhere, for one run of a program. The connection to the server uses
 * the source's proxies and is encrypted here if needed. Its address is checked as it is dialled, so that a name cannot
 * lead elsewhere a moment later.
 */
export class StreamRelay {
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  readonly #routes: readonly Route[];
  readonly #address: URL;
  #failure: { readonly error: unknown; readonly address: string } | undefined;

  private constructor(
    private readonly connections: Connections,
    private readonly source: RelayedSource,
    private readonly isEncrypted: boolean,
  ) {
    this.#routes = routesOf(source.proxies);
    this.#address = new URL(source.url);
    this.#server = createServer((socket) => void this.#serve(this.#keep(socket)));
  }

  /** @throws ProxyFailure if one of the source's proxies is malformed */
  static async open(
    connections: Connections,
    source: RelayedSource,
    { isEncrypted }: { readonly isEncrypted: boolean },
  ): Promise<StreamRelay> {
    const relay = new StreamRelay(connections, source, isEncrypted);
    relay.#server.listen(0, '127.0.0.1');
    await once(relay.#server, 'listening');
    return relay;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

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
    client.pause();
    const from: LedFrom = this.source.lookedUp === true ? 'public' : 'given';
    try {
      if (!(await isOurUser(client))) return void client.destroy();
      await byRoutes(
        { connections: this.connections, routes: this.#routes, from },
        this.#address,
        async (route, reach) => {
          const upstream = this.isEncrypted
            ? await this.connections.dialSecurely(this.#address, reach, route)
            : await this.connections.dial(this.#address, reach, route);
          if (route !== DIRECT) this.connections.proxies.worked(route);
          splice(client, this.#keep(upstream));
        },
      );
      this.#failure = undefined;
    } catch (error) {
      this.#failure = { error, address: this.#address.href };
      client.destroy();
    }
  }
}

/** Each side gets what the other sends, until one of them ends. */
function splice(client: Socket, upstream: Socket): void {
  client.on('close', () => upstream.destroy());
  upstream.on('close', () => client.destroySoon());
  if (client.destroyed) upstream.destroy();
  else client.pipe(upstream).pipe(client);
}
