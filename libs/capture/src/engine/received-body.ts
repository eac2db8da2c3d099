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
  #awaited = false;
  #beingWritten = 0;
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
    if (this.#held || this.#bytes < this.#limit) return;
    this.#held = true;
    this.#flow?.pause();
  }

  /** Where the memory is full, what is not its turn yet, or is being written, leaves it to what is waited for. */
  get #limit(): number {
    const { share, hasRoom, least } = this.budget;
    if (hasRoom) return this.#stretched ? Infinity : share;
    return Math.max(least / 4, this.#awaited ? least - this.#beingWritten : 0);
  }

  /** Whoever takes it has nothing else to do. @returns whether its sender was held back until now, and more may have come at once */
  await(): boolean {
    this.#awaited = true;
    return this.#release();
  }

  take(): Buffer[] {
    const chunks = this.#chunks;
    this.#beingWritten += this.#bytes;
    this.#forget();
    this.#release();
    return chunks;
  }

  /** What was taken is written, or will not be: the memory that it was received in can be used again. */
  written(chunks: readonly Buffer[]): void {
    this.#beingWritten -= this.#giveUp(chunks);
  }

  /** From now on it may hold more than its share, as much as there is room for. */
  stretch(): void {
    this.#stretched = true;
    if (this.budget.hasRoom) this.#release();
  }

  /** Forgets what is there; what comes now comes from elsewhere. */
  clear(): void {
    this.#giveUp(this.#chunks);
    this.#forget();
    this.#held = false;
    this.#flow = undefined;
  }

  /** It is complete and taken, or will never be. */
  end(): void {
    this.#giveBack();
  }

  #forget(): void {
    this.#chunks = [];
    this.#bytes = 0;
  }

  /** @returns how many bytes that is */
  #giveUp(chunks: readonly Buffer[]): number {
    const bytes = chunks.reduce((sum, { length }) => sum + length, 0);
    this.budget.note(-bytes);
    this.memory.release(chunks);
    return bytes;
  }

  #release(): boolean {
    if (!this.#held) return false;
    this.#held = false;
    this.#flow?.resume();
    return true;
  }
}
