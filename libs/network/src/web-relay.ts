import { once } from 'node:events';
import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { ask } from './ask.js';
import { byRoutes } from './by-routes.js';
import { forwarderOf, type Connections } from './connections.js';
import { CookieJar } from './cookie-jar.js';
import { cookiesTogether, ownerHeaders } from './owner-headers.js';
import { DIRECT, proxyAuthorization, routesOf, type Proxy, type Route } from './proxy.js';
import { ForbiddenAddress, type LedFrom, type Reach } from './reach.js';
import { parseRelayHead, readHead, type RelayHead } from './relay-head.js';
import type { RelayedSource } from './relay.js';
import { RelayLogin } from './relay-login.js';
import { refusal } from './tunnel.js';

export interface RelayedWebSource extends RelayedSource {
  /** What its address contains, if known: one body of media is passed on whatever its name says. */
  readonly contents?: 'media' | 'manifest';
  /** Sent with requests; the secret ones to the source's own origin only. */
  readonly headers?: Readonly<Record<string, string>>;
}

/** How long a program may take for its request, and a server for the beginning of its answer. */
const HEAD_MS = 15_000;
/** A name that leads nowhere (RFC 6761 section 6.4). The program sees it instead of the source's own host. */
const MASK = 'source.invalid';

const isText = (path: string, contentType = ''): boolean =>
  /\.(mpd|m3u8?)$/i.test(path) || /dash\+xml|mpegurl/i.test(contentType);

/**
 * A way to the web for one run of a program that only does plain HTTP through a proxy. The relay encrypts, keeps
 * cookies, adds the owner's headers, and checks every address as it is dialled. The program sees encrypted addresses as
 * plain ones with their port, also in redirects and manifests, so that it needs no protocol by which it could connect
 * on its own. The source's own address, which may contain a key, is masked and is on no command line.
 */
export class WebRelay {
  readonly #login = new RelayLogin();
  readonly #sockets = new Set<Socket>();
  readonly #server: Server;
  readonly #routes: readonly Route[];
  readonly #address: URL;
  readonly #cookies = new CookieJar();
  /** Hosts with ports that need encryption. */
  readonly #encrypted = new Set<string>();
  #reach: Reach = 'public';
  #failure: { readonly error: unknown; readonly address: string } | undefined;

  private constructor(
    private readonly connections: Connections,
    private readonly source: RelayedWebSource,
  ) {
    this.#routes = routesOf(source.proxies);
    this.#address = new URL(source.url);
    this.#server = createServer((socket) => void this.#serve(this.#keep(socket)));
  }

  /** @throws ProxyFailure if one of the source's proxies is malformed */
  static async open(connections: Connections, source: RelayedWebSource): Promise<WebRelay> {
    const relay = new WebRelay(connections, source);
    relay.#server.listen(0, '127.0.0.1');
    await once(relay.#server, 'listening');
    return relay;
  }

  /** The address that the program opens. */
  get url(): string {
    const { pathname } = this.#address;
    // Some formats are recognized by their extension; the rest of the name stays hidden.
    const told = /\.(mpd|m3u8?|mp4|ts|flv|mkv|aac|mp3|ogg)$/i.exec(pathname)?.[0] ?? '';
    const extension = this.#isMedia(this.#address) ? told.replace(/^\.(mpd|m3u8?)$/i, '') : told;
    return `http://${MASK}${[...this.#folders].map((_, depth) => `/~${depth}`).join('')}/source${extension}`;
  }

  /** Whatever its name, the address gives one body of media. */
  #isMedia(url: URL): boolean {
    return this.source.contents === 'media' && url.href === this.#address.href;
  }

