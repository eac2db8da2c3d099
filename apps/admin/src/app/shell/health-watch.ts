import { DestroyRef, Service, computed, inject, signal } from '@angular/core';
import { HttpErrorResponse } from '@angular/common/http';
import { takeUntilDestroyed } from '@angular/core/rxjs-interop';
import type { Health } from '@streamvault/api-contract';
import { ConsoleApi } from '../api/console-api';
import { LiveFeed } from '../feed/live-feed';

const everyMilliseconds = 30_000;

const isHealth = (body: unknown): body is Health => typeof body === 'object' && body !== null && 'checks' in body;

/** What `/health` says, asked once for the whole console: now and then, and when the server is there again. */
@Service()
export class HealthWatch {
  readonly #api = inject(ConsoleApi);
  readonly #health = signal<Health | undefined>(undefined);
  readonly health = this.#health.asReadonly();
  /** An older server does not tell. */
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
      // 503 carries the same body. No answer at all is what the connection indicator says already.
      error: (error: unknown) => {
        if (error instanceof HttpErrorResponse && isHealth(error.error)) this.#health.set(error.error);
      },
    });
  }
}
