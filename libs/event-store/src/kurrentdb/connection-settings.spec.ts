import { afterEach, describe, expect, it, jest } from '@jest/globals';
import { UnsupportedEventStoreUrl } from '../errors.js';
import { Connection } from './connection.js';
import { connectionStringWithoutCredentials, describeHosts, parseKurrentDbUrl } from './connection-settings.js';

describe('the KurrentDB URL', () => {
  it('is parsed with all its parts', () => {
    const url =
      'esdb+discover://ops%40corp:p%3Aa@db.example:2114?tls=true&tlsCAFile=%2Fetc%2Fca.pem&connectionName=sv%201' +
      '&nodePreference=leader&defaultDeadline=5000&keepaliveinterval=-1&maxDiscoverAttempts=3&namespace=home.2';
    expect(parseKurrentDbUrl(url)).toEqual({
      discover: true,
      hosts: [{ address: 'db.example', port: 2114 }],
      credentials: { username: 'ops@corp', password: 'p:a' },
      tls: true,
      tlsCAFile: '/etc/ca.pem',
      userCertFile: undefined,
      userKeyFile: undefined,
      connectionName: 'sv 1',
      namespace: 'home.2.',
      defaultDeadline: 5000,
      keepAliveInterval: -1,
      keepAliveTimeout: 10_000,
      discoveryInterval: 100,
      maxDiscoverAttempts: 3,
    });
  });

  it('has defaults: one host, its port, TLS, no user', () => {
    expect(parseKurrentDbUrl('kurrentdb://db/')).toMatchObject({
      discover: false,
      hosts: [{ address: 'db', port: 2113 }],
      credentials: undefined,
      tls: true,
      namespace: '',
    });
  });

  it('takes several hosts', () => {
    const settings = parseKurrentDbUrl('kurrentdb://a:b@n1:2113,n2:2114,n3?tls=false');
    expect(describeHosts(settings)).toBe('n1:2113, n2:2114, n3:2113');
  });

  it.each([
    ['admin:pa:ss@', 'pa:ss'],
    ['admin:pa%3Ass@', 'pa:ss'],
    ['admin:p@ss@', 'p@ss'],
    ['admin:p%40ss%2F%3F%26%25@', 'p@ss/?&%'],
    ['admin:a/b#c@', 'a/b#c'],
    ['admin:tschüß@', 'tschüß'],
  ])('takes the password of %s completely', (user, password) => {
    expect(parseKurrentDbUrl(`kurrentdb://${user}db:2113`).credentials).toEqual({ username: 'admin', password });
  });

  it.each([
    ['an unknown key', 'kurrentdb://admin:s3cret@db?tsl=s3cret', /unknown key "tsl"/],
    ['a key twice', 'kurrentdb://admin:s3cret@db?tls=true&tls=false', /key tls twice/],
    ['no value', 'kurrentdb://admin:s3cret@db?tls=', /no value for tls/],
    ['a boolean that is none', 'kurrentdb://admin:s3cret@db?tls=s3cret', /value for tls that is neither/],
    ['a number that is none', 'kurrentdb://admin:s3cret@db?defaultDeadline=s3cret', /value for defaultDeadline/],
    ['a keep-alive too short', 'kurrentdb://admin:s3cret@db?keepAliveInterval=500', /keepAliveInterval/],
    ['a follower', 'kurrentdb://admin:s3cret@db?nodePreference=follower', /only leader/],
    ['gossipTimeout', 'kurrentdb://admin:s3cret@db?gossipTimeout=5', /gossipTimeout/],
    ['unchecked certificates', 'kurrentdb://admin:s3cret@db?tlsVerifyCert=false', /tlsCAFile/],
    ['a namespace with a -', 'kurrentdb://admin:s3cret@db?namespace=s3cret-x', /namespace/],
    ['a namespace of the system', 'kurrentdb://admin:s3cret@db?namespace=$s3cret', /namespace/],
    ['silent append failures', 'kurrentdb://admin:s3cret@db?throwOnAppendFailure=false', /throwOnAppendFailure/],
    ['half a certificate', 'kurrentdb://admin:s3cret@db?userCertFile=s3cret', /userCertFile and userKeyFile/],
    ['a user without password', 'kurrentdb://s3cret@db', /no password/],
    ['a lone %', 'kurrentdb://admin:s3cret%@db', /% in the password/],
    ['a ? in the password', 'kurrentdb://admin:s3cret?x=1&y@db', /percent-encode/],
    ['no host', 'kurrentdb://admin:s3cret@', /host/],
    ['a bad port', 'kurrentdb://admin:s3cret@db:70000', /host/],
    ['another scheme', 'http://admin:s3cret@db', /begin with kurrentdb/],
  ])('refuses %s, and repeats nothing of it', (_, url, message) => {
    const refusal = thrownBy(() => parseKurrentDbUrl(url));
    expect(refusal).toBeInstanceOf(UnsupportedEventStoreUrl);
    expect(String(refusal)).toMatch(message);
    expect(String(refusal)).not.toMatch(/s3cret|admin|@db/);
  });
});

describe('what the client is given', () => {
  afterEach(() => {
    jest.restoreAllMocks();
  });

  it('contains neither user nor password, and always prefers the leader', () => {
    const settings = parseKurrentDbUrl('esdb://admin:s3cret@n1,n2:2114?connectionName=a%26b&namespace=x');
    const text = connectionStringWithoutCredentials(settings);
    expect(text).toMatch(/^kurrentdb:\/\/n1:2113,n2:2114\?tls=true&connectionName=a%26b&nodePreference=leader&/);
    expect(text).not.toMatch(/admin|s3cret|namespace/);
  });

  it('makes it print nothing: no warning of an old scheme, none of a key', async () => {
    const said = (['log', 'info', 'warn', 'error', 'debug'] as const).map((name) =>
      jest.spyOn(console, name).mockReturnValue(undefined),
    );
    const stderr = jest.spyOn(process.stderr, 'write').mockReturnValue(true);
    const connection = new Connection(
      parseKurrentDbUrl('esdb://admin:s3cret@localhost:1?connectionName=x&keepAliveTimeout=-1'),
    );
    await connection.close();
    for (const spy of [...said, stderr]) expect(spy).not.toHaveBeenCalled();
  });

  it.each(['tlsCAFile', 'userCertFile'])('names %s if its file cannot be read', (key) => {
    const pair = key === 'userCertFile' ? '&userKeyFile=/x' : '';
    const settings = parseKurrentDbUrl(`kurrentdb://admin:s3cret@db?${key}=/nowhere/s3cret.pem${pair}`);
    const refusal = thrownBy(() => new Connection(settings));
    expect(String(refusal)).toMatch(new RegExp(`file of ${key}.*ENOENT`));
    expect(String(refusal)).not.toMatch(/s3cret/);
  });
});

function thrownBy(run: () => unknown): unknown {
  try {
    run();
  } catch (error) {
    return error;
  }
  throw new Error('Nothing was thrown.');
}
