import { DomainError } from '@streamvault/kernel';
import type { IncomingHttpHeaders } from 'node:http';
import { isIP } from 'node:net';
import { isLoopback, type Settings } from '../settings/settings.js';

export class ForeignHost extends DomainError {
  readonly code = 'request.foreign-host';
  readonly kind = 'forbidden';
  constructor() {
    super('This server does not answer to that host name. Use its address, or add the name to ALLOWED_HOSTS.');
  }
}

export class CrossSiteWrite extends DomainError {
  readonly code = 'request.cross-site';
  readonly kind = 'forbidden';
  constructor() {
    super('Another web site may not change anything here.');
  }
}

export class CrossSiteRead extends DomainError {
  readonly code = 'request.cross-site';
  readonly kind = 'forbidden';
  constructor() {
    super('Another web site may link to this page, but not read from it or show parts of it.');
  }
}

type AccessSettings = Pick<Settings, 'host' | 'publicUrl' | 'allowOpenAccess' | 'allowedHosts'>;

/**
 * What stands in for accounts until there are any: only names that are surely ours (a page of somebody else that resolves
 * its own name to this address is refused, DNS rebinding), no writes on behalf of another site, and no reads but by a link that
 * somebody follows: what is here, how long and how large it is, an image or a timing would tell.
 */
export class AccessRules {
  readonly #settings: AccessSettings;
  readonly #names: ReadonlySet<string>;

  constructor(settings: AccessSettings) {
    this.#settings = settings;
    const { host, publicUrl, allowedHosts } = settings;
    const publicHost = publicUrl === undefined ? [] : [new URL(publicUrl).hostname];
    this.#names = new Set([host, ...publicHost, ...allowedHosts].map((name) => name.toLowerCase()));
  }

  /** @throws ForeignHost, CrossSiteWrite, CrossSiteRead */
  check(method: string, headers: IncomingHttpHeaders): void {
    const name = hostName(headers.host);
    if (name === undefined || !this.#isOurs(name)) throw new ForeignHost();
    if (method === 'GET' || method === 'HEAD' || method === 'OPTIONS') {
      if (isFromElsewhere(headers) && !isFollowedLink(headers)) throw new CrossSiteRead();
    } else if (isFromElsewhere(headers)) throw new CrossSiteWrite();
  }

  #isOurs(name: string): boolean {
    if (isLoopback(name) || this.#names.has(name)) return true;
    // An address cannot be rebound; open access means that any way to reach this machine is meant.
    return this.#settings.allowOpenAccess && isIP(name) !== 0;
  }
}

/** By what browsers say of where a request comes from (Fetch Metadata); to addresses in the clear they say less of it. */
function isFromElsewhere({ host, origin, referer, 'sec-fetch-site': site }: IncomingHttpHeaders): boolean {
  if (site !== undefined) {
    if (site !== 'same-origin' && site !== 'none') return true;
    // What the browser says itself is not contradicted by a page that was moved.
    return origin !== undefined && origin !== 'null' && hostOf(origin) !== host?.toLowerCase();
  }
  const from = origin ?? referer;
  return from !== undefined && hostOf(from) !== host?.toLowerCase();
}

const hostOf = (address: string): string | undefined => URL.parse(address)?.host;

/** Somebody goes to a page of ours: nothing of it can be read by where he comes from, and no frame may show it. */
function isFollowedLink({ accept = '', origin, ...headers }: IncomingHttpHeaders): boolean {
  const mode = headers['sec-fetch-mode'];
  if (mode !== undefined) return mode === 'navigate' && headers['sec-fetch-dest'] === 'document';
  return origin === undefined && accept.includes('text/html');
}

/** `example.org:8000` → `example.org`, `[::1]:8000` → `::1`. */
function hostName(host: string | undefined): string | undefined {
  if (host === undefined || host === '') return undefined;
  return URL.parse(`http://${host}`)
    ?.hostname.replace(/^\[|\]$/g, '')
    .toLowerCase();
}
