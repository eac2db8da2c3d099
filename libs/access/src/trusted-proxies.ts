import ipaddr from 'ipaddr.js';

/** Names for ranges that @fastify/proxy-addr knows. */
const names = ['loopback', 'linklocal', 'uniquelocal'];

/** An entry of TRUSTED_PROXIES: an address, a range, or one of the names. Never everybody: then anybody may forge his address. */
export function isProxyAddress(entry: string): boolean {
  if (names.includes(entry) || ipaddr.isValid(entry)) return true;
  return ipaddr.isValidCIDR(entry) && !entry.endsWith('/0');
}
