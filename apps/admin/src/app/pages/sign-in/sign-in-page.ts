import { Component, computed, inject, input, signal } from '@angular/core';
import type { SignInWays } from '@streamvault/api-contract';
import { FormField, FormRoot, type TreeValidationResult, form, required } from '@angular/forms/signals';
import { MatButton } from '@angular/material/button';
import { MatError, MatFormField, MatLabel } from '@angular/material/form-field';
import { MatInput } from '@angular/material/input';
import { describeTrouble } from '../../api/trouble';
import { Passkeys, isCancelled } from '../../access/passkeys';
import { Session } from '../../access/session';

const refusals: Readonly<Record<string, string>> = {
  'oidc.refused': 'The sign-in was not confirmed. Try again.',
  'oidc.unknown-user':
    'Nobody here has that identity. Sign in with your password and connect it under Users and keys, or ask the administrator.',
  'oidc.no-role': 'You have no role here. Ask who runs the identity provider for one of the groups.',
  'oidc.provider-away': 'The identity provider does not answer. Sign in with your password, or try again later.',
  'user.identity-taken': 'That identity belongs to another account already.',
};

@Component({
  selector: 'sv-sign-in-page',
  imports: [FormField, FormRoot, MatButton, MatError, MatFormField, MatInput, MatLabel],
  styleUrl: '../../access/entrance.scss',
  template: `
    <div class="entrance">
      <h1>Sign in to StreamVault</h1>
      @if (trouble(); as words) {
        <p class="trouble" role="alert">{{ words }}</p>
      }
      <form [formRoot]="form">
        <mat-form-field appearance="outline" subscriptSizing="dynamic">
          <mat-label>Name</mat-label>
          <input matInput [formField]="form.name" autocomplete="username" autocapitalize="none" spellcheck="false" />
          @for (error of form.name().errors(); track $index) {
            <mat-error>{{ error.message }}</mat-error>
          }
        </mat-form-field>
        <mat-form-field appearance="outline" subscriptSizing="dynamic">
          <mat-label>Password</mat-label>
          <input matInput [formField]="form.password" type="password" autocomplete="current-password" />
          @for (error of form.password().errors(); track $index) {
            <mat-error>{{ error.message }}</mat-error>
          }
        </mat-form-field>
        <button matButton="filled" type="submit" [disabled]="form().submitting()">Sign in</button>
      </form>
      @if (ways()?.passkey?.isOffered) {
        <button matButton="outlined" type="button" [disabled]="isProving()" (click)="byPasskey()">
          Sign in with a passkey
        </button>
      }
      @if (ways()?.identityProvider; as provider) {
        <a matButton="outlined" [href]="providerAddress()">Sign in with {{ provider.label }}</a>
      }
    </div>
  `,
})
export default class SignInPage {
  readonly #session = inject(Session);
  readonly #passkeys = inject(Passkeys);
  protected readonly isProving = signal(false);
  /** From the address: where to continue. */
  readonly returnTo = input<string>();
  /** From the address: why signing in by the identity provider failed. */
  readonly refused = input<string>();
  readonly #trouble = signal<string | undefined>(undefined);
  protected readonly trouble = computed(() => {
    const refused = this.refused();
    return this.#trouble() ?? (refused === undefined ? undefined : (refusals[refused] ?? refusals['oidc.refused']));
  });
  protected readonly ways = signal<SignInWays | undefined>(undefined);
  protected readonly providerAddress = computed(() => {
    const returnTo = this.returnTo();
    return `/api/session/oidc${returnTo === undefined ? '' : `?returnTo=${encodeURIComponent(returnTo)}`}`;
  });

  protected readonly form = form(
    signal({ name: '', password: '' }),
    (path) => {
      required(path.name, { message: 'Enter your name.' });
      required(path.password, { message: 'Enter your password.' });
    },
    {
      submission: {
        action: () => this.#signIn(),
        onInvalid: (field) => field().errorSummary()[0]?.fieldTree().focusBoundControl(),
      },
    },
  );

  constructor() {
    // Without an answer, the password still works.
    void this.#session.ways().then(
      (ways) => this.ways.set(ways),
      () => undefined,
    );
  }

  protected async byPasskey(): Promise<void> {
    this.#trouble.set(undefined);
    this.isProving.set(true);
    try {
      await this.#session.signInByPasskey(await this.#passkeys.prove(), this.returnTo());
    } catch (error) {
      if (!isCancelled(error)) this.#trouble.set(describeTrouble(error).detail);
    }
    this.isProving.set(false);
  }

  async #signIn(): Promise<TreeValidationResult> {
    const { name, password } = this.form().value();
    this.#trouble.set(undefined);
    try {
      await this.#session.signIn(name, password, this.returnTo());
    } catch (error) {
      const { status, detail, advice } = describeTrouble(error);
      this.#trouble.set(status === 401 || status === 429 ? detail : `${detail} ${advice}`);
    }
    return undefined;
  }
}
