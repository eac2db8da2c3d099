import { DomainError } from '@streamvault/kernel';
import { isIP } from 'node:net';

const loopback = /^(127(\.\d{1,3}){3}|::1|localhost)$/i;

export const isLoopback = (host: string): boolean => loopback.test(host);

export interface HostSettings {
  readonly host: string;
  readonly publicUrl: string | undefined;
  readonly allowedHosts: readonly string[];
}

export class ForeignHost extends DomainError {
  readonly code = 'request.foreign-host';
  readonly kind = 'forbidden';
  constructor() {
    super('This server does not answer to that host name. Use its address, or add the name to ALLOWED_HOSTS.');
  }
}

/**
 * Names that are certainly ours. A foreign page that resolves its own name to this address would have the same origin
 * as the console (DNS rebinding), so it is refused before anything else. An IP address cannot be rebound.
 */
export class OurHosts {
  readonly #names: ReadonlySet<string>;

  constructor({ host, publicUrl, allowedHosts }: HostSettings) {
    const publicHost = publicUrl === undefined ? [] : [new URL(publicUrl).hostname];
    this.#names = new Set([host, ...publicHost, ...allowedHosts].map((name) => name.toLowerCase()));
  }

  /** @throws ForeignHost */
  check(host: string | undefined): void {
    const name = hostName(host);
    const isOurs = name !== undefined && (isLoopback(name) || this.#names.has(name) || isIP(name) !== 0);
    if (!isOurs) throw new ForeignHost();
  }
}

/** `example.org:8000` → `example.org`, `[::1]:8000` → `::1`. */
function hostName(host: string | undefined): string | undefined {
  if (host === undefined || host === '') return undefined;
  return URL.parse(`http://${host}`)
    ?.hostname.replace(/^\[|\]$/g, '')
    .toLowerCase();
}
