import ipaddr from 'ipaddr.js';
import { isIPv4, isIPv6 } from 'node:net';

/**
 * What kind of network an address belongs to. `shared` is a carrier's (RFC 6598); `special` is no machine that streams: unspecified,
 * multicast, broadcast, documentation, reserved, and the places where clouds keep their credentials.
 */
export type AddressClass = 'public' | 'loopback' | 'private' | 'link-local' | 'shared' | 'special';

/** Within ranges that are otherwise harmless: where clouds keep their credentials. */
const METADATA = new Set(['169.254.169.254', '169.254.170.2', '100.100.100.200', 'fd00:ec2::254']);

/** What ipaddr.js calls a range, where that is a network of machines; any other name is `special`. */
const CLASSES: Readonly<Record<string, AddressClass>> = {
  unicast: 'public',
  loopback: 'loopback',
  private: 'private',
  uniqueLocal: 'private',
  deprecatedSiteLocal: 'private',
  linkLocal: 'link-local',
  carrierGradeNat: 'shared',
};

/** All that is given out for the internet so far (RFC 4291 section 2.4, IANA's registry of global unicast addresses). */
const GLOBAL_UNICAST = [new ipaddr.IPv6([0x2000, 0, 0, 0, 0, 0, 0, 0]), 3] as const;

/** Asked about a few addresses again and again, with each request to them. */
const known = new Map<string, AddressClass>();
const MOST_KNOWN = 1000;

/**
 * The class of an IP address as it is written in a URL or comes from a look-up; a zone (`%eth0`) is ignored. IPv6 that only wraps an
 * IPv4 address (mapped, NAT64, 6to4) has the class of that; other IPv6 outside 2000::/3 is never public. What is no address is
 * `special`: nothing may dial it.
 */
export function classOfAddress(written: string): AddressClass {
  const before = known.get(written);
  if (before !== undefined) return before;
  if (known.size >= MOST_KNOWN) known.clear();
  const found = reckonClass(written);
  known.set(written, found);
  return found;
}

function reckonClass(written: string): AddressClass {
  const address = written.split('%', 1)[0] ?? '';
  // ipaddr.js also takes forms that only some systems do, `0177.1` for one: what dials would take them for a name.
  if (isIPv4(address)) return classOf(ipaddr.IPv4.parse(address));
  if (!isIPv6(address)) return 'special';
  // The URL parser writes every form of it alike; of some forms ipaddr.js makes a mapped address that is none.
  const ipv6 = ipaddr.IPv6.parse(new URL(`http://[${address}]/`).hostname.slice(1, -1));
  const inner = wrappedIPv4(ipv6);
  if (inner === undefined) return classOf(ipv6);
  const found = classOf(inner.address);
  return found === 'public' && !inner.isDialled ? 'special' : found;
}

function classOf(address: ipaddr.IPv4 | ipaddr.IPv6): AddressClass {
  if (METADATA.has(address.toString())) return 'special';
  const found = CLASSES[address.range()] ?? 'special';
  const isOutside = address instanceof ipaddr.IPv6 && !address.match(...GLOBAL_UNICAST);
  return found === 'public' && isOutside ? 'special' : found;
}

/**
 * RFC 4291 section 2.5.5 (mapped, compatible), RFC 2765 section 2.1 (translated), RFC 6052 section 2.1 (NAT64), RFC 3056 section 2
 * (6to4). Compatible and translated addresses are no longer used: systems that still know them may reach the inside by them.
 */
function wrappedIPv4(address: ipaddr.IPv6): { readonly address: ipaddr.IPv4; readonly isDialled: boolean } | undefined {
  const ipv4 = (at: number) => new ipaddr.IPv4(address.toByteArray().slice(at, at + 4));
  switch (address.range()) {
    case 'ipv4Mapped':
      return { address: ipv4(12), isDialled: true };
    case 'rfc6052':
      // 64:ff9b:1::/48 is for translation within a network (RFC 8215).
      return address.parts[2] === 1 ? undefined : { address: ipv4(12), isDialled: true };
    case '6to4':
      return { address: ipv4(2), isDialled: true };
    case 'rfc6145':
      return { address: ipv4(12), isDialled: false };
    default: {
      const isCompatible = address.parts.slice(0, 6).every((part) => part === 0) && (address.parts[6] ?? 0) > 0;
      return isCompatible ? { address: ipv4(12), isDialled: false } : undefined;
    }
  }
}

/** A host as URLs write it, bare: no brackets around IPv6, no trailing dot, lower case. */
export function bareHost(hostname: string): string {
  return hostname
    .replace(/^\[(.*)\]$/, '$1')
    .replace(/\.$/, '')
    .toLowerCase();
}

/** Whether an address of the web names a host of a private network, by how it is written. */
export function isOwnNetwork(address: string): boolean {
  const host = bareHost(URL.parse(address)?.hostname ?? '');
  return isIPv4(host) || isIPv6(host) ? classOfAddress(host) !== 'public' : isLocalName(host);
}

const LOCAL_SUFFIXES = /\.(localhost|local|lan|home|internal|intranet|private|corp|localdomain|home\.arpa)$/;

/**
 * A name that only a private network gives: a single label, or a suffix kept for such (RFC 6761, 6762 appendix G, 8375). Whoever types
 * one means his own network, and nobody outside can make it lead anywhere.
 */
export function isLocalName(host: string): boolean {
  return !host.includes('.') || LOCAL_SUFFIXES.test(host);
}
