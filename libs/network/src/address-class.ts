import ipaddr from 'ipaddr.js';
import { isIPv4, isIPv6 } from 'node:net';

/**
 * The kind of network that an address belongs to. `shared` is a carrier's (RFC 6598). `special` is never a machine that
 * streams: unspecified, multicast, broadcast, documentation, reserved, and the addresses where clouds keep their
 * credentials.
 */
export type AddressClass = 'public' | 'loopback' | 'private' | 'link-local' | 'shared' | 'special';

/** Addresses in otherwise harmless ranges where clouds keep their credentials. */
const METADATA = new Set(['169.254.169.254', '169.254.170.2', '100.100.100.200', 'fd00:ec2::254']);

/** The names of ipaddr.js for ranges that are networks of machines. Any other name is `special`. */
const CLASSES: Readonly<Record<string, AddressClass>> = {
  unicast: 'public',
  loopback: 'loopback',
  private: 'private',
  uniqueLocal: 'private',
  deprecatedSiteLocal: 'private',
  linkLocal: 'link-local',
  carrierGradeNat: 'shared',
};

/** Everything allocated for the internet so far (RFC 4291 section 2.4, IANA's registry of global unicast addresses). */
const GLOBAL_UNICAST = [new ipaddr.IPv6([0x2000, 0, 0, 0, 0, 0, 0, 0]), 3] as const;

/** A cache: the same few addresses are checked with every request. */
const known = new Map<string, AddressClass>();
const MOST_KNOWN = 1000;

/**
 * The class of an IP address as written in a URL or returned by a look-up; a zone (`%eth0`) is ignored. IPv6 that only
 * wraps an IPv4 address (mapped, NAT64, 6to4) has the class of that; other IPv6 outside 2000::/3 is never public. Text
 * that is not an address is `special`, so it is never dialled.
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
  // ipaddr.js also accepts forms that only some systems do, such as `0177.1`. The code that dials would take them for a
  // name.
  if (isIPv4(address)) return classOf(ipaddr.IPv4.parse(address));
  if (!isIPv6(address)) return 'special';
  // The URL parser normalizes every form. From some forms ipaddr.js would make a mapped address that is not one.
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
 * RFC 4291 section 2.5.5 (mapped, compatible), RFC 2765 section 2.1 (translated), RFC 6052 section 2.1 (NAT64), RFC
 * 3056 section 2 (6to4). Compatible and translated addresses are obsolete, but systems that still know them may reach
 * private addresses through them.
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

/** A host as in a URL, but bare: no brackets around IPv6, no trailing dot, lower case. */
export function bareHost(hostname: string): string {
  return hostname
    .replace(/^\[(.*)\]$/, '$1')
    .replace(/\.$/, '')
    .toLowerCase();
}

/** Whether a web address names a host in a private network, judged by its text only. */
export function isOwnNetwork(address: string): boolean {
  const host = bareHost(URL.parse(address)?.hostname ?? '');
  return isIPv4(host) || isIPv6(host) ? classOfAddress(host) !== 'public' : isLocalName(host);
}

const LOCAL_SUFFIXES = /\.(localhost|local|lan|home|internal|intranet|private|corp|localdomain|home\.arpa)$/;

/**
 * A name that only a private network has: a single label, or a reserved suffix (RFC 6761, 6762 appendix G, 8375). A
 * user who types one means the own network, and an outsider cannot make it lead elsewhere.
 */
export function isLocalName(host: string): boolean {
  return !host.includes('.') || LOCAL_SUFFIXES.test(host);
}
