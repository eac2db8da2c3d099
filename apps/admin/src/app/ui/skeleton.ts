import { Component, input } from '@angular/core';

/**
 * A placeholder in the shape of the content that is being loaded. It appears late, so that a fast answer never
 * flickers.
 */
@Component({
  selector: 'sv-skeleton',
  template: `
    <div role="status" class="sv-sr-only">Loading</div>
    @for (line of lines(); track $index) {
      <div class="line" [style.height.px]="height()"></div>
    }
  `,
  host: { class: 'skeleton' },
  styles: `
    :host {
      display: grid;
      gap: 0.75rem;
    }
    .line {
      border-radius: var(--sv-radius);
      background: var(--mat-sys-surface-container-high);
      opacity: 0;
      animation:
        appear 300ms 180ms forwards,
        breathe 1.8s 480ms ease-in-out infinite;
    }
    @keyframes appear {
      to {
        opacity: 1;
      }
    }
    @keyframes breathe {
      50% {
        opacity: 0.5;
      }
    }
  `,
})
export class Skeleton {
  readonly count = input(3);
  readonly height = input(88);
  protected lines(): unknown[] {
    return Array.from({ length: this.count() });
  }
}
