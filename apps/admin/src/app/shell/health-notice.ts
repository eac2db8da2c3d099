import { Component, computed, inject, signal } from '@angular/core';
import { toSignal } from '@angular/core/rxjs-interop';
import { NavigationEnd, Router, RouterLink } from '@angular/router';
import { filter, map } from 'rxjs';
import { diskTrouble } from '../storage/disk-words';
import { Icon } from '../ui/icon';
import { inWords } from '../ui/states';
import { HealthWatch } from './health-watch';

/** The page on which a warning is shown. If something is down, every page shows it. */
const placesOfWarnings: readonly string[] = ['/now', '/settings', '/storage'];

/** The problems that `/health` finds, each with a link to its solution. A warning can be dismissed until it changes. */
@Component({
  selector: 'sv-health-notice',
  imports: [Icon, RouterLink],
  template: `
    <div role="status">
      @for (finding of shown(); track finding.name) {
        <p [attr.data-status]="finding.status">
          <sv-icon name="alert" />
          <span
            ><strong>{{ finding.label }}</strong> {{ finding.detail }}
            <a [routerLink]="finding.cure">{{ finding.cureLabel }}</a></span
          >
          @if (finding.status === 'warn') {
            <button type="button" [attr.aria-label]="'Dismiss: ' + finding.label" (click)="dismiss(finding.words)">
              <sv-icon name="close" />
            </button>
          }
        </p>
      }
    </div>
  `,
  styles: `
    p {
      display: grid;
      grid-template-columns: auto minmax(0, 1fr) auto;
      gap: 0.6rem;
      align-items: start;
      margin-bottom: 0.75rem;
      padding: 0.65rem 0.9rem;
      border-radius: var(--sv-radius-small);
      background: var(--sv-warn-soft);
      color: var(--mat-sys-on-surface);
      overflow-wrap: anywhere;
    }
    p sv-icon {
      color: var(--sv-warn);
      margin-top: 0.1rem;
    }
    a {
      color: inherit;
      font-weight: 600;
    }
    button {
      display: grid;
      place-items: center;
      width: 2rem;
      height: 2rem;
      margin: -0.25rem -0.4rem -0.25rem 0;
      padding: 0;
      border: 0;
      border-radius: 50%;
      background: none;
      color: inherit;
      cursor: pointer;
    }
    p[data-status='down'] {
      background: var(--mat-sys-inverse-surface);
      color: var(--mat-sys-inverse-on-surface);
    }
    p[data-status='down'] sv-icon {
      color: inherit;
    }
  `,
})
export class HealthNotice {
  readonly #watch = inject(HealthWatch);
  readonly #router = inject(Router);
  readonly #dismissed = signal<ReadonlySet<string>>(new Set());
  readonly #path = toSignal(
    this.#router.events.pipe(
      filter((event) => event instanceof NavigationEnd),
      map(({ urlAfterRedirects }) => urlAfterRedirects.split('?')[0] ?? ''),
    ),
    { initialValue: this.#router.url.split('?')[0] ?? '' },
  );
  readonly #findings = computed(() => {
    const disks = this.#watch.disks().flatMap((disk) => diskTrouble(disk));
    const checks = Object.entries(this.#watch.health()?.checks ?? {})
      // Shown for each disk, with what to do.
      .filter(([name, check]) => check.status !== 'ok' && (name !== 'disk' || disks.length === 0))
      .map(([name, { status, detail }]) => ({
        name,
        status,
        label: `${inWords(name)}:`,
        detail: detail ?? (status === 'down' ? 'does not work.' : 'needs attention.'),
      }));
    return [
      ...disks.map((finding) => ({ ...finding, cure: '/storage', cureLabel: 'Open Storage' })),
      ...checks.map((finding) => ({ ...finding, cure: '/settings', cureLabel: 'Open Health' })),
    ].map((finding) => ({ ...finding, words: `${finding.label} ${finding.detail}` }));
  });
  protected readonly shown = computed(() => {
    const warns = placesOfWarnings.includes(this.#path());
    return this.#findings().filter(
      ({ status, words }) => status === 'down' || (warns && !this.#dismissed().has(words)),
    );
  });

  protected dismiss(words: string): void {
    this.#dismissed.update((before) => new Set(before).add(words));
  }
}
