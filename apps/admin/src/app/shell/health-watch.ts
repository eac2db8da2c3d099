import { DestroyRef, Service, computed, inject, signal } from '@angular/core';
import { HttpErrorResponse } from '@angular/common/http';
import { takeUntilDestroyed } from '@angular/core/rxjs-interop';
import type { Health } from '@streamvault/api-contract';
import { ConsoleApi } from '../api/console-api';
import { LiveFeed } from '../feed/live-feed';

const everyMilliseconds = 30_000;

const isHealth = (body: unknown): body is Health => typeof body === 'object' && body !== null && 'checks' in body;

/**
 * The answer of `/health`, fetched once for the whole console: from time to time, and when the server is available
 * again.
 */
@Service()
export class HealthWatch {
  readonly #api = inject(ConsoleApi);
  readonly #health = signal<Health | undefined>(undefined);
  readonly health = this.#health.asReadonly();
  /** Older servers do not have it. */
  readonly disks = computed(() => this.#health()?.disks ?? []);

  constructor() {
    inject(LiveFeed)
      .caughtUp.pipe(takeUntilDestroyed())
      .subscribe(() => this.ask());
    const timer = setInterval(() => this.ask(), everyMilliseconds);
    inject(DestroyRef).onDestroy(() => clearInterval(timer));
  }

  ask(): void {
    this.#api.health().subscribe({
      next: (health) => this.#health.set(health),
      // A 503 has the same body. If there is no answer at all, the connection indicator says so already.
      error: (error: unknown) => {
        if (error instanceof HttpErrorResponse && isHealth(error.error)) this.#health.set(error.error);
      },
    });
  }
}
