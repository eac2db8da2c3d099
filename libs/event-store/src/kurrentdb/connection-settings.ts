import { UnsupportedEventStoreUrl } from '../errors.js';

export interface KurrentDbHost {
  readonly address: string;
  readonly port: number;
}

/**
 * A `kurrentdb://` URL, parsed once, here: the client's two halves (JavaScript and Rust) read such a text differently.
 */
export interface KurrentDbSettings {
  /** Whether the members of a cluster are discovered, rather than named. */
  readonly discover: boolean;
  readonly hosts: readonly KurrentDbHost[];
  readonly credentials: { readonly username: string; readonly password: string } | undefined;
  readonly tls: boolean;
  readonly tlsCAFile: string | undefined;
  readonly userCertFile: string | undefined;
  readonly userKeyFile: string | undefined;
  readonly connectionName: string | undefined;
  /** Put before every stream name, so that several logs can share one server. Empty: none. */
  readonly namespace: string;
  /** Milliseconds, like everything below. */
  readonly defaultDeadline: number;
  readonly keepAliveInterval: number;
  readonly keepAliveTimeout: number;
  readonly discoveryInterval: number;
  readonly maxDiscoverAttempts: number;
}

const DEFAULT_PORT = 2113;
const SCHEME = /^(?:kurrentdb|kurrent|kdb|esdb)(\+discover)?:\/\//i;
const HOST = /^[\w.-]+$/;
/** No `-`, at which the server's own projections end a category, and no `$` in front, which is the server's. */
const NAMESPACE = /^[A-Za-z\d][\w.]{0,62}$/;
const KEYS = [
  'tls',
  'tlsVerifyCert',
  'tlsCAFile',
  'userCertFile',
  'userKeyFile',
  'connectionName',
  'namespace',
  'nodePreference',
  'defaultDeadline',
  'keepAliveInterval',
  'keepAliveTimeout',
  'discoveryInterval',
  'maxDiscoverAttempts',
  'gossipTimeout',
  'throwOnAppendFailure',
] as const;
type Key = (typeof KEYS)[number];

/** @throws UnsupportedEventStoreUrl, naming at most a key, never any content of the URL */
export function parseKurrentDbUrl(url: string): KurrentDbSettings {
  const scheme = SCHEME.exec(url.trim());
  if (scheme === null)
    throw refused('must begin with kurrentdb://, kurrentdb+discover://, esdb:// or esdb+discover://');
  const rest = url.trim().slice(scheme[0].length);
  const [authority, query = ''] = splitOnce(rest, '?');
  // After an unencoded ? in a password, the rest would be taken as keys, and a refusal names a key.
  if (query.includes('@')) throw refused('has an @ after its first ?: percent-encode @ as %40 and ? as %3F');
  const at = authority.lastIndexOf('@');
  const options = parseQuery(query);
  const tls = booleanOf(options, 'tls') ?? true;
  const certificates = [options.get('userCertFile'), options.get('userKeyFile')];
  if ((certificates[0] === undefined) !== (certificates[1] === undefined)) {
    throw refused('needs userCertFile and userKeyFile together');
  }
  refuseWhatCannotBeHad(options);
  return {
    discover: scheme[1] !== undefined,
    hosts: parseHosts(authority.slice(at + 1)),
    credentials: at < 0 ? undefined : parseCredentials(authority.slice(0, at)),
    tls,
    tlsCAFile: options.get('tlsCAFile'),
    userCertFile: certificates[0],
    userKeyFile: certificates[1],
    connectionName: options.get('connectionName'),
    namespace: namespaceOf(options),
    defaultDeadline: wholeNumber(options, 'defaultDeadline', 100) ?? 10_000,
    keepAliveInterval: keepAlive(options, 'keepAliveInterval'),
    keepAliveTimeout: keepAlive(options, 'keepAliveTimeout'),
    discoveryInterval: wholeNumber(options, 'discoveryInterval', 1) ?? 100,
    maxDiscoverAttempts: wholeNumber(options, 'maxDiscoverAttempts', 1) ?? 10,
  };
}

/**
 * A canonical URL for the client's own parsers, without user and password, which it gets in other ways. So nothing that
 * it logs or throws can contain them.
 */
export function connectionStringWithoutCredentials(settings: KurrentDbSettings): string {
  const options: [string, string | number | boolean | undefined][] = [
    ['tls', settings.tls],
    ['tlsCAFile', settings.tls ? settings.tlsCAFile : undefined],
    ['userCertFile', settings.tls ? settings.userCertFile : undefined],
    ['userKeyFile', settings.tls ? settings.userKeyFile : undefined],
    ['connectionName', settings.connectionName],
    // Otherwise the Rust half uses any node, and would not find what was just appended.
    ['nodePreference', 'leader'],
    ['defaultDeadline', settings.defaultDeadline],
    ['keepAliveInterval', settings.keepAliveInterval],
    ['keepAliveTimeout', settings.keepAliveTimeout],
    ['discoveryInterval', settings.discoveryInterval],
    ['maxDiscoverAttempts', settings.maxDiscoverAttempts],
  ];
  const query = options.flatMap(([key, value]) => (value === undefined ? [] : `${key}=${encodeURIComponent(value)}`));
  const hosts = settings.hosts.map(({ address, port }) => `${address}:${port}`).join(',');
  return `kurrentdb${settings.discover ? '+discover' : ''}://${hosts}?${query.join('&')}`;
}

