import type { Socket } from 'node:net';
import { SocksClient, SocksClientError } from 'socks';
import { ProxyFailure, type Proxy } from './proxy.js';

/**
 * Meanings of the library's messages; the first match counts. Messages about a proxy's refusal contain the names of RFC
 * 1928 section 6.
 */
const MEANINGS: readonly (readonly [words: RegExp, code: ProxyFailure['code'], what: string, atFault: boolean])[] = [
  [/NotAllowed/, 'proxy.refused', 'does not let this source through', false],
  [/NetworkUnreachable/, 'proxy.source-unreachable', 'cannot reach the network of the source', false],
  [/HostUnreachable/, 'proxy.source-unreachable', 'cannot reach the source', false],
  [/ConnectionRefused/, 'proxy.source-unreachable', 'is refused by the source', false],
  [/TTLExpired/, 'proxy.source-unreachable', 'does not reach the source', false],
  [/AddressNotSupported/, 'proxy.source-unreachable', 'does not know this kind of address', false],
  [/CommandNotSupported/, 'proxy.unreachable', 'does not make connections', true],
  [/rejected connection/, 'proxy.unreachable', 'has a fault of its own', true],
  [
    /Authentication failed|no accepted authentication type/,
    'proxy.login-refused',
    'does not accept the login. Check the user and the password in its address',
    true,
  ],
  [/timed out/, 'proxy.unreachable', 'takes the connection but does not answer', true],
  [/handshake/, 'proxy.unreachable', 'is not a SOCKS5 proxy. Check its address', true],
  [/closed/i, 'proxy.unreachable', 'closed the connection', true],
];

/** The limit of SOCKS (RFC 1929 section 2). */
const LONGEST_LOGIN = 255;

/**
 * Asks a SOCKS proxy (RFC 1928; login by RFC 1929), over a connection to it, to connect to a host. Afterwards the
 * connection belongs to the host.
 * @param timeout milliseconds
 * @throws ProxyFailure
 */
export async function socks5Connect(
  socket: Socket,
  proxy: Proxy,
  { host, port, timeout }: { readonly host: string; readonly port: number; readonly timeout: number },
): Promise<void> {
  const { login, label } = proxy;
  if (login !== undefined && Math.max(Buffer.byteLength(login.user), Buffer.byteLength(login.password)) > LONGEST_LOGIN)
    throw failure('no accepted authentication type', label);
  try {
    await SocksClient.createConnection({
      command: 'connect',
      proxy: {
        host: proxy.host,
        port: proxy.port,
        type: 5,
        ...(login && { userId: login.user, password: login.password }),
      },
      destination: { host, port },
      existing_socket: socket,
      timeout,
    });
  } catch (error) {
    if (!(error instanceof SocksClientError)) throw error;
    throw failure(error.message, label);
  }
}

function failure(words: string, label: string): ProxyFailure {
  const [, code, what, atFault] = MEANINGS.find(([meant]) => meant.test(words)) ?? [
    undefined,
    'proxy.unreachable' as const,
    'does not answer as a SOCKS5 proxy does',
    true,
  ];
  return new ProxyFailure(code, `The proxy ${label} ${what}.`, atFault);
}
