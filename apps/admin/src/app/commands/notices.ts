import { Service, inject } from '@angular/core';
import { MatSnackBar } from '@angular/material/snack-bar';
import type { Trouble } from '../api/trouble';

/** Short words about what was just asked for, said to eyes and ears alike. */
@Service()
export class Notices {
  readonly #snackBar = inject(MatSnackBar);

  done(message: string): void {
    this.#snackBar.open(message, undefined, { duration: 4000, politeness: 'polite' });
  }

  /** Stays long enough to be read, and can be sent away. */
  trouble({ title, detail, advice }: Trouble): void {
    const message = `${title}. ${detail} ${advice}`;
    this.#snackBar.open(message, 'Dismiss', {
      duration: 15_000,
      politeness: 'assertive',
      panelClass: 'sv-trouble-notice',
    });
  }
}
