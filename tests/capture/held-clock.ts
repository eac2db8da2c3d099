import type { Clock } from '@streamvault/capture';

interface Wait {
  readonly atMs: number;
  readonly done: () => void;
}

/** A clock that moves only when a test moves it. */
export class HeldClock implements Clock {
  readonly #waits = new Set<Wait>();
  #nowMs: number;

  constructor(startsAt = '2026-03-01T12:00:00.000Z') {
    this.#nowMs = Date.parse(startsAt);
  }

  now(): number {
    return this.#nowMs;
  }

  random(): number {
    return 0;
  }

  sleep(milliseconds: number, signal: AbortSignal): Promise<void> {
    if (signal.aborted) return Promise.resolve();
    return new Promise((resolve) => {
      const wait = { atMs: this.#nowMs + milliseconds, done: resolve };
      this.#waits.add(wait);
      const leave = (): void => {
        this.#waits.delete(wait);
        resolve();
      };
      signal.addEventListener('abort', leave, { once: true });
    });
  }

  every(milliseconds: number, call: () => void): () => void {
    let wait: Wait;
    const arm = (): void => {
      const done = (): void => {
        arm();
        call();
      };
      wait = { atMs: this.#nowMs + milliseconds, done };
      this.#waits.add(wait);
    };
    arm();
    return () => this.#waits.delete(wait);
  }

  /** Whatever is due meanwhile happens at its own time. */
  pass(seconds: number): void {
    const untilMs = this.#nowMs + seconds * 1000;
    for (;;) {
      const [next] = [...this.#waits].toSorted((a, b) => a.atMs - b.atMs);
      if (next === undefined || next.atMs > untilMs) break;
      this.#waits.delete(next);
      this.#nowMs = Math.max(this.#nowMs, next.atMs);
      next.done();
    }
    this.#nowMs = untilMs;
  }
}
