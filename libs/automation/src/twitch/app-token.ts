import { z } from 'zod';
import { TwitchFailure } from './twitch-errors.js';
import type { TwitchHttp } from './twitch-http.js';
import type { TwitchCredentials } from './twitch-settings.js';

const granted = z.object({ access_token: z.string().min(1), expires_in: z.number() });
/** How long before its expiry it is renewed. */
const marginMilliseconds = 60_000;

/** Provides a token for Helix. */
export interface TokenSource {
  /** @throws TwitchFailure */
  get(signal: AbortSignal): Promise<string>;
  /** That token was refused: the next `get` gives another one, or says why there is none. */
  refused(token: string): void;
}

/** The application's own token, by client credentials. There is no refresh token; a new one is requested. */
export class AppToken implements TokenSource {
  readonly #credentials: TwitchCredentials;
  readonly #idUrl: string;
  readonly #http: TwitchHttp;
  #token: { readonly text: string; readonly expiresAt: number } | undefined;
  #asking: Promise<string> | undefined;

  constructor(credentials: TwitchCredentials, idUrl: string, http: TwitchHttp) {
    this.#credentials = credentials;
    this.#idUrl = idUrl;
    this.#http = http;
  }

  /** The expiry of the present token; undefined if there is none. */
  get expiresAt(): string | undefined {
    return this.#token && new Date(this.#token.expiresAt).toISOString();
  }

  async get(signal: AbortSignal): Promise<string> {
    if (this.#token && this.#token.expiresAt - marginMilliseconds > Date.now()) return this.#token.text;
    // Many callers need it at once when it expires; one of them asks Twitch.
    this.#asking ??= this.#ask(signal).finally(() => (this.#asking = undefined));
    return this.#asking;
  }

  refused(token: string): void {
    if (this.#token?.text === token) this.#token = undefined;
  }

  async #ask(signal: AbortSignal): Promise<string> {
    const { clientId, clientSecret } = this.#credentials;
    const form = { client_id: clientId, client_secret: clientSecret, grant_type: 'client_credentials' };
    const { status, body } = await this.#http.send(`${this.#idUrl}/token`, { method: 'POST', form, signal });
    if (status >= 500 || status === 429)
      throw new TwitchFailure('away', `Twitch gives out no tokens now (HTTP ${status}).`, status);
    const answer = granted.safeParse(body);
    if (status !== 200 || !answer.success)
      throw new TwitchFailure(
        'credentials',
        'Twitch refuses TWITCH_CLIENT_ID and TWITCH_CLIENT_SECRET. Compare them with your application at dev.twitch.tv/console.',
        status,
      );
    const { access_token: text, expires_in: seconds } = answer.data;
    this.#token = { text, expiresAt: Date.now() + seconds * 1000 };
    return text;
  }
}
