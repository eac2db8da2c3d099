import { Component, input } from '@angular/core';
import { type Params, RouterLink } from '@angular/router';

export interface FilterChoice {
  readonly label: string;
  /** null: the parameter is removed from the address. */
  readonly value: string | null;
}

/** A choice that is kept in the address, so that back, reload and bookmarks keep it. */
@Component({
  selector: 'sv-filter-links',
  imports: [RouterLink],
  template: `
    <nav [attr.aria-label]="label()">
      @for (choice of choices(); track choice.label) {
        <a
          [routerLink]="[]"
          [queryParams]="paramsOf(choice)"
          queryParamsHandling="merge"
          [attr.aria-current]="choice.value === chosen() ? 'true' : null"
          >{{ choice.label }}</a
        >
      }
    </nav>
  `,
  styles: `
    nav {
      display: flex;
      flex-wrap: wrap;
      gap: 0.35rem;
    }
    a {
      padding: 0.36rem 0.9rem;
      border: 1px solid var(--sv-line);
      border-radius: 99px;
      color: var(--mat-sys-on-surface-variant);
      font-size: 0.875rem;
      font-weight: 560;
      text-decoration: none;
    }
    a:hover {
      color: var(--mat-sys-on-surface);
      border-color: var(--mat-sys-outline);
    }
    a[aria-current] {
      border-color: transparent;
      background: var(--mat-sys-secondary-container);
      color: var(--mat-sys-on-secondary-container);
    }
  `,
})
export class FilterLinks {
  readonly label = input.required<string>();
  readonly parameter = input.required<string>();
  readonly choices = input.required<readonly FilterChoice[]>();
  readonly chosen = input.required<string | null>();

  protected paramsOf({ value }: FilterChoice): Params {
    return { [this.parameter()]: value };
  }
}
