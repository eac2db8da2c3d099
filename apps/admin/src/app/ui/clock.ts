import { DestroyRef, Service, inject, signal } from '@angular/core';

/** The current time, updated once a second, for ages and durations. Milliseconds since 1970. */
@Service()
export class Clock {
  readonly #now = signal(Date.now());
  readonly now = this.#now.asReadonly();

  constructor() {
    const timer = setInterval(() => this.#now.set(Date.now()), 1000);
    inject(DestroyRef).onDestroy(() => clearInterval(timer));
  }
}
