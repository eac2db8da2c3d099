import { Service, inject } from '@angular/core';
import { Title } from '@angular/platform-browser';
import { type RouterStateSnapshot, TitleStrategy } from '@angular/router';

const product = 'StreamVault';

/** `Live · StreamVault`: what differs comes first, so that tabs and screen readers can distinguish pages. */
@Service()
export class PageTitle extends TitleStrategy {
  readonly #title = inject(Title);

  override updateTitle(snapshot: RouterStateSnapshot): void {
    this.set(this.buildTitle(snapshot));
  }

  /** A page with a better title than its route (a video's name) sets it here. */
  set(title: string | undefined): void {
    this.#title.setTitle(title === undefined ? product : `${title} · ${product}`);
  }
}