/** For messages: the hosts only. */
export function describeHosts({ hosts }: KurrentDbSettings): string {
  return hosts.map(({ address, port }) => `${address}:${port}`).join(', ');
}

function parseHosts(text: string): KurrentDbHost[] {
  return text
    .replace(/\/+$/, '')
    .split(',')
    .map((part) => {
      const [address, port] = splitOnce(part, ':');
      const number = port === undefined ? DEFAULT_PORT : Number(port);
      if (!HOST.test(address) || !/^\d*$/.test(port ?? '') || number < 1 || number > 65_535) {
        throw refused(
          'names no valid host: use host:port, several with commas, and percent-encode special characters in the user name and password',
        );
      }
      return { address, port: number };
    });
}

function parseCredentials(text: string): { username: string; password: string } {
  const [username, password] = splitOnce(text, ':');
  if (username === '' || password === undefined)
    throw refused('has a user but no password: put user:password before the host');
  return { username: decoded(username, 'user name'), password: decoded(password, 'password') };
}

function parseQuery(query: string): Map<Key, string> {
  const options = new Map<Key, string>();
  for (const pair of query.split('&').filter(Boolean)) {
    const [name, value = ''] = splitOnce(pair, '=');
    const key = KEYS.find((known) => known.toLowerCase() === name.toLowerCase());
    if (key === undefined) throw refused(`has an unknown key ${JSON.stringify(name)}. Known are: ${KEYS.join(', ')}`);
    if (options.has(key)) throw refused(`has the key ${key} twice`);
    if (value === '') throw refused(`has no value for ${key}`);
    options.set(key, decoded(value, `value of ${key}`));
  }
  return options;
}

function refuseWhatCannotBeHad(options: ReadonlyMap<Key, string>): void {
  if (options.has('gossipTimeout')) {
    throw refused('sets gossipTimeout, which one half of the client reads as seconds and the other as milliseconds');
  }
  if ((options.get('nodePreference') ?? 'leader').toLowerCase() !== 'leader') {
    throw refused('sets nodePreference: only leader is possible, because StreamVault reads what it has just written');
  }
  if (booleanOf(options, 'throwOnAppendFailure') === false) {
    throw refused('sets throwOnAppendFailure=false, with which the client returns wrong revisions');
  }
  if (booleanOf(options, 'tlsVerifyCert') === false) {
    throw refused('sets tlsVerifyCert=false. Give the authority that signed the certificate as tlsCAFile instead');
  }
}

function namespaceOf(options: ReadonlyMap<Key, string>): string {
  const name = options.get('namespace');
  if (name === undefined || NAMESPACE.test(name)) return name === undefined ? '' : `${name}.`;
  throw refused('has an invalid namespace: use up to 63 letters, digits, _ and ., beginning with a letter or digit');
}

function booleanOf(options: ReadonlyMap<Key, string>, key: Key): boolean | undefined {
  const value = options.get(key);
  if (value === undefined || value === 'true') return value === undefined ? undefined : true;
  if (value !== 'false') throw refused(`has a value for ${key} that is neither true nor false`);
  return false;
}

function wholeNumber(options: ReadonlyMap<Key, string>, key: Key, least: number): number | undefined {
  const value = options.get(key);
  if (value === undefined) return undefined;
  const number = Number(value);
  if (!/^-?\d+$/.test(value) || !Number.isSafeInteger(number) || number < least) {
    throw refused(`has a value for ${key} that is not a whole number from ${least}`);
  }
  return number;
}

/** -1 is off. Below ten seconds the client complains on the console, and only half of it obeys. */
function keepAlive(options: ReadonlyMap<Key, string>, key: Key): number {
  return options.get(key) === '-1' ? -1 : (wholeNumber(options, key, 10_000) ?? 10_000);
}

function decoded(text: string, what: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    // Its own message would repeat the text.
    throw refused(`has a % in the ${what} that does not begin a percent-encoding: write %25`);
  }
}

function splitOnce(text: string, separator: string): [string, string?] {
  const index = text.indexOf(separator);
  return index < 0 ? [text] : [text.slice(0, index), text.slice(index + separator.length)];
}

function refused(reason: string): UnsupportedEventStoreUrl {
  return new UnsupportedEventStoreUrl(`The KurrentDB URL ${reason}.`);
}
