import type { Health } from '@streamvault/api-contract';
import type { ProxyStatus } from '@streamvault/network';

/** Nobody is down for a proxy that rests: there may be another way, and it is asked again. */
export function proxyCheck(
  proxies: readonly ProxyStatus[],
  { missingProxies }: { readonly missingProxies: readonly string[] },
): Health['checks'][string] {
  const words = proxies.map(({ name, restsUntil }) =>
    restsUntil === undefined ? `${name} is healthy` : `${name} does not work and rests until ${restsUntil}`,
  );
  for (const name of missingProxies)
    words.push(`${name} is asked for by a channel, but SOURCE_PROXIES does not name it`);
  if (words.length === 0) return { status: 'ok', detail: 'none: sources are had directly' };
  const isSound = missingProxies.length === 0 && proxies.every(({ restsUntil }) => restsUntil === undefined);
  return { status: isSound ? 'ok' : 'warn', detail: words.join('; ') };
}
