import { bareHost } from './address-class.js';

/**
 * `socks5` looks names up here, so that their addresses are checked here. `socks5h` leaves that to the proxy, as http
 * and https do.
 */
export type ProxyKind = 'http' | 'https' | 'socks5' | 'socks5h';

export interface Proxy {
  readonly kind: ProxyKind;
  readonly host: string;
  readonly port: number;
  readonly login: { readonly user: string; readonly password: string } | undefined;
  /** The owner's name for it. */
  readonly name: string | undefined;
  /** Its name in messages: without user and password. */
  readonly label: string;
  /** Distinguishes proxies, including by login: never shown. */
  readonly key: string;
}

export const DIRECT = 'direct';
export type Route = typeof DIRECT | Proxy;

const PORTS: Readonly<Record<ProxyKind, number>> = { http: 80, https: 443, socks5: 1080, socks5h: 1080 };
const isKind = (name: string): name is ProxyKind => Object.hasOwn(PORTS, name);

/** A proxy did not deliver a request to its source. */
export class ProxyFailure extends Error {
  override readonly name = 'ProxyFailure';
  constructor(
    readonly code:
      'proxy.malformed' | 'proxy.unreachable' | 'proxy.login-refused' | 'proxy.refused' | 'proxy.source-unreachable',
    message: string,
    /** The proxy itself does not work, not the route from it to the source. */
    readonly atFault: boolean,
  ) {
    super(message);
  }
}

/**
 * `name=` before the address of a proxy. The characters of a name never occur in an address before its scheme's colon.
 */
const NAMED = /^([a-z0-9][a-z0-9_-]{0,39})\s*=\s*(.*)$/;

/**
 * A route to the source: `direct`, or a proxy as `http://user:password@host:port`, https, socks5 or socks5h, optionally
 * with a name before it (`home=socks5://…`).
 * @throws ProxyFailure
 */
export function parseRoute(written: string): Route {
  const entry = written.trim();
  if (entry.toLowerCase() === DIRECT) return DIRECT;
  const [, name, address = entry] = NAMED.exec(entry) ?? [];
  const url = name === DIRECT ? null : URL.parse(address);
  const kind = url?.protocol.slice(0, -1) ?? '';
  if (url === null || url.hostname === '' || !isKind(kind)) {
    // The text may contain a password, so it is not quoted.
    const message =
      'A proxy is written as http://host:port, https://, socks5:// or socks5h://, or name=http://…; one in the list is not.';
    throw new ProxyFailure('proxy.malformed', message, true);
  }
  const port = url.port === '' ? PORTS[kind] : Number(url.port);
  const login =
    url.username === '' && url.password === ''
      ? undefined
      : { user: decoded(url.username), password: decoded(url.password) };
  const place = `${kind}://${url.hostname}:${port}`;
  const label = name === undefined ? place : `${name} (${place})`;
  return { kind, host: bareHost(url.hostname), port, login, name, label, key: JSON.stringify([place, login]) };
}

/**
 * The routes in a list; an empty list means direct.
 * @throws ProxyFailure
 */
export const routesOf = (written: readonly string[] = []): readonly Route[] =>
  written.length === 0 ? [DIRECT] : written.map(parseRoute);

/** Whether a text is a route to a source. */
export function isRoute(written: string): boolean {
  try {
    return parseRoute(written) !== undefined;
  } catch {
    // The reason matters only to the code that uses the route.
    return false;
  }
}

/** Basic credentials for a proxy (RFC 9110 section 11.7). */
export function proxyAuthorization({ login }: Proxy): Readonly<Record<string, string>> {
  if (login === undefined) return {};
  const pair = Buffer.from(`${login.user}:${login.password}`).toString('base64');
  return { 'proxy-authorization': `Basic ${pair}` };
}

function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    // A lone per cent sign is not an escape. What was typed is taken literally.
    return part;
  }
}
