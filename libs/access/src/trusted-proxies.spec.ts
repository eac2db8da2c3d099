import { describe, expect, it } from '@jest/globals';
import { isProxyAddress, isTrusted } from './trusted-proxies.js';

describe('a trusted proxy', () => {
  it.each([
    ['10.0.0.2', '10.0.0.2', true],
    ['10.0.0.2', '::ffff:10.0.0.2', true],
    ['10.0.0.2', '10.0.0.3', false],
    ['10.0.0.0/8', '10.9.9.9', true],
    ['10.0.0.0/8', '11.0.0.1', false],
    ['10.0.0.0/8', 'fd00::1', false],
    ['fd00::/8', 'fd00::1', true],
    ['loopback', '127.0.0.1', true],
    ['loopback', '::1', true],
    ['uniquelocal', '192.168.1.1', true],
    ['linklocal', '192.168.1.1', false],
  ])('%s, %s: %s', (entry, address, expected) => {
    expect(isTrusted([entry], address)).toBe(expected);
  });

  it('is none if the setting is empty, or the address is invalid', () => {
    expect([isTrusted([], '127.0.0.1'), isTrusted(['loopback'], undefined), isTrusted(['loopback'], 'x')]).toEqual([
      false,
      false,
      false,
    ]);
  });

  it('is never everyone', () => {
    expect(['0.0.0.0/0', '::/0', 'all', '*'].map(isProxyAddress)).toEqual([false, false, false, false]);
  });
});
