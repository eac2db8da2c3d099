import { Cookie, CookieJar as Jar, MemoryCookieStore } from 'tough-cookie';
import { bareHost } from './address-class.js';

const MOST_COOKIES = 100;
const LARGEST_COOKIE = 4096;

/**
 * The cookies of one capture (RFC 6265bis, with the list of public suffixes: a cookie for all of `co.uk` is refused).
 */
export class CookieJar {
  readonly #store = new MemoryCookieStore();
  readonly #jar = new Jar(this.#store, { rejectPublicSuffixes: true, allowSpecialUseDomain: true });
  /** The cookies, in the order in which they were first set. */
  readonly #kept = new Map<string, Cookie>();

  /** Stores the Set-Cookie lines of an answer. Malformed lines and those for other hosts are ignored. */
  store(url: URL, lines: readonly string[], nowMs: number): void {
    for (const line of lines) {
      const cookie = line.length > LARGEST_COOKIE ? undefined : parse(line, url, nowMs);
      if (cookie !== undefined) this.#put(cookie, url, nowMs);
    }
    for (const [key, oldest] of this.#kept) {
      if (this.#kept.size <= MOST_COOKIES) break;
      this.#remove(key, oldest);
    }
  }

  #put(cookie: Cookie, url: URL, nowMs: number): void {
    const stored = this.#jar.setCookieSync(cookie, addressOf(url), { now: new Date(nowMs), ignoreError: true });
    if (stored === undefined) return;
    const key = `${stored.key};${stored.domain};${stored.path}`;
    if (isOver(stored, nowMs)) this.#remove(key, stored);
    else this.#kept.set(key, stored);
  }

  #remove(key: string, { domain, path, key: name }: Cookie): void {
    this.#kept.delete(key);
    void this.#store.removeCookie(domain ?? '', path ?? '/', name);
  }

  /** The Cookie header for a request; undefined if there is none to send. */
  header(url: URL, nowMs: number): string | undefined {
    if (this.#kept.size === 0) return undefined;
    const fit = this.#cookiesFor(url).filter((cookie) => !isOver(cookie, nowMs));
    return fit.length === 0 ? undefined : fit.map((cookie) => cookie.cookieString()).join('; ');
  }

  #cookiesFor(url: URL): readonly Cookie[] {
    try {
      return this.#jar.getCookiesSync(addressOf(url), { expire: false });
    } catch {
      // The whole host name is a reserved suffix (RFC 6761), like `local`: the jar refuses cookies for it.
      return [];
    }
  }
}

function parse(line: string, url: URL, nowMs: number): Cookie | undefined {
  // A control character would break the header it is sent back in.
  // oxlint-disable-next-line no-control-regex
  if (/[\u0000-\u001f\u007f]/.test(line)) return undefined;
  const cookie = Cookie.parse(line);
  if (cookie === undefined || cookie.key === '') return undefined;
  // A cookie for encrypted connections cannot be set over an open one (RFC 6265bis section 5.7).
  if (cookie.secure && url.protocol !== 'https:') return undefined;
  // Counted from when it arrived; the jar would count from its last use.
  if (typeof cookie.maxAge === 'number') {
    cookie.expires = new Date(nowMs + cookie.maxAge * 1000);
    cookie.maxAge = null;
  }
  return cookie;
}

const isOver = ({ expires }: Cookie, nowMs: number): boolean => expires instanceof Date && expires.getTime() <= nowMs;

/** A trailing dot does not make it another host. */
function addressOf(url: URL): string {
  const address = new URL(url);
  const host = bareHost(url.hostname);
  address.hostname = host.includes(':') ? `[${host}]` : host;
  return address.href;
}
