import type { CaptureFact, CaptureReporter } from '../port.js';
import type { Clock } from './clock.js';

const RETRY_MIN_MS = 200;
const RETRY_MAX_MS = 5000;

/**
 * Hands facts to the reporter one after the other, so that the capture itself never waits for it. A fact that the
 * reporter does not take is offered again. What is left at the end is in the ledger, and the next capture reports it
 * from there.
 */
export class FactQueue {
  readonly #facts: CaptureFact[] = [];
  readonly #giveUp = new AbortController();
  #delivering: Promise<void> | undefined;

  constructor(
    private readonly reporter: CaptureReporter,
    private readonly clock: Clock,
  ) {}

  push(fact: CaptureFact): void {
    this.#facts.push(fact);
    this.#delivering ??= this.#deliver();
  }

  /** Waits until everything is taken, but not longer than this. Nothing is reported afterwards. */
  async drain(milliseconds: number): Promise<void> {
    const enough = new AbortController();
    await Promise.race([this.#delivering, this.clock.sleep(milliseconds, enough.signal)]);
    enough.abort();
    this.#giveUp.abort();
    this.#facts.length = 0;
  }

  async #deliver(): Promise<void> {
    let wait = RETRY_MIN_MS;
    try {
      for (let fact = this.#facts[0]; fact !== undefined; fact = this.#facts[0]) {
        if (await this.#offer(fact)) {
          this.#facts.shift();
          wait = RETRY_MIN_MS;
          continue;
        }
        await this.clock.sleep(wait, this.#giveUp.signal);
        wait = Math.min(wait * 2, RETRY_MAX_MS);
        if (this.#giveUp.signal.aborted) return;
      }
    } finally {
      // Cleared in the same turn in which nothing is left: a fact that came before this would otherwise wait for the
      // next one.
      this.#delivering = undefined;
    }
  }

  async #offer(fact: CaptureFact): Promise<boolean> {
    try {
      await this.reporter.fact(fact);
      return true;
    } catch {
      // The reporter reports its own trouble. Here it only means that the fact is not taken yet.
      return false;
    }
  }
}
