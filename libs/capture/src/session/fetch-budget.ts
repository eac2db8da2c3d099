/** Sizes in bytes. */
export interface FetchBudgetSettings {
  /** The size of one write when memory is short. Each fetch may hold at least this much. */
  readonly flushBytes: number;
  /** The size of one write otherwise. */
  readonly writeBytes: number;
  /** How much one fetch may hold at most. */
  readonly bufferBytes: number;
  /** How much all fetches of the engine together may hold. */
  readonly totalBufferBytes: number;
}

/**
 * Divides the memory among segments that are being fetched. When many captures begin at once, each with a whole window
 * to fetch, the shares are small, and bytes that cannot be written yet stay with their sender. Every fetch gets a
 * share, so none waits for another. Playlists are not part of it.
 */
export class FetchBudget {
  #fetches = 0;
  #held = 0;

  constructor(private readonly settings: FetchBudgetSettings) {}

  /** How much a fetch that is waited for must be able to hold. */
  get least(): number {
    return this.settings.flushBytes;
  }

  /** How much is worth writing at once: few large writes cost less than many small ones, but hold more memory. */
  get wanted(): number {
    return this.hasRoom ? this.settings.writeBytes : this.settings.flushBytes;
  }

  /** How much a fetch may hold before it holds its sender back. */
  get share(): number {
    const { flushBytes, bufferBytes, totalBufferBytes } = this.settings;
    return Math.min(bufferBytes, Math.max(flushBytes, totalBufferBytes / Math.max(1, this.#fetches)));
  }

  /**
   * All fetches together hold less than allowed. Then a fetch that others depend on may hold more than its share;
   * otherwise those whose turn it is not yet hold less.
   */
  get hasRoom(): boolean {
    return this.#held < this.settings.totalBufferBytes;
  }

  /**
   * There are so many fetches that each has only what it needs. Another would make all of them smaller and none faster,
   * so only a fetch that is waited for is begun.
   */
  get isCrowded(): boolean {
    return this.#fetches * this.settings.flushBytes >= this.settings.totalBufferBytes;
  }

  /** A fetch holds this many bytes more, or fewer, than before. */
  note(bytes: number): void {
    this.#held += bytes;
  }

  /**
   * A fetch begins to hold memory.
   * @returns a function to call when it no longer does; only the first call counts
   */
  begin(): () => void {
    this.#fetches += 1;
    let holding = true;
    return () => {
      if (holding) this.#fetches -= 1;
      holding = false;
    };
  }
}
