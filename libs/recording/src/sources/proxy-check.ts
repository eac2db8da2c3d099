import type { HealthReport } from '@streamvault/kernel';
import type { ProxyStatus } from '@streamvault/network';

/** A resting proxy does not make the server unhealthy: there may be another route, and the proxy is tried again. */
export function proxyCheck(
  proxies: readonly ProxyStatus[],
  { missingProxies }: { readonly missingProxies: readonly string[] },
): HealthReport {
  const words = proxies.map(({ name, restsUntil }) =>
    restsUntil === undefined ? `${name} is healthy` : `${name} does not work and rests until ${restsUntil}`,
  );
  for (const name of missingProxies) words.push(`a streamer asks for ${name}, but SOURCE_PROXIES does not contain it`);
  if (words.length === 0) return { status: 'ok', detail: 'none: sources are reached directly' };
  const isSound = missingProxies.length === 0 && proxies.every(({ restsUntil }) => restsUntil === undefined);
  return { status: isSound ? 'ok' : 'warn', detail: words.join('; ') };
}
