import { gauge, type HealthReport, type HealthSource, type MetricsSource } from '@streamvault/kernel';
import type { ProxyStatus } from '@streamvault/network';
import { setTimeout as sleep } from 'node:timers/promises';
import { proxyCheck } from './proxy-check.js';
import type { ServerSources } from './server-sources.js';

/** To look for a program takes a while; a report does not wait for it. */
const PATIENCE_MS = 1000;

/** Only pages of sites that it alone knows need it. */
export class StreamlinkHealth implements HealthSource {
  readonly name = 'streamlink';

  constructor(private readonly sources: Pick<ServerSources, 'streamlink'>) {}

  async check(): Promise<HealthReport> {
    const enough = new AbortController();
    const late = sleep(PATIENCE_MS, undefined, { signal: enough.signal }).catch(() => undefined);
    const state = await Promise.race([this.sources.streamlink.state(), late]);
    enough.abort();
    if (state === undefined) return { status: 'ok', detail: 'being looked for' };
    switch (state.status) {
      case 'ok':
        return { status: 'ok', detail: `${state.version} (${state.path})` };
      case 'missing':
        return { status: 'ok', detail: 'not installed: pages of other sites cannot be recorded' };
      case 'too-old':
        return { status: 'warn', detail: `${state.version} is too old: 8 or newer is needed for pages of other sites` };
      default:
        return state satisfies never;
    }
  }
}

/** The proxies of SOURCE_PROXIES. */
export class SourceProxiesHealth implements HealthSource, MetricsSource {
  readonly name = 'proxies';

  constructor(
    private readonly proxies: () => readonly ProxyStatus[],
    private readonly sources: Pick<ServerSources, 'missingProxies'>,
  ) {}

  check(): HealthReport {
    return proxyCheck(this.proxies(), this.sources);
  }

  register(registry: Parameters<MetricsSource['register']>[0]): void {
    gauge(
      registry,
      {
        name: 'streamvault_proxy_resting',
        help: '1 if a proxy of SOURCE_PROXIES did not work and is avoided for a while.',
        labelNames: ['proxy'],
      },
      () => this.proxies().map(({ name, restsUntil }) => [restsUntil === undefined ? 0 : 1, { proxy: name }]),
    );
  }
}

/** As whom Twitch knows this server. */
export class TwitchAccountHealth implements HealthSource {
  readonly name = 'twitch';

  constructor(private readonly userToken: string | undefined) {}

  check(): HealthReport {
    const as = this.userToken === undefined ? 'without signing in' : 'with the token of a user';
    return { status: 'ok', detail: `Twitch channels are recorded ${as}` };
  }
}
