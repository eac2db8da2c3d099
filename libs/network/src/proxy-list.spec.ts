import { describe, expect, it } from '@jest/globals';
import { ProxyHealth } from './proxy-health.js';
import { ProxyList } from './proxy-list.js';
import { parseRoute } from './proxy.js';

const home = 'home=socks5h://me:se=cret@home.example';
const unnamed = 'http://me:secret@other.example:3128';
const list = new ProxyList([home, unnamed, 'direct', 'far_2 = https://far.example']);

describe('the proxies of the settings', () => {
  it('are found by name, and missing names are reported', () => {
    expect(list.names).toEqual(['home', 'far_2']);
    expect(list.named(['far_2', 'gone', 'home', 'direct'])).toEqual({
      routes: ['far_2 = https://far.example', home, 'direct'],
      missing: ['gone'],
    });
    expect(list.defaults).toHaveLength(4);
  });

  it('are shown by name or address, and never with their logins', () => {
    const health = new ProxyHealth(30);
    const route = parseRoute(home);
    if (route !== 'direct') health.failed(route, 1000);
    expect(list.status(health, 2000)).toEqual([
      { name: 'home', isNamed: true, restsUntil: '1970-01-01T00:00:31.000Z' },
      { name: 'http://other.example:3128', isNamed: false, restsUntil: undefined },
      { name: 'far_2', isNamed: true, restsUntil: undefined },
    ]);
    expect(list.shownDefaults).toEqual(['home', 'http://other.example:3128', 'direct', 'far_2']);
  });

  it.each([
    [['home=http://secret', 'home=http://other'], 'two proxies'],
    [['Home=http://secret'], 'comma list'],
    [['direct=http://secret'], 'comma list'],
    [['home='], 'comma list'],
    [['home=direct'], 'comma list'],
    [['a b=http://secret'], 'comma list'],
    [['home=ftp://secret'], 'comma list'],
  ])('are refused if they are %j, without quoting them', (written, words) => {
    const problem = ProxyList.problemOf(written);
    expect(problem).toContain(words);
    expect(problem).not.toContain('secret');
  });

  it('may have an equals sign in their logins', () => {
    expect(ProxyList.problemOf(['http://me:a=b@host', 'x=http://me:a=b@host', 'direct'])).toBeUndefined();
    expect(parseRoute('http://me:a=b@host')).toMatchObject({ name: undefined, login: { password: 'a=b' } });
    expect(parseRoute('x=http://me:a=b@host')).toMatchObject({ name: 'x', label: 'x (http://host:80)' });
  });
});
