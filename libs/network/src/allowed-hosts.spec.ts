import { describe, expect, it } from '@jest/globals';
import { AllowedHosts } from './allowed-hosts.js';

describe('the allowed hosts', () => {
  const allowed = new AllowedHosts(['cam.example.org', '*.lan.example.org', '192.168.1.0/24', '10.0.0.7', 'fd00::/8']);

  it.each(['cam.example.org', 'a.lan.example.org', 'a.b.lan.example.org'])('include the name %s', (name) => {
    expect(allowed.allowsName(name)).toBe(true);
  });

  it.each(['example.org', 'evil-cam.example.org', 'lan.example.org', 'cam.example.org.evil.com', '192.168.1.4'])(
    'do not include the name %s',
    (name) => {
      expect(allowed.allowsName(name)).toBe(false);
    },
  );

  it.each(['192.168.1.4', '10.0.0.7', 'fd12::1', 'fd12::1%eth0', '::ffff:192.168.1.4'])(
    'include the address %s',
    (address) => {
      expect(allowed.allowsAddress(address)).toBe(true);
    },
  );

  it.each(['192.168.2.4', '10.0.0.8', '127.0.0.1', '::1', 'cam.example.org'])(
    'do not include the address %s',
    (address) => {
      expect(allowed.allowsAddress(address)).toBe(false);
    },
  );

  it('are everything with a star, and nothing when empty', () => {
    expect(new AllowedHosts(['*']).allowsAddress('127.0.0.1')).toBe(true);
    expect(new AllowedHosts(['*']).allowsName('any.where')).toBe(true);
    expect(new AllowedHosts([]).allowsAddress('127.0.0.1')).toBe(false);
  });

  it.each(['10.0.0.0/33', 'fd00::/129', '10.0.0', '10.0.0.0/x', 'http://cam', 'a b', '', '*.*', '-x.org'])(
    'say what is wrong with “%s”',
    (entry) => {
      expect(() => new AllowedHosts([entry])).toThrow(`“${entry}” is neither`);
    },
  );
});
