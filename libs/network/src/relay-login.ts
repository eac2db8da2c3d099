import { randomBytes, timingSafeEqual } from 'node:crypto';

/** The login of a relay. Only one run of one program knows it. */
export class RelayLogin {
  readonly #word = randomBytes(18).toString('base64url');
  readonly #right = Buffer.from(`Basic ${Buffer.from(`relay:${this.#word}`).toString('base64')}`);

  /** Whether a Proxy-Authorization header is right. */
  accepts(authorization = ''): boolean {
    const given = Buffer.from(authorization);
    return given.length === this.#right.length && timingSafeEqual(given, this.#right);
  }

  /**
   * Variables that make a program use the relay on this port. Not for command lines, which all users of a machine can
   * read.
   */
  environment(port: number): Readonly<Record<string, string>> {
    const url = `http://relay:${this.#word}@127.0.0.1:${port}`;
    const names = ['http_proxy', 'https_proxy', 'all_proxy'].flatMap((name) => [name, name.toUpperCase()]);
    return { ...Object.fromEntries(names.map((name) => [name, url])), no_proxy: '', NO_PROXY: '' };
  }
}
