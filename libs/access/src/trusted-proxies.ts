import ipaddr from 'ipaddr.js';

/** Names of ranges that @fastify/proxy-addr knows. */
const names = ['loopback', 'linklocal', 'uniquelocal'];

/**
 * An entry of TRUSTED_PROXIES: an address, a range, or one of the names. Never all addresses: then any client could
 * forge its address.
 */
export function isProxyAddress(entry: string): boolean {
  if (names.includes(entry) || ipaddr.isValid(entry)) return true;
  return ipaddr.isValidCIDR(entry) && !entry.endsWith('/0');
}

/** ipaddr.js's names for these ranges. */
const rangesOf: Readonly<Record<string, readonly string[]>> = {
  loopback: ['loopback'],
  linklocal: ['linkLocal'],
  uniquelocal: ['private', 'uniqueLocal'],
};

/** Whether the peer is one of these. */
export function isTrusted(proxies: readonly string[], address: string | undefined): boolean {
  if (address === undefined || !ipaddr.isValid(address)) return false;
  const parsed = ipaddr.process(address);
  return proxies.some((entry) => {
    const ranges = rangesOf[entry];
    if (ranges) return ranges.includes(parsed.range());
    const range = ipaddr.isValid(entry) ? undefined : ipaddr.parseCIDR(entry);
    if (range) return range[0].kind() === parsed.kind() && parsed.match(range);
    return ipaddr.process(entry).toString() === parsed.toString();
  });
}
