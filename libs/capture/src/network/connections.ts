import type { LookupAddress } from 'node:dns';
import { promisify } from 'node:util';
import { Agent } from 'undici';
import { AllowedHosts } from './allowed-hosts.js';
import { guardedConnector, lookupAll, type LookupAll } from './guarded-connector.js';
import { mayDial, type Reach } from './reach.js';

/** Durations in seconds. */
export interface ConnectionSettings {
  readonly connectTimeoutSeconds: number;
  readonly headersTimeoutSeconds: number;
  /** Longest silence within a body. */
  readonly idleTimeoutSeconds: number;
  /** Hosts in private networks that any source may lead to; see AllowedHosts. */
  readonly allowedPrivateHosts: readonly string[];
  /** A certificate (PEM) to trust beside the system's. */
  readonly trustedCertificate?: string;
}

const KEEP_ALIVE_MS = 30_000;

/**
 * The kept-alive connections of an engine. Each class of network has its own: a connection that one source may use is never lent to
 * another that may not.
 */
export class Connections {
  readonly allowed: AllowedHosts;
  readonly #agents = new Map<Reach, Agent>();

  /** @throws Error where the allowed hosts are malformed */
  constructor(
    private readonly settings: ConnectionSettings,
    private readonly lookup: LookupAll = lookupAll,
  ) {
    this.allowed = new AllowedHosts(settings.allowedPrivateHosts);
  }

  readonly resolve = async (host: string): Promise<readonly LookupAddress[]> =>
    promisify(this.lookup)(host, { all: true });

  to(reach: Reach): Agent {
    const known = this.#agents.get(reach);
    if (known !== undefined) return known;
    const agent = this.#newAgent(reach);
    this.#agents.set(reach, agent);
    return agent;
  }

  async close(): Promise<void> {
    await Promise.all([...this.#agents.values()].map((agent) => agent.destroy()));
  }

  #newAgent(reach: Reach): Agent {
    const { settings, lookup, allowed } = this;
    const guard = { lookup, mayDial: (host: string, address: string) => mayDial(host, address, reach, allowed) };
    return new Agent({
      connect: guardedConnector(guard, {
        timeout: settings.connectTimeoutSeconds * 1000,
        allowH2: false,
        ...(settings.trustedCertificate !== undefined && { ca: settings.trustedCertificate }),
      }),
      keepAliveTimeout: KEEP_ALIVE_MS,
      headersTimeout: settings.headersTimeoutSeconds * 1000,
      bodyTimeout: settings.idleTimeoutSeconds * 1000,
      allowH2: false,
    });
  }
}
