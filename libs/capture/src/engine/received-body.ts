import type { ReceiveMemory } from '../network/receive-memory.js';
import type { FetchBudget } from './fetch-budget.js';
import type { Flow } from './http-exchange.js';

/**
 * What was received of a segment and is not taken yet: within its share of the memory. What is beyond that is left with its sender.
 */
export class ReceivedBody {
  #chunks: Buffer[] = [];
  #bytes = 0;
  #flow: Flow | undefined;
  #held = false;
  #stretched = false;
  readonly #giveBack: () => void;

  constructor(
    private readonly budget: FetchBudget,
    private readonly memory: ReceiveMemory,
  ) {
    this.#giveBack = budget.begin();
  }

  get bytes(): number {
    return this.#bytes;
  }

  /** Its sender is held back. */
  get held(): boolean {
    return this.#held;
  }

  /** It comes from there now. */
  from(flow: Flow): void {
    this.#flow = flow;
  }

  add(chunk: Buffer): void {
    this.#chunks.push(chunk);
    this.#bytes += chunk.length;
    this.budget.note(chunk.length);
    if (this.#bytes < this.budget.share || (this.#stretched && this.budget.hasRoom) || this.#held) return;
    this.#held = true;
    this.#flow?.pause();
  }

  take(): Buffer[] {
    const chunks = this.#chunks;
    this.#empty();
    this.#release();
    return chunks;
  }

  /** From now on it may hold more than its share, as much as there is room for. */
  stretch(): void {
    this.#stretched = true;
    if (this.budget.hasRoom) this.#release();
  }

  /** Forgets what is there; what comes now comes from elsewhere. */
  clear(): void {
    this.memory.release(this.#chunks);
    this.#empty();
    this.#held = false;
    this.#flow = undefined;
  }

  /** It is complete and taken, or will never be. */
  end(): void {
    this.#giveBack();
  }

  #empty(): void {
    this.budget.note(-this.#bytes);
    this.#chunks = [];
    this.#bytes = 0;
  }

  #release(): void {
    if (!this.#held) return;
    this.#held = false;
    this.#flow?.resume();
  }
}
