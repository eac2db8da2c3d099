/** Seconds before the attempt after the first, the second, and so on: about two days in all. */
const delays = [5, 30, 120, 300, 900, 1800, 3600, 7200, 14_400, 28_800, 57_600, 57_600] as const;
export const mostAttempts = delays.length + 1;

const longestWait = 24 * 3600;

/**
 * Seconds until the next attempt, null if there is none. A receiver that says how long to wait is obeyed, up to a day.
 * @param attempts how many there were
 * @param random from 0 to 1: spreads the retries of many notices by up to a fifth
 */
export function retryDelay(attempts: number, retryAfterSeconds: number | null, random: number): number | null {
  const own = delays[attempts - 1];
  if (own === undefined) return null;
  return Math.min(longestWait, Math.max(own * (1 + random / 5), retryAfterSeconds ?? 0));
}

export const isExpired = (expiresAt: string | null, at: string): boolean =>
  expiresAt !== null && Date.parse(expiresAt) <= Date.parse(at);

const failuresToOpen = 5;
const restMilliseconds = 5 * 60_000;

/** Leaves a target alone for a while after several failures in a row; then one attempt shows whether it works again. */
export class Circuit {
  #failures = 0;
  #openUntil = 0;

  /** Milliseconds since the epoch; undefined if it may be sent to. */
  restingUntil(now: number): number | undefined {
    return now < this.#openUntil ? this.#openUntil : undefined;
  }

  succeeded(): void {
    this.#failures = 0;
    this.#openUntil = 0;
  }

  failed(now: number): void {
    this.#failures += 1;
    if (this.#failures >= failuresToOpen) this.#openUntil = now + restMilliseconds;
  }
}
