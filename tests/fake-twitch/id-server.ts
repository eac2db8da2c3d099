import type { FakeAnswer } from './channels.js';

const words = (status: number, message: string): FakeAnswer => ({ status, body: { status, message } });

/** id.twitch.tv: app tokens by client credentials, a person's by device code, single-use refresh tokens. */
export class IdServer {
  readonly clientId = 'fakeclient0123456789';
  readonly clientSecret = 'fakesecret0123456789';
  /** Seconds that the next app tokens are valid. */
  appTokenSeconds = 5_000_000;
  userTokenSeconds = 14_000;
  /** Whether the person has typed the code. */
  isConfirmed = false;
  appTokensGiven = 0;
  /** Until it is removed, answered to every client. */
  saysInstead: FakeAnswer | undefined;
  readonly #app = new Set<string>();
  readonly #user = new Set<string>();
  readonly #refresh = new Set<string>();
  readonly #devices = new Set<string>();
  #number = 0;

  isAppToken(token: string): boolean {
    return this.#app.has(token);
  }

  isUserToken(token: string): boolean {
    return this.#user.has(token);
  }

  /** Every app token given out so far is refused from now on. */
  expireAppTokens(): void {
    this.#app.clear();
  }

  expireUserTokens(): void {
    this.#user.clear();
  }

  answer(path: string, form: URLSearchParams, authorization: string | undefined): FakeAnswer {
    if (this.saysInstead) return this.saysInstead;
    switch (path) {
      case '/token':
        return this.#token(form);
      case '/device':
        return this.#device(form);
      case '/validate':
        return this.#validate(authorization);
      default:
        return words(404, 'not found');
    }
  }

  #token(form: URLSearchParams): FakeAnswer {
    if (form.get('client_id') !== this.clientId) return words(400, 'invalid client');
    switch (form.get('grant_type')) {
      case 'client_credentials': {
        if (form.get('client_secret') !== this.clientSecret) return words(403, 'invalid client secret');
        const token = this.#next('app');
        this.#app.add(token);
        this.appTokensGiven += 1;
        return { status: 200, body: { access_token: token, expires_in: this.appTokenSeconds, token_type: 'bearer' } };
      }
      case 'urn:ietf:params:oauth:grant-type:device_code': {
        const code = form.get('device_code') ?? '';
        if (!this.#devices.has(code)) return words(400, 'invalid device code');
        if (!this.isConfirmed) return words(400, 'authorization_pending');
        this.#devices.delete(code);
        return this.#pair();
      }
      case 'refresh_token': {
        // Good for one use.
        if (!this.#refresh.delete(form.get('refresh_token') ?? '')) return words(400, 'Invalid refresh token');
        return this.#pair();
      }
      default:
        return words(400, 'unsupported grant type');
    }
  }

  #device(form: URLSearchParams): FakeAnswer {
    if (form.get('client_id') !== this.clientId) return words(400, 'invalid client');
    const code = this.#next('device');
    this.#devices.add(code);
    const verification_uri = 'https://www.twitch.tv/activate?device-code=ABCDEFGH';
    return {
      status: 200,
      body: { device_code: code, user_code: 'ABCDEFGH', verification_uri, expires_in: 1800, interval: 0 },
    };
  }

  #validate(authorization = ''): FakeAnswer {
    const token = authorization.replace(/^(OAuth|Bearer) /, '');
    if (this.#user.has(token)) {
      const scopes = ['user:read:follows'];
      const { clientId: client_id, userTokenSeconds: expires_in } = this;
      return { status: 200, body: { client_id, login: 'viewer', user_id: '777', scopes, expires_in } };
    }
    if (this.#app.has(token))
      return { status: 200, body: { client_id: this.clientId, scopes: null, expires_in: this.appTokenSeconds } };
    return words(401, 'invalid access token');
  }

  #pair(): FakeAnswer {
    const access = this.#next('user');
    const refresh = this.#next('refresh');
    this.#user.add(access);
    this.#refresh.add(refresh);
    return {
      status: 200,
      body: { access_token: access, refresh_token: refresh, expires_in: this.userTokenSeconds, token_type: 'bearer' },
    };
  }

  #next(kind: string): string {
    return `${kind}-token-${(this.#number += 1)}-0123456789abcdef`;
  }
}
