import { Service, inject } from '@angular/core';
import { MatDialog } from '@angular/material/dialog';
import { firstValueFrom } from 'rxjs';
import type { ConfirmDialog, Question } from './confirm-dialog';

/** Asks before something that cannot be undone. */
@Service()
export class Ask {
  readonly #dialog = inject(MatDialog);

  async confirm(question: Question): Promise<boolean> {
    const { ConfirmDialog: dialog } = await import('./confirm-dialog');
    const opened = this.#dialog.open<ConfirmDialog, Question, boolean>(dialog, {
      data: question,
      role: 'alertdialog',
      maxWidth: '28rem',
    });
    return (await firstValueFrom(opened.afterClosed())) === true;
  }
}
