import { Inject, Injectable } from '@nestjs/common';
import type { HealthReport, HealthSource } from '@streamvault/kernel';
import { INSTALLATION, type Installation } from '@streamvault/kernel';
import { IdentityProvider } from './oidc/identity-provider.js';
import { isTrusted } from './trusted-proxies.js';

const rememberedMilliseconds = 15 * 60 * 1000;

/**
 * Notices an undeclared proxy. Behind one, every client has the proxy's address, so that one user's wrong passwords
 * slow down all others, and https looks like http.
 */
@Injectable()
export class ProxyWatch implements HealthSource {
  readonly name = 'access';
  #lastUntrusted: number | undefined;

  constructor(
    @Inject(INSTALLATION) private readonly installation: Installation,
    private readonly provider: IdentityProvider,
  ) {}

  /** @param address of the peer, whatever headers say */
  see(address: string | undefined, headers: Readonly<Record<string, unknown>>): void {
    if (headers['x-forwarded-for'] === undefined && headers['forwarded'] === undefined) return;
    if (!isTrusted(this.installation.trustedProxies, address)) this.#lastUntrusted = performance.now();
  }

  check(): HealthReport {
    const { trouble } = this.provider;
    const isSeen =
      this.#lastUntrusted !== undefined && performance.now() - this.#lastUntrusted < rememberedMilliseconds;
    const details = [
      ...(isSeen
        ? [
            'Requests come through a proxy that is not in TRUSTED_PROXIES: all visitors share its address, and https is not recognized.',
          ]
        : []),
      ...(trouble === undefined ? [] : [trouble]),
    ];
    return details.length === 0 ? { status: 'ok' } : { status: 'warn', detail: details.join(' ') };
  }
}
