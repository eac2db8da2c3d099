import { isIPv4, isIPv6, type Socket } from 'node:net';
import { groupsOf } from './address-class.js';
import { ProxyFailure, type Proxy } from './proxy.js';

const VERSION = 5;
const NO_LOGIN = 0;
const LOGIN = 2;
const CONNECT = 1;
const IPV4 = 1;
const NAME = 3;
const IPV6 = 4;

/** What a reply's code says (RFC 1928 section 6). */
const REPLIES: Readonly<Record<number, readonly [code: ProxyFailure['code'], what: string, atFault: boolean]>> = {
  1: ['proxy.unreachable', 'has trouble of its own', true],
  2: ['proxy.refused', 'does not let this source through', false],
  3: ['proxy.source-unreachable', 'cannot reach the network of the source', false],
  4: ['proxy.source-unreachable', 'cannot reach the source', false],
  5: ['proxy.source-unreachable', 'is refused by the source', false],
  6: ['proxy.source-unreachable', 'does not get through to the source', false],
  7: ['proxy.unreachable', 'does not make connections', true],
  8: ['proxy.source-unreachable', 'does not know this kind of address', false],
};

/**
 * Asks a SOCKS proxy (RFC 1928; login by RFC 1929) over a connection to it to connect that through to a host. Afterwards the
 * connection belongs to the host.
 * @throws ProxyFailure, or whatever ends the connection
 */
export async function socks5Connect(socket: Socket, proxy: Proxy, host: string, port: number): Promise<void> {
  const reader = new Reader(socket);
  try {
    await connectBy(socket, reader, proxy, host, port);
  } finally {
    reader.release();
  }
}

async function connectBy(socket: Socket, reader: Reader, proxy: Proxy, host: string, port: number): Promise<void> {
  const { login, label } = proxy;
  const methods = login === undefined ? [NO_LOGIN] : [NO_LOGIN, LOGIN];
  socket.write(Buffer.from([VERSION, methods.length, ...methods]));
  const [version, method] = await reader.take(2);
  if (version !== VERSION) throw noSocks(label);
  if (method === LOGIN && login !== undefined) await logIn(socket, reader, login, label);
  else if (method !== NO_LOGIN) throw loginRefused(label);
  const portBytes = Buffer.alloc(2);
  portBytes.writeUInt16BE(port);
  socket.write(Buffer.concat([Buffer.from([VERSION, CONNECT, 0]), addressBytes(host), portBytes]));
  const [replyVersion, reply = 1, , kind] = await reader.take(4);
  if (replyVersion !== VERSION) throw noSocks(label);
  if (reply !== 0) {
    const [code, what, atFault] = REPLIES[reply] ?? ['proxy.unreachable', `answers with code ${reply}`, true];
    throw new ProxyFailure(code, `The proxy ${label} ${what}.`, atFault);
  }
  // The address it is bound to is of no interest, but in the way.
  const length = kind === IPV4 ? 4 : kind === IPV6 ? 16 : ((await reader.take(1))[0] ?? 0);
  await reader.take(length + 2);
}

async function logIn(socket: Socket, reader: Reader, login: NonNullable<Proxy['login']>, label: string): Promise<void> {
  const user = Buffer.from(login.user);
  const password = Buffer.from(login.password);
  if (user.length > 255 || password.length > 255) throw loginRefused(label);
  socket.write(Buffer.concat([Buffer.from([1, user.length]), user, Buffer.from([password.length]), password]));
  const [, status] = await reader.take(2);
  if (status !== 0) throw loginRefused(label);
}

function addressBytes(host: string): Buffer {
  if (isIPv4(host)) return Buffer.from([IPV4, ...host.split('.').map(Number)]);
  if (isIPv6(host)) return Buffer.concat([Buffer.from([IPV6]), ipv6Bytes(host)]);
  const name = Buffer.from(host);
  return Buffer.concat([Buffer.from([NAME, name.length]), name]);
}

function ipv6Bytes(host: string): Buffer {
  const bytes = Buffer.alloc(16);
  for (const [index, group] of groupsOf(host).entries()) bytes.writeUInt16BE(group, index * 2);
  return bytes;
}

/** Reads a connection by exact amounts. What it has not given out is back in the connection when it is released. */
class Reader {
  #held = Buffer.alloc(0);
  #ended: Error | undefined;
  #wake: (() => void) | undefined;
  readonly #onData = (chunk: Buffer): void => {
    this.#held = Buffer.concat([this.#held, chunk]);
    this.#wake?.();
  };
  readonly #onError = (error: Error): void => {
    this.#ended ??= error;
    this.#wake?.();
  };
  readonly #onEnd = (): void =>
    this.#onError(Object.assign(new Error('The proxy closed the connection'), { code: 'ECONNRESET' }));

  constructor(private readonly socket: Socket) {
    socket.on('data', this.#onData).on('error', this.#onError).on('end', this.#onEnd).on('close', this.#onEnd);
  }

  async take(bytes: number): Promise<Buffer> {
    while (this.#held.length < bytes) {
      if (this.#ended !== undefined) throw this.#ended;
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
    const taken = this.#held.subarray(0, bytes);
    this.#held = this.#held.subarray(bytes);
    return taken;
  }

  release(): void {
    const { socket } = this;
    socket.off('data', this.#onData).off('error', this.#onError).off('end', this.#onEnd).off('close', this.#onEnd);
    socket.pause();
    if (this.#held.length > 0) socket.unshift(this.#held);
  }
}

const loginRefused = (label: string): ProxyFailure =>
  new ProxyFailure(
    'proxy.login-refused',
    `The proxy ${label} does not accept the login. Check the user and the password in its address.`,
    true,
  );

const noSocks = (label: string): ProxyFailure =>
  new ProxyFailure('proxy.unreachable', `${label} is no SOCKS5 proxy. Check its address.`, true);
