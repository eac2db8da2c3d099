import { createHash, randomBytes } from 'node:crypto';

export interface Login {
  readonly user: string;
  readonly password: string;
}

/** Answers a camera's challenge: Digest (RFC 7616, and RFC 2069 for older cameras) if offered, else Basic. */
export class RtspLogin {
  #count = 0;

  private constructor(
    private readonly login: Login,
    private readonly digest: Readonly<Record<string, string>> | undefined,
  ) {}

  /** @returns undefined if none of the challenges can be answered */
  static for(login: Login, challenges: readonly string[]): RtspLogin | undefined {
    const digests = challenges.filter((challenge) => /^digest\s/i.test(challenge)).map(parametersOf);
    const digest = digests.find(({ nonce, algorithm }) => nonce !== undefined && hashOf(algorithm) !== undefined);
    const takesBasic = challenges.some((challenge) => /^basic\b/i.test(challenge));
    return digest !== undefined || takesBasic ? new RtspLogin(login, digest) : undefined;
  }

  /** The Authorization header of a request. */
  authorize(method: string, uri: string): string {
    const { user, password } = this.login;
    if (this.digest === undefined) return `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`;
    const { realm = '', nonce = '', qop = '', opaque, algorithm } = this.digest;
    const hash = hashOf(algorithm) ?? 'md5';
    const digest = (...parts: readonly string[]) => createHash(hash).update(parts.join(':')).digest('hex');
    const cnonce = randomBytes(8).toString('hex');
    const isSession = /-sess$/i.test(algorithm ?? '');
    const plain = digest(user, realm, password);
    const secret = isSession ? digest(plain, nonce, cnonce) : plain;
    const request = digest(method, uri);
    const hasQop = qop.split(',').some((one) => one.trim() === 'auth');
    this.#count += 1;
    const nc = this.#count.toString(16).padStart(8, '0');
    const response = hasQop ? digest(secret, nonce, nc, cnonce, 'auth', request) : digest(secret, nonce, request);
    const fields = [
      `username="${quoted(user)}"`,
      `realm="${quoted(realm)}"`,
      `nonce="${nonce}"`,
      `uri="${uri}"`,
      `response="${response}"`,
      ...(algorithm === undefined ? [] : [`algorithm=${algorithm}`]),
      ...(opaque === undefined ? [] : [`opaque="${opaque}"`]),
      ...(hasQop ? ['qop=auth', `nc=${nc}`] : []),
      ...(hasQop || isSession ? [`cnonce="${cnonce}"`] : []),
    ];
    return `Digest ${fields.join(', ')}`;
  }
}

const parametersOf = (challenge: string): Record<string, string> =>
  Object.fromEntries(
    [...challenge.matchAll(/(\w+)\s*=\s*(?:"([^"]*)"|([^\s,]+))/g)].map(([, name = '', text, word]) => [
      name.toLowerCase(),
      text ?? word ?? '',
    ]),
  );

const HASHES: Readonly<Record<string, string>> = { MD5: 'md5', 'SHA-256': 'sha256', 'SHA-512-256': 'sha512-256' };

const hashOf = (algorithm = 'MD5'): string | undefined => HASHES[algorithm.toUpperCase().replace(/-SESS$/, '')];

const quoted = (text: string): string => text.replaceAll(/["\\]/g, '\\$&');
