import { Component, ElementRef, afterRenderEffect, inject, input } from '@angular/core';
import { type Params, RouterLink } from '@angular/router';

export interface Tab {
  readonly label: string;
  /** null: the tab that is open if the address names none. */
  readonly value: string | null;
  /** Shown beside it, if there are any. */
  readonly count?: number;
}

/** The tabs of a page. They are in the address: a link can open one, and a reload stays there. */
@Component({
  selector: 'sv-tabs',
  imports: [RouterLink],
  template: `
    <nav [attr.aria-label]="label()">
      @for (tab of tabs(); track tab.label) {
        <a
          [routerLink]="[]"
          [queryParams]="paramsOf(tab)"
          queryParamsHandling="merge"
          replaceUrl
          [attr.aria-current]="tab.value === chosen() ? 'true' : null"
          >{{ tab.label }}
          @if (tab.count) {
            <span class="count sv-numbers">{{ tab.count }}</span>
          }
        </a>
      }
    </nav>
  `,
  styles: `
    nav {
      display: flex;
      gap: 0.25rem;
      overflow-x: auto;
      border-bottom: 1px solid var(--sv-line);
      scrollbar-width: thin;
    }
    a {
      display: inline-flex;
      gap: 0.4rem;
      align-items: center;
      min-height: 44px;
      padding: 0 0.9rem;
      border-bottom: 2px solid transparent;
      color: var(--mat-sys-on-surface-variant);
      font-weight: 550;
      text-decoration: none;
      white-space: nowrap;
    }
    a:hover {
      color: var(--mat-sys-on-surface);
    }
    a:focus-visible {
      outline-offset: -2px;
      border-radius: var(--sv-radius-small);
    }
    a[aria-current] {
      border-bottom-color: var(--mat-sys-primary);
      color: var(--mat-sys-on-surface);
    }
    @media (forced-colors: active) {
      /* Transparent borders are drawn there. */
      a {
        border-bottom-color: Canvas;
      }
      a[aria-current] {
        border-bottom: 4px solid Highlight;
      }
    }
    .count {
      padding: 0 0.45rem;
      border-radius: 99px;
      background: var(--sv-quiet-soft);
      font-size: 0.75rem;
    }
  `,
})
export class TabLinks {
  readonly label = input.required<string>();
  readonly tabs = input.required<readonly Tab[]>();
  readonly chosen = input.required<string | null>();
  readonly parameter = input('tab');

  constructor() {
    const { nativeElement } = inject<ElementRef<HTMLElement>>(ElementRef);
    // On a phone, the chosen tab may have to be scrolled into view.
    afterRenderEffect(() => {
      this.chosen();
      const bar = nativeElement.querySelector('nav');
      const tab = nativeElement.querySelector<HTMLElement>('[aria-current]');
      if (bar && tab && bar.scrollWidth > bar.clientWidth) bar.scrollLeft = tab.offsetLeft - bar.offsetLeft - 24;
    });
  }

  protected paramsOf({ value }: Tab): Params {
    return { [this.parameter()]: value };
  }
}
