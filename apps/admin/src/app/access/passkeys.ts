import { HttpClient } from '@angular/common/http';
import { InjectionToken, Service, inject } from '@angular/core';
import type {
  AddPasskeyBody,
  Passkey,
  PasskeyList,
  PasskeyOptions,
  PasskeySignInBody,
} from '@streamvault/api-contract';
import { type Observable, firstValueFrom, map } from 'rxjs';

/** The browser's side of passkeys (WebAuthn), with everything in JSON. */
export interface BrowserPasskeys {
  create(options: PasskeyOptions): Promise<AddPasskeyBody['response']>;
  get(options: PasskeyOptions): Promise<PasskeySignInBody['response']>;
}

/** Loaded when it is needed: most people sign in with a password. */
export const BROWSER_PASSKEYS = new InjectionToken<BrowserPasskeys>('BROWSER_PASSKEYS', {
  factory: () => ({
    create: async (options) => {
      const { startRegistration } = await import('@simplewebauthn/browser');
      return startRegistration({ optionsJSON: options as never });
    },
    get: async (options) => {
      const { startAuthentication } = await import('@simplewebauthn/browser');
      return startAuthentication({ optionsJSON: options });
    },
  }),
});

@Service()
export class Passkeys {
  readonly #http = inject(HttpClient);
  readonly #browser = inject(BROWSER_PASSKEYS);

  of(userId: number): Observable<Passkey[]> {
    return this.#http.get<PasskeyList>(`/api/users/${userId}/passkeys`).pipe(map(({ items }) => items));
  }

  /** To the user's own account. */
  async add(name: string, password: string | undefined): Promise<Passkey> {
    const body = password === undefined ? {} : { password };
    const options = await firstValueFrom(this.#http.post<PasskeyOptions>('/api/session/passkeys/options', body));
    const response = await this.#browser.create(options);
    return firstValueFrom(this.#http.post<Passkey>('/api/session/passkeys', { name, response }));
  }

  remove(userId: number, id: string): Promise<unknown> {
    return firstValueFrom(this.#http.delete(`/api/users/${userId}/passkeys/${encodeURIComponent(id)}`));
  }

  /** The browser's proof for the user who wants to sign in. */
  async prove(): Promise<PasskeySignInBody> {
    const options = await firstValueFrom(this.#http.post<PasskeyOptions>('/api/session/passkey/options', {}));
    return { response: await this.#browser.get(options) };
  }
}

/** The user closed the browser's window, or waited too long. That is not a failure, so no message is shown. */
export const isCancelled = (error: unknown): boolean =>
  error instanceof Error && (error.name === 'NotAllowedError' || error.name === 'AbortError');

/** The authenticator has one for this account already. */
export const isThereAlready = (error: unknown): boolean => error instanceof Error && error.name === 'InvalidStateError';
