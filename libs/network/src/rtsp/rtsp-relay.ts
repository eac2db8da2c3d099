import { once } from 'node:events';
import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { byRoutes } from '../by-routes.js';
import type { Connections } from '../connections.js';
import { DIRECT, routesOf, type Route } from '../proxy.js';
import type { LedFrom, Reach } from '../reach.js';
import type { RelayedSource } from '../relay.js';
import { SourceFault } from '../source-fault.js';
import { isOurUser } from '../is-our-user.js';
import { RtspLogin, type Login } from './rtsp-login.js';
import { headerOf, headersOf, RtspReader, withHeaders, type RtspItem, type RtspMessage } from './rtsp-reader.js';

export interface RelayedCamera extends RelayedSource {
  readonly login?: Login;
}

interface Asked {
  readonly message: RtspMessage;
  readonly sequence: string;
  readonly wasRefused: boolean;
}

const MOST_REDIRECTS = 5;
const PATH = '/source';

/**
 * A camera on loopback for one run of ffmpeg that stands for one elsewhere. The camera's address and login are on no
 * command line, the connection uses the source's proxies, and every address is checked as it is dialled, also after
 * redirects. RTSP with its media on the same connection (RFC 2326 section 10.12).
 */
export class RtspRelay {
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  readonly #routes: readonly Route[];
  #failure: { readonly error: unknown; readonly address: string } | undefined;

  private constructor(
    private readonly connections: Connections,
    private readonly source: RelayedCamera,
  ) {
    this.#routes = routesOf(source.proxies);
    this.#server = createServer((socket) => void this.#serve(this.#keep(socket)));
  }