  /** Folders of the source's path. The mask has as many, so that relative names work. */
  get #folders(): readonly string[] {
    return this.#address.pathname.split('/').slice(1, -1);
  }

  get environment(): Readonly<Record<string, string>> {
    return this.#login.environment((this.#server.address() as AddressInfo).port);
  }

  /** What kept the last request from being answered, and its address; undefined if it was answered. */
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
      if (head === undefined || head.isTunnel) client.end(answer('400 Bad Request'));
      else if (!this.#login.accepts(head.authorization))
        client.end(answer('407 Proxy Authentication Required', ['Proxy-Authenticate: Basic realm="relay"']));
      else if (head.method !== 'GET' && head.method !== 'HEAD') client.end(answer('405 Method Not Allowed'));
      else await this.#fetch(client, head);
    } catch {
      // It went away, or never sent a request.
      client.destroy();
    }
  }

  async #fetch(client: Socket, head: RelayHead): Promise<void> {
    const url = this.#real(head.url);
    const isSource = url.host === this.#address.host;
    const typed: LedFrom = this.source.lookedUp === true ? 'public' : 'given';
    const from = isSource ? typed : this.#reach;
    try {
      if (isText(url.pathname) && !this.#isMedia(url)) await this.#sendText(client, url, from);
      else await this.#sendBytes(client, head, url, from);
      if (isSource) await this.#noteReach(url, from);
      this.#failure = undefined;
    } catch (error) {
      this.#failure = { error, address: url.href };
      if (client.bytesWritten > 0) client.destroy();
      else client.end(answer(error instanceof ForbiddenAddress ? '403 Forbidden' : '502 Bad Gateway'));
    }
  }

  async #noteReach(url: URL, from: LedFrom): Promise<void> {
    const [route = DIRECT] = this.connections.proxies.order(this.#routes, Date.now());
    this.#reach = await this.connections.reach(url, from, route);
  }

  /** A text that names other addresses is read completely, so that encrypted ones can be shown as plain. */
  async #sendText(client: Socket, url: URL, from: LedFrom): Promise<void> {
    const signal = AbortSignal.any([AbortSignal.timeout(4 * HEAD_MS), whenClosed(client)]);
    const { proxies } = this.source;
    const { status, headers, text } = await ask(this.connections, {
      url,
      headers: this.#headersFor(url),
      proxies,
      from,
      signal,
    });
    this.#keepCookies(url, headers['set-cookie']);
    const body = Buffer.from(this.#rewritten(text));
    const type = headers['content-type'];
    const location = headers['location'];
    client.end(
      Buffer.concat([
        Buffer.from(
          answer(
            `${status} Relayed`,
            [
              typeof type === 'string' ? `Content-Type: ${type}` : '',
              typeof location === 'string' ? `Location: ${this.#moved(location, url)}` : '',
            ].filter((line) => line !== '' && !/[\r\n]/.test(line)),
            body.length,
          ),
        ),
        body,
      ]),
    );
  }

  async #sendBytes(client: Socket, head: RelayHead, url: URL, from: LedFrom): Promise<void> {
    const ways = { connections: this.connections, routes: this.#routes, from };
    const upstream = await byRoutes(ways, url, async (route, reach) => {
      const isEncrypted = url.protocol === 'https:';
      const dialled = isEncrypted
        ? await this.connections.dialSecurely(url, reach, route)
        : await this.connections.dial(url, reach, route);
      const socket = this.#keep(dialled);
      // The program may have gone meanwhile.
      if (client.destroyed) return void socket.destroy();
      const forwarder = forwarderOf(url, route);
      socket.write(this.#requestHead(head, url, forwarder));
      const answered = await readHead(socket, HEAD_MS);
      if (forwarder !== undefined && statusOf(answered) === 407) {
        socket.destroy();
        throw refusal(407, forwarder);
      }
      if (route !== DIRECT) this.connections.proxies.worked(route);
      return { socket, answered, route };
    });
    if (upstream === undefined) return;
    const { socket, answered, route } = upstream;
    const lines = answered.split('\r\n').filter((line) => line !== '');
    if (isText('', valueOf(lines, 'content-type'))) {
      socket.destroy();
      return this.#sendText(client, url, from);
    }
    this.#keepCookies(url, valuesOf(lines, 'set-cookie'));
    if (route !== DIRECT) this.#watch(socket, route, client);
    client.write(this.#answerHead(lines, url), 'latin1');
    splice(client, socket);
  }

  /** A proxy that breaks off while the program still reads may be at fault. */
  #watch(upstream: Socket, proxy: Proxy, client: Socket): void {
    upstream.once('error', () => {
      if (!client.destroyed) this.connections.proxies.disturbed(proxy, Date.now());
    });
  }

  #requestHead(head: RelayHead, url: URL, forwarder: Proxy | undefined): string {
    const added = { host: url.host, ...this.#headersFor(url), ...(forwarder && proxyAuthorization(forwarder)) };
    const kept = head.lines.filter((line) => !Object.hasOwn(added, nameOf(line)));
    const target = forwarder === undefined ? `${url.pathname}${url.search}` : url.href;
    const lines = Object.entries(added).map(([name, value]) => `${name}: ${value}`);
    return [`${head.method} ${target} HTTP/1.1`, ...kept, ...lines, 'Connection: close', '', ''].join('\r\n');
  }

  #headersFor(url: URL): Record<string, string> {
    const isOwn = url.origin === this.#address.origin;
    const { username, password } = this.#address;
    const login = Buffer.from(`${decoded(username)}:${decoded(password)}`).toString('base64');
    const headers: Record<string, string> = {
      ...(isOwn && `${username}${password}` !== '' && { authorization: `Basic ${login}` }),
      ...ownerHeaders(this.source.headers, { isOwn }),
    };
    const cookie = cookiesTogether(headers['cookie'], this.#cookies.header(url, Date.now()));
    return { ...headers, ...(cookie !== undefined && { cookie }) };
  }

  #keepCookies(url: URL, lines: string | readonly string[] | undefined): void {
    if (lines !== undefined) this.#cookies.store(url, typeof lines === 'string' ? [lines] : lines, Date.now());
  }

  #answerHead(lines: readonly string[], url: URL): string {
    const [first = '', ...rest] = lines;
    const kept = rest.filter(
      (line) => !/^(set-cookie|connection|keep-alive|proxy-[a-z-]+|location)$/.test(nameOf(line)),
    );
    const location = valueOf(lines, 'location');
    if (location !== undefined) kept.push(`Location: ${this.#moved(location, url)}`);
    return [first, ...kept, 'Connection: close', '', ''].join('\r\n');
  }

  #moved(location: string, from: URL): string {
    const next = URL.parse(location, from.href);
    return next === null ? 'about:blank' : this.#plainly(next);
  }

  /** The address as the program may see it. */
  #plainly(url: URL): string {
    if (url.protocol !== 'https:') return url.href;
    const port = url.port === '' ? '443' : url.port;
    this.#encrypted.add(`${url.hostname}:${port}`);
    return `http://${url.hostname}:${port}${url.pathname}${url.search}`;
  }

  /** The real address. */
  #real(asked: URL): URL {
    if (asked.hostname === MASK) return this.#unmasked(asked);
    const port = asked.port === '' ? '80' : asked.port;
    return this.#encrypted.has(`${asked.hostname}:${port}`)
      ? new URL(`https://${asked.hostname}:${port}${asked.pathname}${asked.search}`)
      : asked;
  }

  #unmasked(asked: URL): URL {
    if (asked.href === this.url) return withoutLogin(this.#address);
    const folders = this.#folders;
    const names = asked.pathname.split('/').slice(1);
    const end = names.findIndex((name, depth) => name !== `~${depth}` || depth >= folders.length);
    const path = [...folders.slice(0, end), ...names.slice(end)].join('/');
    return new URL(`/${path}${asked.search}`, this.#address.origin);
  }

  /** Rewrites addresses where they may begin in a manifest or playlist, but not within another address's query. */
  #rewritten(text: string): string {
    return text.replaceAll(/(^|[\s"'>,])https:\/\/([^\s"'<>/?#\\]+)/gim, (whole, before: string, authority: string) => {
      const url = URL.parse(`https://${authority}`);
      return url === null ? whole : `${before}${this.#plainly(url).replace(/\/$/, '')}`;
    });
  }
}

