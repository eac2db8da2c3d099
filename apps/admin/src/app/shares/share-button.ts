import { Component, inject, input } from '@angular/core';
import { MatButton } from '@angular/material/button';
import { MatDialog } from '@angular/material/dialog';
import { Icon } from '../ui/icon';
import type { ShareDialog } from './share-dialog';
import type { SharedThing, Sharing } from './shared-thing';

/** Opens the dialog in which links are created and revoked. */
@Component({
  selector: 'sv-share-button',
  imports: [Icon, MatButton],
  template: `<button matButton type="button" (click)="open()"><sv-icon name="share" /> Share</button>`,
})
export class ShareButton {
  readonly thing = input.required<SharedThing>();
  readonly title = input.required<string>();
  /** Media seconds of the moment on the screen. */
  readonly at = input(0);
  readonly #dialog = inject(MatDialog);

  protected async open(): Promise<void> {
    const { ShareDialog: dialog } = await import('./share-dialog');
    const data: Sharing = { thing: this.thing(), title: this.title(), at: this.at() };
    this.#dialog.open<ShareDialog, Sharing>(dialog, { data, width: '40rem' });
  }
}
