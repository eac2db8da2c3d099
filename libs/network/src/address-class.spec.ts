import { describe, expect, it } from '@jest/globals';
import { array, assert as assertProperty, constantFrom, ipV6, nat, property, tuple } from 'fast-check';
import ipaddr from 'ipaddr.js';
import { bareHost, classOfAddress, isLocalName, isOwnNetwork } from './address-class.js';

describe('the class of an address', () => {
  it.each([
    ['public', '1.1.1.1'],
    ['public', '8.8.8.8'],
    ['public', '172.15.255.255'],
    ['public', '172.32.0.1'],
    ['public', '100.63.255.255'],
    ['public', '100.128.0.0'],
    ['public', '2606:4700:4700::1111'],
    ['public', '2a00:1450:4001:81b::200e'],
    ['loopback', '127.0.0.1'],
    ['loopback', '127.255.255.254'],
    ['loopback', '::1'],
    ['loopback', '0:0:0:0:0:0:0:1'],
    ['private', '10.0.0.1'],
    ['private', '172.16.0.1'],
    ['private', '172.31.255.255'],
    ['private', '192.168.1.20'],
    ['private', 'fd12:3456::1'],
    ['private', 'fc00::1'],
    ['private', 'fec0::1'],
    ['link-local', '169.254.1.1'],
    ['link-local', 'fe80::1'],
    ['link-local', 'fe80::1%eth0'],
    ['shared', '100.64.0.1'],
    ['shared', '100.127.255.255'],
    ['special', '0.0.0.0'],
    ['special', '0.1.2.3'],
    ['special', '::'],
    ['special', '224.0.0.1'],
    ['special', '239.255.255.250'],
    ['special', 'ff02::1'],
    ['special', '255.255.255.255'],
    ['special', '240.0.0.1'],
    ['special', '192.0.2.1'],
    ['special', '198.18.0.1'],
    ['special', '2001:db8::1'],
    ['special', '2001:0:4136:e378:8000:63bf:3fff:fdd2'],
    ['special', '169.254.169.254'],
    ['special', '100.100.100.200'],
    ['special', 'fd00:ec2::254'],
    ['special', '64:ff9b:1::7f00:1'],
    // Outside of what is allocated for the internet.
    ['special', '4000::1'],
    ['special', '1fff::1'],
    ['special', 'e000::1'],
    ['special', '::5'],
    ['special', '::8.8.8.8'],
    ['special', '::ffff:0:8.8.8.8'],
    ['public', '2000::1'],
    ['public', '3ffe::1'],
    ['special', '3fff::1'],
    ['special', '5f00::1'],
    ['special', '192.88.99.1'],
    ['special', 'example.org'],
    ['special', ''],
    // Forms that only some systems accept as addresses.
    ['special', '0177.0.0.1'],
    ['special', '127.1'],
    ['special', '0x7f.0.0.1'],
  ])('is %s for %s', (expected, address) => {
    expect(classOfAddress(address)).toBe(expected);
  });

  it.each([
    ['mapped', '::ffff:127.0.0.1', 'loopback'],
    ['mapped, in hexadecimal', '::ffff:7f00:1', 'loopback'],
    ['mapped, written out', '0:0:0:0:0:ffff:c0a8:0101', 'private'],
    ['mapped, metadata', '::ffff:169.254.169.254', 'special'],
    ['mapped, public', '::ffff:8.8.8.8', 'public'],
    ['compatible', '::10.0.0.1', 'private'],
    ['translated', '::ffff:0:127.0.0.1', 'loopback'],
    ['NAT64', '64:ff9b::192.168.1.1', 'private'],
    ['NAT64, public', '64:ff9b::8.8.8.8', 'public'],
    ['6to4', '2002:7f00:1::', 'loopback'],
    ['6to4, public', '2002:808:808::1', 'public'],
  ])('is that of the IPv4 address it wraps (%s: %s)', (_, address, expected) => {
    expect(classOfAddress(address)).toBe(expected);
  });

  it.each([
    'http://127.1/',
    'http://2130706433/',
    'http://0x7f000001/',
    'http://0177.0.0.1/',
    'http://0x7f.1/',
    'http://127.0.0.1./',
    'http://[::1]/',
    'http://[::ffff:127.0.0.1]/',
    'http://①②⑦.0.0.1/',
  ])('is recognized in every notation of a URL: %s', (url) => {
    expect(classOfAddress(bareHost(new URL(url).hostname))).toBe('loopback');
  });
});

it('is never public for an address that contains a private one, however it is wrapped', () => {
  const privateIPv4 = tuple(
    constantFrom('10', '127', '192.168', '172.16', '169.254', '100.64'),
    array(nat(255), { minLength: 4 }),
  ).map(([head, tail]) => [...head.split('.').map(Number), ...tail].slice(0, 4));
  assertProperty(
    property(privateIPv4, constantFrom('::ffff:', '64:ff9b::', '::', '::ffff:0:', '2002:'), (bytes, prefix) => {
      const [a = 0, b = 0, c = 0, d = 0] = bytes;
      const groups = `${((a << 8) | b).toString(16)}:${((c << 8) | d).toString(16)}`;
      const written = prefix === '2002:' ? `2002:${groups}::1` : `${prefix}${groups}`;
      expect([written, classOfAddress(written)]).not.toEqual([written, 'public']);
    }),
  );
});

it('is public for IPv6 only within 2000::/3, or if it wraps IPv4 that is dialled', () => {
  assertProperty(
    property(ipV6(), (written) => {
      if (classOfAddress(written) !== 'public') return;
      const first = ipaddr.IPv6.parse(written);
      const isWrapped = ['ipv4Mapped', 'rfc6052'].includes(first.range());
      expect(isWrapped || (first.parts[0] ?? 0) >> 13 === 1).toBe(true);
    }),
  );
});

describe('a local name', () => {
  it.each(['localhost', 'camera', 'nas.local', 'cam.lan', 'x.home.arpa', 'db.internal', 'a.localhost'])(
    '%s',
    (name) => {
      expect(isLocalName(name)).toBe(true);
    },
  );

  it.each(['example.org', 'localhost.example.org', 'local.tv', 'cam.lan.example.org'])('is not %s', (name) => {
    expect(isLocalName(name)).toBe(false);
  });

  it.each([
    ['http://camera.lan/live.m3u8', true],
    ['http://192.168.1.4:8080/live.m3u8', true],
    ['http://[fd00::1]/live.m3u8', true],
    ['https://example.org/live.m3u8', false],
    ['https://8.8.8.8/live.m3u8', false],
  ])('tells whether an address is in one’s own network: %s', (address, expected) => {
    expect(isOwnNetwork(address)).toBe(expected);
  });

  it('may end in a dot and have capitals', () => {
    expect(isLocalName(bareHost(new URL('http://LocalHost./').hostname))).toBe(true);
  });
});
