import { setTimeout as delay } from 'node:timers/promises';

/** A pause that can be cut short. */
export class Wakeable {
  #waking = new AbortController();
  #isAwake = false;

  wake(): void {
    this.#isAwake = true;
    this.#waking.abort();
  }

  /** Ends after that time, by {@link wake} (also an earlier one), or with the signal. */
  async wait(milliseconds: number, signal: AbortSignal): Promise<void> {
    if (!this.#isAwake) await this.pause(milliseconds, AbortSignal.any([signal, this.#waking.signal]));
    this.#isAwake = false;
    this.#waking = new AbortController();
  }

  async pause(milliseconds: number, signal: AbortSignal): Promise<void> {
    await delay(milliseconds, undefined, { signal }).catch(() => undefined);
  }
}