const answer = (status: string, lines: readonly string[] = [], length = 0): string =>
  [`HTTP/1.1 ${status}`, ...lines, `Content-Length: ${length}`, 'Connection: close', '', ''].join('\r\n');

const statusOf = (head: string): number => Number(/^(?:HTTP\/1\.\d|ICY) (\d{3})/.exec(head)?.[1]);

const nameOf = (line: string): string => line.split(':', 1)[0]?.trim().toLowerCase() ?? '';

const valuesOf = (lines: readonly string[], name: string): readonly string[] =>
  lines.filter((line) => nameOf(line) === name).map((line) => line.slice(line.indexOf(':') + 1).trim());

const valueOf = (lines: readonly string[], name: string): string | undefined => valuesOf(lines, name)[0];

function withoutLogin(url: URL): URL {
  const bare = new URL(url);
  bare.username = '';
  bare.password = '';
  return bare;
}

function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    // A lone per cent sign is not an escape. What was typed is taken literally.
    return part;
  }
}

function whenClosed(socket: Socket): AbortSignal {
  const closing = new AbortController();
  socket.once('close', () => closing.abort(new Error('The program went away')));
  return closing.signal;
}

/** The program gets what the server sends, until one of them ends. */
function splice(client: Socket, upstream: Socket): void {
  client.on('close', () => upstream.destroy());
  upstream.on('close', () => client.destroySoon());
  upstream.pipe(client);
  client.resume();
}