  /** @throws ProxyFailure if one of the source's proxies is malformed */
  static async open(connections: Connections, source: RelayedCamera): Promise<RtspRelay> {
    const relay = new RtspRelay(connections, source);
    relay.#server.listen(0, '127.0.0.1');
    await once(relay.#server, 'listening');
    return relay;
  }

  get url(): string {
    return `rtsp://127.0.0.1:${(this.#server.address() as AddressInfo).port}${PATH}`;
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
    try {
      if (await isOurUser(client)) await new Conversation(client, this.source, this.url, this.#way).run();
    } catch {
      // A failure to reach the camera is reported already. Anything else ffmpeg reports itself, because its connection
      // ends.
    } finally {
      client.destroySoon();
    }
  }

  readonly #way: WayToCamera = {
    dial: async (url, from) => {
      try {
        return await this.#dial(url, from);
      } catch (error) {
        this.#failure = { error, address: url.href };
        throw error;
      }
    },
    refused: (error) => {
      this.#failure = { error, address: this.source.url };
    },
  };

  async #dial(url: URL, from: LedFrom): Promise<{ readonly socket: Socket; readonly reach: Reach }> {
    const dialled = await byRoutes(
      { connections: this.connections, routes: this.#routes, from },
      url,
      async (route, reach) => {
        const isEncrypted = url.protocol === 'rtsps:';
        const socket = isEncrypted
          ? await this.connections.dialSecurely(url, reach, route)
          : await this.connections.dial(url, reach, route);
        if (route !== DIRECT) this.connections.proxies.worked(route);
        return { socket: this.#keep(socket), reach };
      },
    );
    this.#failure = undefined;
    return dialled;
  }
}

interface WayToCamera {
  dial(url: URL, from: LedFrom): Promise<{ readonly socket: Socket; readonly reach: Reach }>;
  /** Called with the reason why the camera refuses, if that is clear. */
  refused(error: SourceFault): void;
}

/** One connection of ffmpeg to the camera. */
class Conversation {
  readonly #asked = new Map<number, Asked>();
  #target: URL;
  #upstream: Socket | undefined;
  #reach: LedFrom;
  #login: RtspLogin | undefined;
  #sequence = 0;
  #redirects = 0;

  constructor(
    private readonly client: Socket,
    private readonly source: RelayedCamera,
    private readonly shown: string,
    private readonly way: WayToCamera,
  ) {
    this.#target = bare(source.url);
    this.#reach = source.lookedUp === true ? 'public' : 'given';
  }

  async run(): Promise<void> {
    const reader = new RtspReader();
    try {
      for await (const chunk of this.client) {
        for (const item of reader.push(chunk as Buffer)) await this.#toCamera(item);
      }
    } finally {
      this.#upstream?.destroy();
    }
  }

  async #toCamera(item: RtspItem): Promise<void> {
    this.#upstream ??= await this.#connect();
    if (item.kind === 'packet') this.#upstream.write(item.bytes);
    // An answer to a request of the camera.
    else if (item.first.startsWith('RTSP/')) this.#upstream.write(withHeaders(item, {}));
    else this.#ask({ message: item, sequence: headerOf(item.lines, 'cseq') ?? '', wasRefused: false });
  }

  #ask(asked: Asked): void {
    const { message } = asked;
    const [method = '', shown = '', version = 'RTSP/1.0'] = message.first.split(' ');
    const uri = this.#real(shown);
    this.#sequence += 1;
    this.#asked.set(this.#sequence, asked);
    const sent = withHeaders(
      { ...message, first: `${method} ${uri} ${version}` },
      { CSeq: String(this.#sequence), Authorization: this.#login?.authorize(method, uri) },
    );
    this.#upstream?.write(sent);
  }

  async #connect(): Promise<Socket> {
    const { socket, reach } = await this.way.dial(this.#target, this.#reach);
    this.#reach = reach;
    void this.#listen(socket);
    return socket;
  }

  async #listen(upstream: Socket): Promise<void> {
    const reader = new RtspReader();
    try {
      for await (const chunk of upstream) {
        for (const item of reader.push(chunk as Buffer)) {
          await this.#fromCamera(item);
          if (this.#upstream !== upstream) return;
        }
        if (this.client.writableNeedDrain) await once(this.client, 'drain');
      }
    } catch {
      // It broke off, or a redirect leads to a forbidden address. Either way this conversation is over.
      this.client.destroy();
    } finally {
      upstream.destroy();
      if (this.#upstream === upstream) this.client.destroySoon();
    }
  }

  async #fromCamera(item: RtspItem): Promise<void> {
    if (item.kind === 'packet') {
      this.client.write(item.bytes);
      return;
    }
    const status = Number(/^RTSP\/\d\.\d (\d{3})/.exec(item.first)?.[1]);
    const number = Number(headerOf(item.lines, 'cseq'));
    const asked = this.#asked.get(number);
    // A request of the camera's own, or an answer to none of ours.
    if (Number.isNaN(status) || asked === undefined) {
      if (Number.isNaN(status)) this.client.write(withHeaders(item, {}));
      return;
    }
    this.#asked.delete(number);
    const location = headerOf(item.lines, 'location');
    if (status === 401 && this.#logIn(item, asked)) return this.#ask({ ...asked, wasRefused: true });
    if (status >= 300 && status < 400 && location !== undefined) return this.#follow(location, asked);
    if (status === 401) this.way.refused(loginRefused(this.#target.host, this.source.login !== undefined));
    this.client.write(this.#asShown(item, asked.sequence));
  }

  /** Sends the login only to the camera itself, not to a redirect's target. */
  #logIn({ lines }: RtspMessage, { wasRefused }: Asked): boolean {
    const { login, url } = this.source;
    const challenges = headersOf(lines, 'www-authenticate');
    const isStale = challenges.some((challenge) => /\bstale\s*=\s*"?true/i.test(challenge));
    if (login === undefined || bare(url).host !== this.#target.host) return false;
    if (wasRefused || (this.#login !== undefined && !isStale)) return false;
    this.#login = RtspLogin.for(login, challenges);
    return this.#login !== undefined;
  }

  async #follow(location: string, asked: Asked): Promise<void> {
    const next = URL.parse(location);
    this.#redirects += 1;
    if (next === null || !/^rtsps?:$/.test(next.protocol) || this.#redirects > MOST_REDIRECTS) throw this.#astray();
    const before = this.#upstream;
    this.#target = bare(location);
    this.#login = undefined;
    this.#upstream = await this.#connect();
    before?.destroy();
    this.#ask(asked);
  }

  #astray(): SourceFault {
    const message = `${this.#target.host} redirects in a circle, or to something that is not an RTSP address.`;
    const fault = new SourceFault({ code: 'source.bad-redirect', message }, true);
    this.way.refused(fault);
    return fault;
  }

  #asShown(message: RtspMessage, sequence: string): Buffer {
    const host = this.#target.hostname.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&');
    const here = new RegExp(`rtsps?://(?:[^\\s/@"]*@)?${host}(?::\\d+)?(?=[/\\s;,"?]|$)`, 'gi');
    const show = (text: string) => text.replaceAll(here, `${this.shown}/real`);
    const body = Buffer.from(show(message.body.toString('latin1')), 'latin1');
    const lines = message.lines.map((line) => (/^www-authenticate:/i.test(line) ? line : show(line)));
    const length = body.length === 0 ? undefined : String(body.length);
    return withHeaders({ ...message, lines, body }, { CSeq: sequence, 'Content-Length': length });
  }

  /** An address as the camera knows it. */
  #real(shown: string): string {
    if (!shown.startsWith(this.shown)) return shown;
    const rest = shown.slice(this.shown.length);
    const { protocol, host, pathname, search } = this.#target;
    if (rest.startsWith('/real')) return `${protocol}//${host}${rest.slice('/real'.length)}`;
    return `${protocol}//${host}${pathname}${search}${rest === '/' ? '' : rest}`;
  }
}

const loginRefused = (host: string, wasGiven: boolean): SourceFault =>
  new SourceFault(
    {
      code: 'source.login-refused',
      message: wasGiven
        ? `${host} does not accept the user and password of this streamer. Set the right ones.`
        : `${host} requires a user and a password. Give them with the streamer.`,
    },
    true,
  );

/** Without user and password. */
function bare(address: string): URL {
  const url = new URL(address);
  url.username = '';
  url.password = '';
  return url;
}
