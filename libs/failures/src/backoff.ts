import { setTimeout as delay } from 'node:timers/promises';

export interface BackoffOptions {
  readonly firstMs?: number;
  readonly maxMs?: number;
}

/** Waits twice as long each time, up to a limit, with jitter; a success starts over. */
export class Backoff {
  readonly #firstMs: number;
  readonly #maxMs: number;
  #failures = 0;

  constructor({ firstMs = 50, maxMs = 5000 }: BackoffOptions = {}) {
    this.#firstMs = firstMs;
    this.#maxMs = maxMs;
  }

  /** Since the last success. */
  get failures(): number {
    return this.#failures;
  }

  reset(): void {
    this.#failures = 0;
  }

  /** Resolves early, without an error, when the signal aborts. */
  async wait(signal: AbortSignal): Promise<void> {
    const bound = Math.min(this.#firstMs * 2 ** this.#failures, this.#maxMs);
    this.#failures += 1;
    await delay(bound * (0.5 + Math.random() / 2), undefined, { signal }).catch((error: unknown) => {
      if (!signal.aborted) throw error;
    });
  }
}

/** Rejects after `ms`; a later result is ignored. */
export async function withDeadline<T>(promise: Promise<T>, ms: number, late: () => Error): Promise<T> {
  const timer = Promise.withResolvers<never>();
  const timeout = setTimeout(() => timer.reject(late()), ms);
  try {
    return await Promise.race([promise, timer.promise]);
  } finally {
    clearTimeout(timeout);
  }
}
