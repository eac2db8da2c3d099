import { Component, inject, signal } from '@angular/core';
import { FormField, FormRoot, type TreeValidationResult, form, required, validate } from '@angular/forms/signals';
import { MatButton } from '@angular/material/button';
import {
  MAT_DIALOG_DATA,
  MatDialogActions,
  MatDialogClose,
  MatDialogContent,
  MatDialogRef,
  MatDialogTitle,
} from '@angular/material/dialog';
import { MatError, MatFormField, MatHint, MatLabel } from '@angular/material/form-field';
import { MatInput } from '@angular/material/input';
import { MatOption, MatSelect } from '@angular/material/select';
import type { Streamer } from '@streamvault/api-contract';
import { ConsoleApi } from '../../api/console-api';
import { type Trouble, describeTrouble } from '../../api/trouble';
import { qualitiesWith } from './qualities';

export interface StreamerDialogData {
  /** The one to edit; without it a new one is added. */
  readonly streamer?: Streamer;
}

/** Closes with the streamer as the server answered it, or with nothing when it was called off. */
@Component({
  selector: 'sv-streamer-dialog',
  imports: [
    FormField,
    FormRoot,
    MatButton,
    MatDialogActions,
    MatDialogClose,
    MatDialogContent,
    MatDialogTitle,
    MatError,
    MatFormField,
    MatHint,
    MatInput,
    MatLabel,
    MatOption,
    MatSelect,
  ],
  templateUrl: './streamer-dialog.html',
  styles: `
    mat-dialog-content {
      display: grid;
      gap: 1.1rem;
    }
    /* A floating label stands on the upper edge of its field. */
    mat-dialog-content > :first-child {
      margin-top: 0.5rem;
    }
    .trouble {
      padding: 0.7rem 0.9rem;
      border-radius: var(--sv-radius-small);
      background: var(--mat-sys-error-container);
      color: var(--mat-sys-on-error-container);
      overflow-wrap: anywhere;
    }
  `,
})
export class StreamerDialog {
  readonly #api = inject(ConsoleApi);
  readonly #dialog = inject<MatDialogRef<StreamerDialog, Streamer>>(MatDialogRef);
  protected readonly streamer = inject<StreamerDialogData>(MAT_DIALOG_DATA).streamer;
  protected readonly qualities = qualitiesWith(this.streamer?.quality ?? 'best');
  protected readonly trouble = signal<Trouble | undefined>(undefined);

  protected readonly form = form(
    signal({
      url: this.streamer?.url ?? '',
      name: this.streamer?.name ?? '',
      quality: this.streamer?.quality ?? 'best',
    }),
    (path) => {
      required(path.url, { message: 'Paste the address of the stream.' });
      validate(path.url, ({ value }) =>
        value().trim() === '' || /^https?:\/\/[^\s/]+/i.test(value().trim())
          ? undefined
          : { kind: 'url', message: 'An address begins with http:// or https://.' },
      );
      validate(path.name, ({ value }) =>
        value().trim().length > 200 ? { kind: 'long', message: 'At most 200 characters.' } : undefined,
      );
    },
    {
      submission: {
        action: () => this.#save(),
        onInvalid: (field) => field().errorSummary()[0]?.fieldTree().focusBoundControl(),
      },
    },
  );

  async #save(): Promise<TreeValidationResult> {
    const { url, name, quality } = this.form().value();
    const trimmed = name.trim();
    const named = trimmed === '' ? {} : { name: trimmed };
    this.trouble.set(undefined);
    try {
      const saved = this.streamer
        ? await this.#api.changeStreamer(this.streamer.id, { ...named, quality })
        : await this.#api.addStreamer({ ...named, url: url.trim(), quality });
      this.#dialog.close(saved);
      return undefined;
    } catch (error) {
      // Refused (a duplicate, not a stream) or not reachable: said here, where it can be corrected.
      const trouble = describeTrouble(error);
      const fields = { url: this.form.url, name: this.form.name, quality: this.form.quality };
      const known = trouble.fields.flatMap(({ path, message }) =>
        path === 'url' || path === 'name' || path === 'quality'
          ? [{ fieldTree: fields[path], kind: 'server', message }]
          : [],
      );
      if (known.length === 0) this.trouble.set(trouble);
      return known;
    }
  }
}
