import { Component } from '@angular/core';
import { RouterLink, RouterLinkActive } from '@angular/router';

/** The two halves of the audit: the events, and the read models. */
@Component({
  selector: 'sv-audit-head',
  imports: [RouterLink, RouterLinkActive],
  template: `
    <h1>Audit</h1>
    <nav aria-label="Audit">
      @for (half of halves; track half.path) {
        <a
          [routerLink]="half.path"
          routerLinkActive="active"
          ariaCurrentWhenActive="page"
          [routerLinkActiveOptions]="half.matching"
          >{{ half.label }}</a
        >
      }
    </nav>
  `,
  styles: `
    :host {
      display: flex;
      flex-wrap: wrap;
      gap: 0.5rem 2rem;
      align-items: end;
      justify-content: space-between;
      border-bottom: 1px solid var(--sv-line);
    }
    h1 {
      padding-bottom: 0.6rem;
    }
    nav {
      display: flex;
      gap: 0.25rem;
    }
    a {
      padding: 0.6rem 0.9rem;
      border-bottom: 3px solid transparent;
      border-radius: 8px 8px 0 0;
      color: var(--mat-sys-on-surface-variant);
      font-weight: 600;
      text-decoration: none;
    }
    a:hover {
      color: var(--mat-sys-on-surface);
    }
    .active {
      border-bottom-color: var(--mat-sys-primary);
      color: var(--mat-sys-on-surface);
    }
  `,
})
export class AuditHead {
  protected readonly halves = [
    {
      path: '/audit',
      label: 'Events',
      // Independent of the filters.
      matching: { paths: 'exact', queryParams: 'ignored', fragment: 'ignored', matrixParams: 'ignored' },
    },
    { path: '/audit/projections', label: 'Projections', matching: { exact: true } },
  ] as const;
}
