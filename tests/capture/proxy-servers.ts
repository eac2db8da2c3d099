import { createServer, request as httpRequest, type IncomingMessage, type ServerResponse } from 'node:http';
import { createServer as createSecureServer } from 'node:https';
import { connect, createServer as createTcpServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { TEST_CERTIFICATE, TEST_KEY } from '../../libs/network/src/test-certificate.testing.js';

interface ProxyOptions {
  readonly login?: { readonly user: string; readonly password: string };
  /** Where names lead, as this proxy sees it. */
  readonly names?: Readonly<Record<string, string>>;
}

/** A proxy that works, and records its targets. */
export class TestProxy {
  /** Its targets, as they were requested. */
  readonly asked: string[] = [];
  /** Connections that were made to it. */
  dialled = 0;
  /** Answers with this instead of working: an HTTP status, or a SOCKS reply. */
  refusing: number | undefined;
  /** Accepts connections and never answers. */
  silent = false;
  readonly #sockets = new Set<Socket>();
  readonly #server: Server;
  readonly #options: ProxyOptions;

  private constructor(
    private readonly scheme: 'http' | 'https' | 'socks5',
    options: ProxyOptions,
  ) {
    this.#options = options;
    if (scheme === 'socks5') this.#server = createTcpServer((socket) => void this.#socks(socket));
    else {
      const answer = (request: IncomingMessage, response: ServerResponse) => this.#forward(request, response);
      const server =
        scheme === 'http'
          ? createServer(answer)
          : createSecureServer({ key: TEST_KEY, cert: TEST_CERTIFICATE }, answer);
      server.on('connect', (request, socket) => this.#tunnel(request, socket as Socket));
      this.#server = server;
    }
    this.#server.on('connection', (socket: Socket) => {
      this.dialled += 1;
      this.#keep(socket);
    });
  }

  static async start(scheme: 'http' | 'https' | 'socks5', options: ProxyOptions = {}): Promise<TestProxy> {
    const proxy = new TestProxy(scheme, options);
    await proxy.listen(0);
    return proxy;
  }

  listen(port: number): Promise<void> {
    return new Promise((resolve) => this.#server.listen(port, '127.0.0.1', resolve));
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  url(scheme: string = this.scheme, login = this.#options.login): string {
    const user = login === undefined ? '' : `${encodeURIComponent(login.user)}:${encodeURIComponent(login.password)}@`;
    return `${scheme}://${user}127.0.0.1:${this.port}`;
  }

  async close(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    if (this.#server.listening) await new Promise((resolve) => this.#server.close(resolve));
  }

  #keep(socket: Socket): void {
    this.#sockets.add(socket);
    socket.on('error', () => undefined).on('close', () => this.#sockets.delete(socket));
  }

  #admits(request: IncomingMessage): boolean {
    const { login } = this.#options;
    const expected = login && `Basic ${Buffer.from(`${login.user}:${login.password}`).toString('base64')}`;
    return expected === undefined || request.headers['proxy-authorization'] === expected;
  }

  #where(host: string): string {
    return this.#options.names?.[host] ?? host;
  }

  #forward(request: IncomingMessage, response: ServerResponse): void {
    this.asked.push(request.url ?? '');
    if (this.silent) return;
    if (!this.#admits(request)) return void response.writeHead(407).end();
    if (this.refusing !== undefined) return void response.writeHead(this.refusing).end();
    const { 'proxy-authorization': _, ...headers } = request.headers;
    const url = new URL(request.url ?? '');
    httpRequest({ host: this.#where(url.hostname), port: url.port, path: url.pathname + url.search, headers })
      .on('response', (answer) => {
        response.writeHead(answer.statusCode ?? 502, answer.headers);
        answer.pipe(response);
      })
      .on('error', () => response.writeHead(502).end())
      .end();
  }

  #tunnel(request: IncomingMessage, socket: Socket): void {
    this.asked.push(request.url ?? '');
    socket.on('error', () => undefined);
    if (this.silent) return;
    const status = this.#admits(request) ? this.refusing : 407;
    if (status !== undefined) return void socket.end(`HTTP/1.1 ${status} No\r\nContent-Length: 0\r\n\r\n`);
    const { hostname, port } = new URL(`http://${request.url}`);
    const further = connect(Number(port), this.#where(hostname), () => {
      socket.write('HTTP/1.1 200 Connection established\r\n\r\n');
      socket.pipe(further).pipe(socket);
    });
    this.#keep(further);
    further.on('error', () => socket.destroy());
  }

  /** RFC 1928 and 1929, byte by byte. */
  async #socks(socket: Socket): Promise<void> {
    const bytes = socket[Symbol.asyncIterator]() as AsyncIterator<Buffer>;
    let held = Buffer.alloc(0);
    const take = async (count: number): Promise<Buffer> => {
      while (held.length < count) {
        const { value, done } = await bytes.next();
        if (done === true) throw new Error('Closed');
        held = Buffer.concat([held, value]);
      }
      const taken = held.subarray(0, count);
      held = held.subarray(count);
      return taken;
    };
    try {
      if (this.silent) return;
      const methods = await take((await take(2))[1]!);
      const { login } = this.#options;
      if (login !== undefined) {
        socket.write(Buffer.from([5, methods.includes(2) ? 2 : 255]));
        const user = await take((await take(2))[1]!);
        const password = await take((await take(1))[0]!);
        const right = String(user) === login.user && String(password) === login.password;
        socket.write(Buffer.from([1, right ? 0 : 1]));
        if (!right) return void socket.end();
      } else socket.write(Buffer.from([5, 0]));
      const kind = (await take(4))[3];
      const host =
        kind === 1 ? [...(await take(4))].join('.') : kind === 3 ? String(await take((await take(1))[0]!)) : '::1';
      if (kind === 4) await take(16);
      const port = (await take(2)).readUInt16BE();
      this.asked.push(`${host}:${port}`);
      const reply = (code: number) => {
        // In two pieces, as it may come over a network.
        socket.write(Buffer.from([5, code, 0]));
        setImmediate(() => socket.write(Buffer.from([1, 0, 0, 0, 0, 0, 0])));
      };
      if (this.refusing !== undefined) return reply(this.refusing);
      const further = connect(port, this.#where(host), () => {
        reply(0);
        further.pipe(socket);
      });
      this.#keep(further);
      further.on('error', () => socket.destroy()).on('close', () => socket.end());
      for (let next = await bytes.next(); next.done !== true; next = await bytes.next()) further.write(next.value);
    } catch {
      socket.destroy();
    }
  }
}
