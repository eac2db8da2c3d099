import { isIP } from 'node:net';
import { bareHost } from './address-class.js';

interface Cookie {
  readonly name: string;
  readonly value: string;
  readonly domain: string;
  /** Only for exactly this host, not for those below it. */
  readonly hostOnly: boolean;
  readonly path: string;
  readonly secure: boolean;
  readonly expiresAtMs: number;
}

const MOST_COOKIES = 100;
const LARGEST_COOKIE = 4096;

/**
 * The cookies of one capture (RFC 6265 sections 5.1 to 5.4, without a list of public suffixes: a cookie for a whole top-level domain is
 * refused, one for `co.uk` is not; nobody but this capture's own servers would see it).
 */
export class CookieJar {
  /** In the order in which they were first set. */
  readonly #cookies = new Map<string, Cookie>();

  /** Takes the Set-Cookie lines of an answer; malformed ones and those for somebody else's host are ignored. */
  store(url: URL, lines: readonly string[], nowMs: number): void {
    for (const line of lines) {
      const cookie = line.length > LARGEST_COOKIE ? undefined : parse(line, url, nowMs);
      if (cookie === undefined) continue;
      const key = `${cookie.name};${cookie.domain};${cookie.path}`;
      if (cookie.expiresAtMs <= nowMs) this.#cookies.delete(key);
      else this.#cookies.set(key, cookie);
    }
    for (const oldest of this.#cookies.keys()) {
      if (this.#cookies.size <= MOST_COOKIES) break;
      this.#cookies.delete(oldest);
    }
  }

  /** The Cookie header for a request, or undefined where there is none to send. */
  header(url: URL, nowMs: number): string | undefined {
    if (this.#cookies.size === 0) return undefined;
    const host = bareHost(url.hostname);
    const fit = [...this.#cookies.values()].filter(
      ({ domain, hostOnly, path, secure, expiresAtMs }) =>
        (hostOnly ? host === domain : belongsTo(host, domain)) &&
        pathMatches(url.pathname, path) &&
        (!secure || url.protocol === 'https:') &&
        expiresAtMs > nowMs,
    );
    // Longer paths first; equal ones stay in the order in which they came (section 5.4).
    fit.sort((one, other) => other.path.length - one.path.length);
    return fit.length === 0 ? undefined : fit.map(({ name, value }) => `${name}=${value}`).join('; ');
  }
}

function parse(line: string, url: URL, nowMs: number): Cookie | undefined {
  const [pair = '', ...attributes] = line.split(';');
  const at = pair.indexOf('=');
  const name = pair.slice(0, at).trim();
  const value = pair.slice(at + 1).trim();
  // A control character would break the header it is sent back in.
  // oxlint-disable-next-line no-control-regex
  if (at < 0 || name === '' || /[\u0000-\u001f\u007f]/.test(pair)) return undefined;
  const host = bareHost(url.hostname);
  let domain = '';
  let path = defaultPath(url.pathname);
  let secure = false;
  let expires = Infinity;
  let maxAge: number | undefined;
  for (const attribute of attributes) {
    const [key = '', ...rest] = attribute.split('=');
    const said = rest.join('=').trim();
    switch (key.trim().toLowerCase()) {
      case 'domain':
        domain = bareHost(said.replace(/^\./, ''));
        break;
      case 'path':
        path = said.startsWith('/') ? said : defaultPath(url.pathname);
        break;
      case 'secure':
        secure = true;
        break;
      case 'expires':
        expires = Date.parse(said);
        break;
      case 'max-age':
        if (/^-?\d+$/.test(said)) maxAge = Number(said);
    }
  }
  if (domain !== '' && domain !== host && (!domain.includes('.') || !belongsTo(host, domain))) return undefined;
  if (secure && url.protocol !== 'https:') return undefined;
  const expiresAtMs = maxAge === undefined ? expires : nowMs + maxAge * 1000;
  return {
    name,
    value,
    domain: domain === '' ? host : domain,
    hostOnly: domain === '' || isIP(host) !== 0,
    path,
    secure,
    expiresAtMs: Number.isNaN(expiresAtMs) ? Infinity : expiresAtMs,
  };
}

/** Section 5.1.3. */
function belongsTo(host: string, domain: string): boolean {
  return host === domain || (host.endsWith(`.${domain}`) && isIP(host) === 0);
}

/** Section 5.1.4. */
function defaultPath(pathname: string): string {
  const end = pathname.lastIndexOf('/');
  return end <= 0 ? '/' : pathname.slice(0, end);
}

function pathMatches(pathname: string, path: string): boolean {
  return pathname === path || (pathname.startsWith(path) && (path.endsWith('/') || pathname[path.length] === '/'));
}
