import { Service, inject } from '@angular/core';
import { MatSnackBar } from '@angular/material/snack-bar';
import { firstValueFrom } from 'rxjs';
import type { Trouble } from '../api/trouble';

/** Short messages about the latest command, shown and read out. */
@Service()
export class Notices {
  readonly #snackBar = inject(MatSnackBar);

  done(message: string): void {
    this.#snackBar.open(message, undefined, { duration: 4000, politeness: 'polite' });
  }

  /**
   * Says what was done or is about to be done, and offers to undo it. True if the user did.
   * @param milliseconds how long; default: until the next message
   */
  async undoable(message: string, milliseconds?: number): Promise<boolean> {
    const duration = milliseconds === undefined ? {} : { duration: milliseconds };
    const shown = this.#snackBar.open(message, 'Undo', { ...duration, politeness: 'assertive' });
    const { dismissedByAction } = await firstValueFrom(shown.afterDismissed());
    return dismissedByAction;
  }

  /** Stays long enough to be read, and can be dismissed. */
  trouble({ title, detail, advice }: Trouble): void {
    const message = `${title}. ${detail} ${advice}`;
    this.#snackBar.open(message, 'Dismiss', {
      duration: 15_000,
      politeness: 'assertive',
      panelClass: 'sv-trouble-notice',
    });
  }
}
