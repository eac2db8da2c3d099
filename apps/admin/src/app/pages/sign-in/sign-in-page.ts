import { Component, ViewEncapsulation, inject, input, signal } from '@angular/core';
import { FormField, FormRoot, type TreeValidationResult, form, required } from '@angular/forms/signals';
import { MatButton } from '@angular/material/button';
import { MatError, MatFormField, MatLabel } from '@angular/material/form-field';
import { MatInput } from '@angular/material/input';
import { describeTrouble } from '../../api/trouble';
import { Session } from '../../access/session';

@Component({
  selector: 'sv-sign-in-page',
  imports: [FormField, FormRoot, MatButton, MatError, MatFormField, MatInput, MatLabel],
  encapsulation: ViewEncapsulation.None,
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
    </div>
  `,
})
export default class SignInPage {
  readonly #session = inject(Session);
  /** From the address: where to go on. */
  readonly returnTo = input<string>();
  protected readonly trouble = signal<string | undefined>(undefined);

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

  async #signIn(): Promise<TreeValidationResult> {
    const { name, password } = this.form().value();
    this.trouble.set(undefined);
    try {
      await this.#session.signIn(name, password, this.returnTo());
    } catch (error) {
      const { status, detail, advice } = describeTrouble(error);
      this.trouble.set(status === 401 || status === 429 ? detail : `${detail} ${advice}`);
    }
    return undefined;
  }
}
