import { beforeEach, describe, expect, it } from '@jest/globals';
import { array, assert as assertProperty, constantFrom, option, property } from 'fast-check';
import { CookieJar } from './cookie-jar.js';

const NOW = Date.parse('2026-11-22T12:00:00Z');
const at = (address: string) => new URL(address);

describe('the cookie jar', () => {
  let jar: CookieJar;
  beforeEach(() => {
    jar = new CookieJar();
  });
  const set = (address: string, ...lines: string[]) => jar.store(at(address), lines, NOW);
  const sent = (address: string, nowMs = NOW) => jar.header(at(address), nowMs);

  it('returns what a host set, to that host only', () => {
    set('http://a.example.org/live.m3u8', 'session=1; HttpOnly', 'quality=best=yes');
    expect(sent('http://a.example.org/0.ts')).toBe('session=1; quality=best=yes');
    expect(sent('http://a.example.org:8080/0.ts')).toBe('session=1; quality=best=yes');
    expect(sent('http://b.example.org/0.ts')).toBeUndefined();
    expect(sent('http://x.a.example.org/0.ts')).toBeUndefined();
  });

  it('sends a cookie for a domain to the hosts below it', () => {
    set('http://a.example.org/', 'session=1; Domain=.Example.org');
    expect(sent('http://cdn.example.org/0.ts')).toBe('session=1');
    expect(sent('http://example.org/')).toBe('session=1');
    expect(sent('http://badexample.org/')).toBeUndefined();
  });

  it.each([
    ['another domain', 'a=1; Domain=other.org'],
    ['a domain below the host', 'a=1; Domain=x.a.example.org'],
    ['a whole top-level domain', 'a=1; Domain=org'],
    ['another that is below it in the same tree', 'a=1; Domain=b.example.org'],
    ['no name', '=1'],
    ['no value at all', 'a'],
    ['a line break', 'a=1\r\nX: y'],
    ['Secure, but came in the clear', 'a=1; Secure'],
    ['too large', `a=${'x'.repeat(5000)}`],
  ])('ignores a cookie with %s', (_, line) => {
    set('http://a.example.org/', line);
    expect(sent('http://a.example.org/')).toBeUndefined();
    expect(sent('https://other.org/')).toBeUndefined();
  });

  it.each(['co.uk', 'github.io', 'com.au', 'org'])(
    'accepts no cookie for all of %s, where anyone may have a name',
    (suffix) => {
      set(`https://tv.${suffix}/`, `a=1; Domain=${suffix}`);
      expect(sent(`https://tv.${suffix}/`)).toBeUndefined();
      expect(sent(`https://somebody-else.${suffix}/`)).toBeUndefined();
    },
  );

  it('keeps cookies of hosts in a private network', () => {
    for (const host of ['localhost', 'camera.lan', 'nas', '[::1]', '192.168.1.4']) {
      set(`http://${host}:8080/`, 'a=1');
      expect([host, sent(`http://${host}/x`)]).toEqual([host, 'a=1']);
    }
  });

  it('never sends a cookie to a host that is not the one that set it, nor below the domain it named', () => {
    const label = constantFrom('a', 'b', 'tv', 'example', 'localhost', 'local', 'co', 'uk', 'com', 'github', 'io');
    const host = array(label, { minLength: 1, maxLength: 4 }).map((labels) => labels.join('.'));
    assertProperty(
      property(host, host, option(host, { nil: undefined }), (setter, asker, domain) => {
        const fresh = new CookieJar();
        fresh.store(at(`http://${setter}/`), [`a=1${domain === undefined ? '' : `; Domain=${domain}`}`], NOW);
        if (fresh.header(at(`http://${asker}/`), NOW) === undefined || asker === setter) return;
        expect(domain).toBeDefined();
        expect([setter, asker].every((name) => name === domain || name.endsWith(`.${domain}`))).toBe(true);
      }),
    );
  });

  it('keeps to paths, the longest first', () => {
    set('http://a.example.org/live/one/list.m3u8', 'own=1', 'all=2; Path=/', 'none=3; Path=/liv');
    expect(sent('http://a.example.org/live/one/0.ts')).toBe('own=1; all=2');
    expect(sent('http://a.example.org/live/ones/0.ts')).toBe('all=2');
    expect(sent('http://a.example.org/')).toBe('all=2');
  });

  it('keeps secure ones for https', () => {
    set('https://a.example.org/', 'token=1; Secure');
    expect(sent('https://a.example.org/')).toBe('token=1');
    expect(sent('http://a.example.org/')).toBeUndefined();
  });

  it('forgets expired cookies: Max-Age before Expires, and at once when told', () => {
    set('http://a.example.org/', 'short=1; Max-Age=60; Expires=Wed, 01 Jan 2100 00:00:00 GMT');
    set('http://a.example.org/', 'dated=2; Expires=Sun, 22 Nov 2026 12:10:00 GMT', 'odd=3; Expires=whenever');
    expect(sent('http://a.example.org/')).toBe('short=1; dated=2; odd=3');
    expect(sent('http://a.example.org/', NOW + 61_000)).toBe('dated=2; odd=3');
    expect(sent('http://a.example.org/', NOW + 601_000)).toBe('odd=3');
    set('http://a.example.org/', 'odd=; Max-Age=0');
    expect(sent('http://a.example.org/', NOW + 601_000)).toBeUndefined();
  });

  it('replaces an old value by a new one', () => {
    set('http://a.example.org/', 'a=1');
    set('http://a.example.org/', 'a=2');
    expect(sent('http://a.example.org/')).toBe('a=2');
  });

  it('keeps cookies of an IP address to that address', () => {
    set('http://127.0.0.1/', 'a=1; Domain=127.0.0.1');
    expect(sent('http://127.0.0.1/')).toBe('a=1');
    expect(sent('http://9.127.0.0.1.example.org/')).toBeUndefined();
  });

  it('holds a limited number: the oldest are dropped', () => {
    set('http://a.example.org/', ...Array.from({ length: 150 }, (_, index) => `c${index}=1`));
    const names = sent('http://a.example.org/')?.split('; ') ?? [];
    expect(names).toHaveLength(100);
    expect(names[0]).toBe('c50=1');
  });
});
