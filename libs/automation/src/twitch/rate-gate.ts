import { pause } from './twitch-http.js';

/** Points reserved for what must not wait: polling and shards, while many subscriptions are made. */
const reserved = 100;
const lateMilliseconds = 250;

/**
 * Stays within the bucket that Twitch's own headers describe (`Ratelimit-*`; the reset is an instant in Unix seconds).
 */
export class RateGate {
  #remaining = Infinity;
  #resetAt = 0;

  /** What is left of the bucket, as last reported. */
  get remaining(): number | undefined {
    return Number.isFinite(this.#remaining) ? this.#remaining : undefined;
  }

  note(headers: Readonly<Record<string, string | string[] | undefined>>): void {
    const remaining = Number(headers['ratelimit-remaining'] ?? Number.NaN);
    const reset = Number(headers['ratelimit-reset'] ?? Number.NaN);
    if (!Number.isFinite(remaining) || !Number.isFinite(reset)) return;
    this.#remaining = remaining;
    this.#resetAt = reset * 1000;
  }

  /** Twitch answered 429: no request until its reset. */
  close(): void {
    this.#remaining = 0;
    this.#resetAt = Math.max(this.#resetAt, Date.now() + 1000);
  }

  /** `patient`: what can wait leaves some of the bucket for what cannot. */
  async pass(isPatient: boolean, signal: AbortSignal): Promise<void> {
    while (this.#remaining <= (isPatient ? reserved : 0)) {
      const wait = this.#resetAt - Date.now();
      if (wait <= 0) {
        this.#remaining = Infinity;
        return;
      }
      await pause(Math.min(wait, 60_000) + Math.random() * lateMilliseconds, signal);
    }
  }
}
