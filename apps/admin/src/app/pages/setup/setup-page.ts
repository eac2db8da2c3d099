import { Component, inject, signal } from '@angular/core';
import { FormField, FormRoot, type TreeValidationResult, form, required, validate } from '@angular/forms/signals';
import { MatButton } from '@angular/material/button';
import { MatError, MatFormField, MatHint, MatLabel } from '@angular/material/form-field';
import { MatInput } from '@angular/material/input';
import { Router } from '@angular/router';
import { describeTrouble } from '../../api/trouble';
import { Session } from '../../access/session';

@Component({
  selector: 'sv-setup-page',
  imports: [FormField, FormRoot, MatButton, MatError, MatFormField, MatHint, MatInput, MatLabel],
  styleUrl: '../../access/entrance.scss',
  template: `
    <div class="entrance">
      <h1>Welcome to StreamVault</h1>
      <p>Create the first account. It is the administrator: it may do everything, and create accounts for others.</p>
      @if (trouble(); as words) {
        <p class="trouble" role="alert">{{ words }}</p>
      }
      <form [formRoot]="form">
        @if (codeNeeded()) {
          <mat-form-field appearance="outline" subscriptSizing="dynamic">
            <mat-label>Set-up code</mat-label>
            <input matInput [formField]="form.code" autocomplete="off" autocapitalize="characters" spellcheck="false" />
            <mat-hint>In the log of the server, and in the file setup-code in its data folder</mat-hint>
            @for (error of form.code().errors(); track $index) {
              <mat-error>{{ error.message }}</mat-error>
            }
          </mat-form-field>
        }
        <mat-form-field appearance="outline" subscriptSizing="dynamic">
          <mat-label>Name</mat-label>
          <input matInput [formField]="form.name" autocomplete="username" autocapitalize="none" spellcheck="false" />
          @for (error of form.name().errors(); track $index) {
            <mat-error>{{ error.message }}</mat-error>
          }
        </mat-form-field>
        <mat-form-field appearance="outline" subscriptSizing="dynamic">
          <mat-label>Password</mat-label>
          <input matInput [formField]="form.password" type="password" autocomplete="new-password" />
          <mat-hint>At least 8 characters; a few words that do not belong together are best</mat-hint>
          @for (error of form.password().errors(); track $index) {
            <mat-error>{{ error.message }}</mat-error>
          }
        </mat-form-field>
        <button matButton="filled" type="submit" [disabled]="form().submitting()">Create the administrator</button>
      </form>
    </div>
  `,
})
export default class SetupPage {
  readonly #session = inject(Session);
  readonly #router = inject(Router);
  protected readonly codeNeeded = signal(false);
  protected readonly trouble = signal<string | undefined>(undefined);

  protected readonly form = form(
    signal({ code: '', name: '', password: '' }),
    (path) => {
      validate(path.code, ({ value }) =>
        this.codeNeeded() && value().trim() === '' ? { kind: 'required', message: 'Enter the code.' } : undefined,
      );
      required(path.name, { message: 'Choose a name.' });
      required(path.password, { message: 'Choose a password.' });
    },
    {
      submission: {
        action: () => this.#setUp(),
        onInvalid: (field) => field().errorSummary()[0]?.fieldTree().focusBoundControl(),
      },
    },
  );

  constructor() {
    void this.#look();
  }

  async #look(): Promise<void> {
    try {
      const { required, codeNeeded } = await this.#session.setup();
      if (!required) await this.#router.navigateByUrl('/sign-in');
      this.codeNeeded.set(codeNeeded);
    } catch (error) {
      this.trouble.set(words(error));
    }
  }

  async #setUp(): Promise<TreeValidationResult> {
    const { code, name, password } = this.form().value();
    this.trouble.set(undefined);
    try {
      await this.#session.setUp({ name, password, ...(this.codeNeeded() && { code: code.trim() }) });
      return undefined;
    } catch (error) {
      const { code: problem, detail, fields } = describeTrouble(error);
      if (problem === 'setup.wrong-code') return { fieldTree: this.form.code, kind: 'server', message: detail };
      const atFields = fields.flatMap(({ path, message }) => {
        const fieldTree = { name: this.form.name, password: this.form.password }[path];
        return fieldTree ? [{ fieldTree, kind: 'server', message }] : [];
      });
      if (atFields.length === 0) this.trouble.set(words(error));
      return atFields;
    }
  }
}

function words(error: unknown): string {
  const { detail, advice } = describeTrouble(error);
  return `${detail} ${advice}`;
}
