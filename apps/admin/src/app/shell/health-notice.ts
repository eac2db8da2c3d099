import { Component, DestroyRef, computed, inject, signal } from '@angular/core';
import { HttpErrorResponse } from '@angular/common/http';
import { takeUntilDestroyed } from '@angular/core/rxjs-interop';
import type { Health } from '@streamvault/api-contract';
import { ConsoleApi } from '../api/console-api';
import { LiveFeed } from '../feed/live-feed';
import { Icon } from '../ui/icon';
import { inWords } from '../ui/states';

const everyMilliseconds = 60_000;

const isHealth = (body: unknown): body is Health => typeof body === 'object' && body !== null && 'checks' in body;

/** What `/health` finds wrong, where nobody can overlook it: a full disk stops recordings long before anybody asks. */
@Component({
  selector: 'sv-health-notice',
  imports: [Icon],
  template: `
    <div role="status">
      @for (finding of findings(); track finding.name) {
        <p [attr.data-status]="finding.status">
          <sv-icon name="alert" />
          <span
            ><strong>{{ finding.label }}</strong> {{ finding.detail }}</span
          >
        </p>
      }
    </div>
  `,
  styles: `
    p {
      display: flex;
      gap: 0.6rem;
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
    p[data-status='down'] {
      background: var(--mat-sys-error-container);
      color: var(--mat-sys-on-error-container);
    }
    p[data-status='down'] sv-icon {
      color: inherit;
    }
  `,
})
export class HealthNotice {
  readonly #api = inject(ConsoleApi);
  readonly #health = signal<Health | undefined>(undefined);
  protected readonly findings = computed(() =>
    Object.entries(this.#health()?.checks ?? {})
      .filter(([, check]) => check.status !== 'ok')
      .map(([name, { status, detail }]) => ({
        name,
        status,
        label: `${inWords(name)}:`,
        detail: detail ?? (status === 'down' ? 'does not work.' : 'needs attention.'),
      })),
  );

  constructor() {
    inject(LiveFeed)
      .caughtUp.pipe(takeUntilDestroyed())
      .subscribe(() => this.#ask());
    const timer = setInterval(() => this.#ask(), everyMilliseconds);
    inject(DestroyRef).onDestroy(() => clearInterval(timer));
  }

  #ask(): void {
    this.#api.health().subscribe({
      next: (health) => this.#health.set(health),
      // 503 carries the same body. No answer at all is what the connection indicator says already.
      error: (error: unknown) => {
        if (error instanceof HttpErrorResponse && isHealth(error.error)) this.#health.set(error.error);
      },
    });
  }
}
