import { Component, computed, inject, input } from '@angular/core';
import { MatButton } from '@angular/material/button';
import { Notices } from '../commands/notices';
import { formatDuration } from '../ui/formats';
import { Icon } from '../ui/icon';

/** Copies an address of the moment on the screen. */
@Component({
  selector: 'sv-copy-moment',
  imports: [Icon, MatButton],
  template: `
    <button matButton type="button" (click)="copy()"><sv-icon name="link" /> Copy link at {{ at() }}</button>
  `,
})
export class CopyMoment {
  /** Of the page. */
  readonly path = input.required<string>();
  readonly seconds = input.required<number>();
  readonly #notices = inject(Notices);
  protected readonly at = computed(() => formatDuration(this.seconds()));

  protected async copy(): Promise<void> {
    const address = `${location.origin}${this.path()}?t=${Math.floor(this.seconds())}`;
    try {
      await navigator.clipboard.writeText(address);
      this.#notices.done('The link is copied.');
    } catch {
      // Only pages over https or of this machine may write to the clipboard. Otherwise the address is shown, to be
      // copied by hand.
      this.#notices.done(address);
    }
  }
}
