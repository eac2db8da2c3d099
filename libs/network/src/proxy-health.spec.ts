import { beforeEach, describe, expect, it } from '@jest/globals';
import { ProxyHealth } from './proxy-health.js';
import { parseRoute, type Proxy, type Route } from './proxy.js';

const proxyAt = (written: string): Proxy => {
  const route = parseRoute(written);
  if (route === 'direct') throw new Error('That is no proxy');
  return route;
};
const first = proxyAt('http://me:one@first:3128');
const second = proxyAt('socks5://second');
const NOW = 1_000_000;

describe('the order of routes', () => {
  let health: ProxyHealth;
  beforeEach(() => {
    health = new ProxyHealth(30);
  });
  const order = (afterSeconds: number, ...routes: Route[]) => health.order(routes, NOW + afterSeconds * 1000);

  it('is that of the list', () => {
    expect(order(0, first, 'direct', second)).toEqual([first, 'direct', second]);
  });

  it('puts those that do not work last, the one with the shortest rest first', () => {
    health.failed(first, NOW);
    health.failed(second, NOW - 10_000);
    expect(order(0, first, second, 'direct')).toEqual(['direct', second, first]);
    expect(order(25, first, second, 'direct')).toEqual([second, 'direct', first]);
    expect(order(30, first, second, 'direct')).toEqual([first, second, 'direct']);
  });

  it('makes a proxy rest twice as long each time, up to ten times, until it works again', () => {
    const restsAt = (seconds: number) => order(seconds, first, 'direct')[0] === 'direct';
    for (const rest of [30, 60, 120, 240, 300, 300]) {
      health.failed(first, NOW);
      expect([restsAt(rest - 1), restsAt(rest)]).toEqual([true, false]);
    }
    health.worked(first);
    expect(restsAt(0)).toBe(false);
    health.failed(first, NOW);
    expect(restsAt(30)).toBe(false);
  });

  it('takes three broken answers in a row as a proxy that does not work', () => {
    health.disturbed(first, NOW);
    health.disturbed(first, NOW);
    expect(order(0, first, 'direct')).toEqual([first, 'direct']);
    health.worked(first);
    health.disturbed(first, NOW);
    health.disturbed(first, NOW);
    expect(order(0, first, 'direct')).toEqual([first, 'direct']);
    health.disturbed(first, NOW);
    expect(order(0, first, 'direct')).toEqual(['direct', first]);
  });

  it('distinguishes proxies with the same address and different logins', () => {
    const other = proxyAt('http://me:two@first:3128');
    health.failed(first, NOW);
    expect(order(0, first, other)).toEqual([other, first]);
  });
});

describe('a proxy', () => {
  it.each([
    ['http://proxy.example.org', 'http://proxy.example.org:80'],
    ['https://me:secret@proxy.example.org', 'https://proxy.example.org:443'],
    ['socks5://[::1]', 'socks5://[::1]:1080'],
    ['SOCKS5H://me@10.0.0.1:9050/', 'socks5h://10.0.0.1:9050'],
  ])('as %s is shown as %s', (written, label) => {
    expect(proxyAt(written).label).toBe(label);
  });

  it('has its login decoded', () => {
    expect(proxyAt('http://me%40home:p%3Ass%@proxy').login).toEqual({ user: 'me@home', password: 'p%3Ass%' });
  });
});
