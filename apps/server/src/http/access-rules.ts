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

type AccessSettings = Pick<Settings, 'host' | 'publicUrl' | 'allowOpenAccess' | 'allowedHosts'>;

/**
 * What stands in for accounts until there are any: only names that are surely ours (a page of somebody else that resolves
 * its own name to this address is refused, DNS rebinding), and no writes on behalf of another site.
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

  /** @throws ForeignHost, CrossSiteWrite */
  check(method: string, headers: IncomingHttpHeaders): void {
    const name = hostName(headers.host);
    if (name === undefined || !this.#isOurs(name)) throw new ForeignHost();
    if (method === 'GET' || method === 'HEAD' || method === 'OPTIONS') return;
    const site = headers['sec-fetch-site'];
    if (site !== undefined && site !== 'same-origin' && site !== 'none') throw new CrossSiteWrite();
    const { origin } = headers;
    if (origin !== undefined && URL.parse(origin)?.host !== headers.host?.toLowerCase()) throw new CrossSiteWrite();
  }

  #isOurs(name: string): boolean {
    if (isLoopback(name) || this.#names.has(name)) return true;
    // An address cannot be rebound; open access means that any way to reach this machine is meant.
    return this.#settings.allowOpenAccess && isIP(name) !== 0;
  }
}

/** `example.org:8000` → `example.org`, `[::1]:8000` → `::1`. */
function hostName(host: string | undefined): string | undefined {
  if (host === undefined || host === '') return undefined;
  return URL.parse(`http://${host}`)
    ?.hostname.replace(/^\[|\]$/g, '')
    .toLowerCase();
}
