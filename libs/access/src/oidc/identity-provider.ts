import type { KernelLogger } from '@streamvault/kernel';
import { DomainError } from '@streamvault/kernel';
import * as oidc from 'openid-client';
import type { AccessSettings } from '../access-settings.js';

/** Kept between leaving for the provider and coming back; for one try each. */
export interface SignInTry {
  readonly verifier: string;
  readonly state: string;
  readonly nonce: string;
  /** A page of the console. */
  readonly returnTo: string;
  /** The signed-in user who connects an account. */
  readonly connectUserId: number | null;
}

export interface ProvenIdentity {
  readonly issuer: string;
  readonly claims: Readonly<Record<string, unknown>>;
  readonly idToken: string | undefined;
}

export class ProviderAway extends DomainError {
  readonly code = 'oidc.provider-away';
  readonly kind = 'unavailable';
  constructor(options?: ErrorOptions) {
    super('The identity provider does not answer. Sign in with a password, or try again later.', {}, options);
  }
}

/** The answer does not match the request: forged, for another one, or too late. */
export class ProviderRefused extends DomainError {
  readonly code = 'oidc.refused';
  readonly kind = 'unauthenticated';
  constructor(options?: ErrorOptions) {
    super('The identity provider did not confirm who you are. Try again.', {}, options);
  }
}

const answerSeconds = 10;
const knownMilliseconds = 10 * 60 * 1000;
const clockToleranceSeconds = 30;

export interface IdentityProviderParts {
  readonly settings: Pick<AccessSettings, 'OIDC_ISSUER' | 'OIDC_CLIENT_ID' | 'OIDC_CLIENT_SECRET'>;
  readonly publicUrl: string | undefined;
  readonly logger: KernelLogger;
}

/**
 * Sign-in by OpenID Connect (authorization code with PKCE, state and nonce; the signature of the ID token is checked
 * whatever the transport). The provider is contacted only during a sign-in: an unavailable one affects nothing else.
 */
export class IdentityProvider {
  readonly #parts: IdentityProviderParts;
  #known: { readonly metadata: oidc.ServerMetadata; readonly until: number } | undefined;

  constructor(parts: IdentityProviderParts) {
    this.#parts = parts;
  }

  /**
   * The return address is built from PUBLIC_URL, never from a request: behind a proxy that would be another address.
   */
  get isOffered(): boolean {
    const { settings, publicUrl } = this.#parts;
    return settings.OIDC_ISSUER !== undefined && settings.OIDC_CLIENT_ID !== undefined && publicUrl !== undefined;
  }

  /** Undefined if all settings can work. */
  get trouble(): string | undefined {
    const { settings, publicUrl } = this.#parts;
    if (settings.OIDC_ISSUER === undefined || this.isOffered) return undefined;
    const missing = [
      ...(publicUrl === undefined ? ['PUBLIC_URL'] : []),
      ...(settings.OIDC_CLIENT_ID === undefined ? ['OIDC_CLIENT_ID'] : []),
    ];
    return `OIDC_ISSUER is set, but sign-in by it needs ${missing.join(' and ')}, too.`;
  }

  /** @throws ProviderAway */
  async begin(returnTo: string, connectUserId: number | null): Promise<{ url: URL; attempt: SignInTry }> {
    const configuration = await this.#configuration();
    const attempt: SignInTry = {
      verifier: oidc.randomPKCECodeVerifier(),
      state: oidc.randomState(),
      nonce: oidc.randomNonce(),
      returnTo,
      connectUserId,
    };
    const url = oidc.buildAuthorizationUrl(configuration, {
      redirect_uri: this.#callback().href,
      scope: 'openid profile email',
      code_challenge: await oidc.calculatePKCECodeChallenge(attempt.verifier),
      code_challenge_method: 'S256',
      state: attempt.state,
      nonce: attempt.nonce,
    });
    return { url, attempt };
  }

  /**
   * @param query of the address to which the provider sent the browser
   * @throws ProviderRefused, ProviderAway
   */
  async finish(query: URLSearchParams, attempt: SignInTry): Promise<ProvenIdentity> {
    const configuration = await this.#configuration();
    const address = this.#callback();
    address.search = query.toString();
    try {
      const tokens = await oidc.authorizationCodeGrant(configuration, address, {
        pkceCodeVerifier: attempt.verifier,
        expectedState: attempt.state,
        expectedNonce: attempt.nonce,
        idTokenExpected: true,
      });
      const claims = tokens.claims();
      if (!claims) throw new ProviderRefused();
      return { issuer: claims.iss, claims, idToken: tokens.id_token };
    } catch (error) {
      // Its keys or addresses may have changed.
      this.#known = undefined;
      const { code, name } = error as { code?: unknown; name?: unknown };
      this.#parts.logger.warn('A sign-in by the identity provider was refused', { code, name });
      if (isAway(error)) throw new ProviderAway({ cause: error });
      throw new ProviderRefused({ cause: error });
    }
  }

  #callback(): URL {
    return new URL(`${this.#parts.publicUrl?.replace(/\/+$/, '') ?? ''}/api/session/oidc/callback`);
  }

  /** Without cached keys: people sign in rarely, and a rotated key is noticed at once. */
  async #configuration(): Promise<oidc.Configuration> {
    const { OIDC_ISSUER: issuer, OIDC_CLIENT_ID: id, OIDC_CLIENT_SECRET: secret } = this.#parts.settings;
    if (issuer === undefined || id === undefined) throw new ProviderAway();
    const client = { client_id: id, [oidc.clockTolerance]: clockToleranceSeconds };
    const authentication = secret === undefined ? oidc.None() : oidc.ClientSecretPost(secret);
    const isPlain = new URL(issuer).protocol === 'http:';
    const known = this.#known;
    let configuration: oidc.Configuration;
    if (known && performance.now() < known.until) {
      configuration = new oidc.Configuration(known.metadata, id, client, authentication);
    } else {
      try {
        configuration = await oidc.discovery(new URL(issuer), id, client, authentication, {
          timeout: answerSeconds,
          execute: isPlain ? [allowPlain] : [],
        });
      } catch (error) {
        this.#parts.logger.warn('The identity provider does not answer', { error });
        throw new ProviderAway({ cause: error });
      }
      this.#known = { metadata: configuration.serverMetadata(), until: performance.now() + knownMilliseconds };
    }
    configuration.timeout = answerSeconds;
    if (isPlain) allowPlain(configuration);
    oidc.enableNonRepudiationChecks(configuration);
    return configuration;
  }
}

/** For a provider in one's own network, which the settings name by http. */
const allowPlain = oidc.allowInsecureRequests;

const isAway = (error: unknown): boolean =>
  error instanceof TypeError || (error instanceof Error && /Timeout|Abort/.test(error.name));
