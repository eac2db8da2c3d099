import { HttpClient } from '@angular/common/http';
import { InjectionToken, Service, inject, signal } from '@angular/core';
import type { PasskeySignInBody, Setup, SignInWays, WhoAmI } from '@streamvault/api-contract';
import { firstValueFrom } from 'rxjs';

/** Loads a page again completely, so that no data of the former session remains. */
export const OPEN_AFRESH = new InjectionToken<(path: string) => void>('OPEN_AFRESH', {
  factory: () => (path) => location.assign(path),
});

/** The user of the console, and how users sign in and out. */
@Service()
export class Session {
  readonly #http = inject(HttpClient);
  readonly #openAfresh = inject(OPEN_AFRESH);
  readonly #who = signal<WhoAmI | undefined>(undefined);
  /** Undefined until it is known. */
  readonly who = this.#who.asReadonly();

  /** Asks the server once; again only after {@link forget}. */
  async ask(): Promise<WhoAmI> {
    const known = this.#who();
    if (known) return known;
    const who = await firstValueFrom(this.#http.get<WhoAmI>('/api/session'));
    this.#who.set(who);
    return who;
  }

  forget(): void {
    this.#who.set(undefined);
  }

  setup(): Promise<Setup> {
    return firstValueFrom(this.#http.get<Setup>('/api/setup'));
  }

  ways(): Promise<SignInWays> {
    return firstValueFrom(this.#http.get<SignInWays>('/api/session/ways'));
  }

  async setUp(body: { name: string; password: string; code?: string }): Promise<void> {
    await firstValueFrom(this.#http.post<WhoAmI>('/api/setup', body));
    this.#openAfresh('/');
  }

  async signIn(name: string, password: string, returnTo: string | undefined): Promise<void> {
    await firstValueFrom(this.#http.post<WhoAmI>('/api/session', { name, password }));
    this.#openAfresh(ownPath(returnTo));
  }

  async signInByPasskey(proof: PasskeySignInBody, returnTo: string | undefined): Promise<void> {
    await firstValueFrom(this.#http.post<WhoAmI>('/api/session/passkey', proof));
    this.#openAfresh(ownPath(returnTo));
  }

  async signOut(): Promise<void> {
    await firstValueFrom(this.#http.delete('/api/session'));
    this.#openAfresh('/sign-in');
  }
}

/** A page of this console, and never another site, such as `//evil.example`. */
export const ownPath = (path: string | undefined): string =>
  path !== undefined && /^\/(?![/\\])/.test(path) && !path.startsWith('/sign-in') ? path : '/';
