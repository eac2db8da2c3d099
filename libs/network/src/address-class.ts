import { BlockList, isIPv4, isIPv6 } from 'node:net';

/**
 * What kind of network an address belongs to. `shared` is a carrier's (RFC 6598); `special` is no machine that streams: unspecified,
 * multicast, broadcast, documentation, reserved, and the places where clouds keep their credentials.
 */
export type AddressClass = 'public' | 'loopback' | 'private' | 'link-local' | 'shared' | 'special';

const RANGES: readonly (readonly [AddressClass, readonly string[]])[] = [
  [
    'special',
    // The metadata services of clouds, within ranges that are otherwise harmless.
    ['169.254.169.254/32', '169.254.170.2/32', '100.100.100.200/32', 'fd00:ec2::254/128'],
  ],
  ['loopback', ['127.0.0.0/8', '::1/128']],
  ['private', ['10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16', 'fc00::/7', 'fec0::/10']],
  ['link-local', ['169.254.0.0/16', 'fe80::/10']],
  ['shared', ['100.64.0.0/10']],
  [
    // The rest of the special-purpose registries (RFC 6890 and what was added to them).
    'special',
    [
      '0.0.0.0/8',
      '192.0.0.0/24',
      '192.0.2.0/24',
      '192.88.99.0/24',
      '198.18.0.0/15',
      '198.51.100.0/24',
      '203.0.113.0/24',
      '224.0.0.0/4',
      '240.0.0.0/4',
      '::/128',
      '64:ff9b:1::/48',
      '100::/64',
      '2001::/23',
      '2001:db8::/32',
      '3fff::/20',
      '5f00::/16',
      'ff00::/8',
    ],
  ],
];

const CLASSES = RANGES.map(([name, ranges]) => [name, blockListOf(ranges)] as const);

function blockListOf(ranges: readonly string[]): BlockList {
  const list = new BlockList();
  for (const range of ranges) {
    const [address = '', bits] = range.split('/');
    list.addSubnet(address, Number(bits), isIPv4(address) ? 'ipv4' : 'ipv6');
  }
  return list;
}

/** Asked about a few addresses again and again, with each request to them. */
const known = new Map<string, AddressClass>();
const MOST_KNOWN = 1000;

/**
 * The class of an IP address as it is written in a URL or comes from a look-up; a zone (`%eth0`) is ignored. IPv6 that only wraps an
 * IPv4 address (mapped, compatible, NAT64, 6to4) has the class of that. What is no address is `special`: nothing may dial it.
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
  if (isIPv4(address)) return lookUp(address, 'ipv4');
  if (!isIPv6(address)) return 'special';
  const inner = wrappedIPv4(address);
  return inner === undefined ? lookUp(address, 'ipv6') : lookUp(inner, 'ipv4');
}

function lookUp(address: string, family: 'ipv4' | 'ipv6'): AddressClass {
  return CLASSES.find(([, list]) => list.check(address, family))?.[0] ?? 'public';
}

/** RFC 4291 section 2.5.5 (compatible, mapped), RFC 6052 section 2.1 (NAT64), RFC 3056 section 2 (6to4). */
function wrappedIPv4(address: string): string | undefined {
  const groups = groupsOf(address);
  const [first = 0, second = 0, third = 0] = groups;
  const ipv4 = (at: number): string => {
    const [high = 0, low = 0] = groups.slice(at, at + 2);
    return [high >> 8, high & 255, low >> 8, low & 255].join('.');
  };
  if (first === 0x2002) return ipv4(1);
  if (groups.slice(2, 6).some((group) => group !== 0)) {
    const mapped = groups.slice(0, 5).every((group) => group === 0) && groups[5] === 0xffff;
    // The translated form of SIIT (RFC 2765), `::ffff:0:a.b.c.d`, which some stacks still take for the mapped one.
    const translated = groups.slice(0, 4).every((group) => group === 0) && groups[4] === 0xffff && groups[5] === 0;
    return mapped || translated ? ipv4(6) : undefined;
  }
  if (first === 0x64 && second === 0xff9b) return ipv4(6);
  const compatible = first === 0 && second === 0 && third === 0 && (groups[6] ?? 0) > 0;
  return compatible ? ipv4(6) : undefined;
}

/** The eight 16-bit groups of an IPv6 address. */
export function groupsOf(address: string): number[] {
  // The URL parser writes every form of it alike, an IPv4 tail included.
  const canonical = new URL(`http://[${address}]/`).hostname.slice(1, -1);
  const [head = '', tail] = canonical.split('::');
  const parse = (part: string): number[] => (part === '' ? [] : part.split(':').map((group) => parseInt(group, 16)));
  const before = parse(head);
  const after = tail === undefined ? [] : parse(tail);
  return [...before, ...Array<number>(8 - before.length - after.length).fill(0), ...after];
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
