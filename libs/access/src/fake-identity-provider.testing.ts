import { createHash, generateKeyPairSync, type KeyObject, randomUUID, sign } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';

const base64url = (value: object | string): string =>
  Buffer.from(typeof value === 'string' ? value : JSON.stringify(value)).toString('base64url');

interface Login {
  readonly clientId: string;
  readonly redirectUri: string;
  readonly nonce: string;
  readonly challenge: string;
}

/** Faults of the next ID token. */
export interface Mischief {
  readonly claims?: Readonly<Record<string, unknown>>;
  /** `none`: without a signature; `foreign`: signed with a key that it never published. */
  readonly signature?: 'none' | 'foreign';
}

/** A minimal OpenID provider whose users are always signed in, and which can be made to lie. */
export class FakeIdentityProvider {
  readonly #server: Server;
  readonly #logins = new Map<string, Login>();
  #key = newKey();
  /** Claims of the next sign-in. */
  claims: Readonly<Record<string, unknown>> = { sub: 'ann', groups: [] };
  mischief: Mischief = {};

  private constructor(server: Server) {
    this.#server = server;
  }

  static async start(): Promise<FakeIdentityProvider> {
    const server = createServer();
    const provider = new FakeIdentityProvider(server);
    server.on('request', (request, reply) => void provider.#answer(request, reply));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return provider;
  }

  get issuer(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  rotateKey(): void {
    this.#key = newKey();
  }

  /**
   * Follows the browser's redirect as a user who is signed in there.
   * @returns where that leads back to
   */
  async signIn(authorization: string): Promise<string> {
    const answer = await fetch(authorization, { redirect: 'manual' });
    const back = answer.headers.get('location');
    if (answer.status !== 302 || back === null) throw new Error(`The provider answers ${answer.status}.`);
    return back;
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  async #answer(request: IncomingMessage, reply: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? '/', this.issuer);
    const json = (body: object, status = 200) =>
      reply.writeHead(status, { 'Content-Type': 'application/json' }).end(JSON.stringify(body));
    switch (url.pathname) {
      case '/.well-known/openid-configuration':
        return void json({
          issuer: this.issuer,
          authorization_endpoint: `${this.issuer}/authorize`,
          token_endpoint: `${this.issuer}/token`,
          jwks_uri: `${this.issuer}/keys`,
          response_types_supported: ['code'],
          subject_types_supported: ['public'],
          id_token_signing_alg_values_supported: ['RS256'],
          code_challenge_methods_supported: ['S256'],
        });
      case '/keys':
        return void json({
          keys: [{ ...this.#key.publicKey.export({ format: 'jwk' }), kid: this.#key.id, alg: 'RS256', use: 'sig' }],
        });
      case '/authorize':
        return void reply.writeHead(302, { Location: this.#authorize(url.searchParams) }).end();
      case '/token': {
        const body = new URLSearchParams(await text(request));
        const login = this.#logins.get(body.get('code') ?? '');
        this.#logins.delete(body.get('code') ?? '');
        const proof = createHash('sha256')
          .update(body.get('code_verifier') ?? '')
          .digest('base64url');
        if (!login || proof !== login.challenge || body.get('redirect_uri') !== login.redirectUri)
          return void json({ error: 'invalid_grant' }, 400);
        return void json({ access_token: randomUUID(), token_type: 'Bearer', id_token: this.#idToken(login) });
      }
      default:
        return void json({}, 404);
    }
  }

  #authorize(query: URLSearchParams): string {
    const code = randomUUID();
    const redirectUri = query.get('redirect_uri') ?? '';
    this.#logins.set(code, {
      clientId: query.get('client_id') ?? '',
      redirectUri,
      nonce: query.get('nonce') ?? '',
      challenge: query.get('code_challenge') ?? '',
    });
    const back = new URL(redirectUri);
    back.searchParams.set('code', code);
    back.searchParams.set('state', query.get('state') ?? '');
    return back.href;
  }

  #idToken({ clientId, nonce }: Login): string {
    const now = Math.floor(Date.now() / 1000);
    const { signature, claims } = this.mischief;
    const header = signature === 'none' ? { alg: 'none' } : { alg: 'RS256', kid: this.#key.id };
    const whole = { iss: this.issuer, aud: clientId, iat: now, exp: now + 300, nonce, ...this.claims, ...claims };
    const body = `${base64url(header)}.${base64url(whole)}`;
    if (signature === 'none') return `${body}.`;
    const key = signature === 'foreign' ? newKey().privateKey : this.#key.privateKey;
    return `${body}.${sign('sha256', Buffer.from(body), key).toString('base64url')}`;
  }
}

function newKey(): { id: string; publicKey: KeyObject; privateKey: KeyObject } {
  return { id: randomUUID(), ...generateKeyPairSync('rsa', { modulusLength: 2048 }) };
}
