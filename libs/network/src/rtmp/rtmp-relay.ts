import { once } from 'node:events';
import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { Transform } from 'node:stream';
import { byRoutes } from '../by-routes.js';
import type { Connections } from '../connections.js';
import { isOurUser } from '../is-our-user.js';
import { DIRECT, routesOf, type Route } from '../proxy.js';
import type { LedFrom } from '../reach.js';
import type { RelayedSource } from '../relay.js';
import { SourceFault } from '../source-fault.js';
import { rtmpPlace, type RtmpPlace } from './rtmp-address.js';
import { NEUTRAL_APP, NEUTRAL_STREAM, RtmpConversation } from './rtmp-conversation.js';

/**
 * A port on loopback that is an RTMP server elsewhere, for one run of a program: the connection to it goes by the source's proxies, is
 * encrypted here where that is wanted, and its address is asked about as it is dialled, so that a name cannot lead somewhere else a moment
 * later. The program learns neither the address nor the key in it, and is sent nowhere else.
 */
export class RtmpRelay {
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  readonly #routes: readonly Route[];
  readonly #address: URL;
  #failure: { readonly error: unknown; readonly address: string } | undefined;

  private constructor(
    private readonly connections: Connections,
    private readonly source: RelayedSource,
    private readonly place: RtmpPlace,
  ) {
    this.#routes = routesOf(source.proxies);
    this.#address = new URL(source.url);
    this.#server = createServer((socket) => void this.#serve(this.#keep(socket)));
  }

  /** @throws ProxyFailure where one of the source's proxies is malformed, SourceFault where the address names no host */
  static async open(connections: Connections, source: RelayedSource): Promise<RtmpRelay> {
    const place = rtmpPlace(source.url);
    if (place === undefined)
      throw new SourceFault({ code: 'source.unsupported', message: 'The RTMP address names no host.' }, true);
    const relay = new RtmpRelay(connections, source, place);
    relay.#server.listen(0, '127.0.0.1');
    await once(relay.#server, 'listening');
    return relay;
  }

  /** What the program is told to open. All users of a machine may read it. */
  get url(): string {
    return `rtmp://127.0.0.1:${(this.#server.address() as AddressInfo).port}/${NEUTRAL_APP}/${NEUTRAL_STREAM}`;
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
          const upstream = this.#isEncrypted
            ? await this.connections.dialSecurely(this.#address, reach, route)
            : await this.connections.dial(this.#address, reach, route);
          if (route !== DIRECT) this.connections.proxies.worked(route);
          this.#splice(client, this.#keep(upstream));
        },
      );
      this.#failure = undefined;
    } catch (error) {
      this.#failure = { error, address: this.#name };
      client.destroy();
    }
  }

  /** Without the path, in which many keep their key. */
  get #name(): string {
    return `${this.#address.protocol}//${this.#address.host}`;
  }

  get #isEncrypted(): boolean {
    return this.#address.protocol === 'rtmps:';
  }

  /** Each gets what the other says, as far as it is meant to, until one of them ends. */
  #splice(client: Socket, upstream: Socket): void {
    const conversation = new RtmpConversation(this.place, this.source.url);
    client.on('close', () => upstream.destroy());
    upstream.on('close', () => client.destroySoon());
    if (client.destroyed) return void upstream.destroy();
    const passing = (work: (bytes: Buffer) => Buffer) =>
      new Transform({
        transform: (bytes: Buffer, _, done) => {
          try {
            done(null, work(bytes));
          } catch (error) {
            this.#failure = { error, address: this.#name };
            client.destroy();
          }
        },
      });
    client.pipe(passing((bytes) => conversation.fromProgram(bytes))).pipe(upstream);
    upstream.pipe(passing((bytes) => conversation.fromServer(bytes))).pipe(client);
  }
}
