/** Sizes in bytes. */
export interface FetchBudgetSettings {
  /** What is written at once where memory is short; less than that none may be given. */
  readonly flushBytes: number;
  /** What is written at once where it is not. */
  readonly writeBytes: number;
  /** What one fetch may hold at most. */
  readonly bufferBytes: number;
  /** What all fetches of the engine together may hold. */
  readonly totalBufferBytes: number;
}

/**
 * Shares out what segments on their way may take of the memory. When many captures begin at once, each with a whole window to fetch,
 * the shares are small: what cannot be written yet is left with its sender. None is refused a share, so none waits for another, and
 * playlists take no part in it.
 */
export class FetchBudget {
  #fetches = 0;
  #held = 0;

  constructor(private readonly settings: FetchBudgetSettings) {}

  /** So much, a fetch that is waited for must be able to hold. */
  get least(): number {
    return this.settings.flushBytes;
  }

  /** What is worth writing at once: few large writes cost less than many small ones, but hold more memory. */
  get wanted(): number {
    return this.hasRoom ? this.settings.writeBytes : this.settings.flushBytes;
  }

  /** How much a fetch may hold before it holds its sender back. */
  get share(): number {
    const { flushBytes, bufferBytes, totalBufferBytes } = this.settings;
    return Math.min(bufferBytes, Math.max(flushBytes, totalBufferBytes / Math.max(1, this.#fetches)));
  }

  /**
   * All fetches together hold less than they may: one that others depend on may hold more than its share. Otherwise those whose turn it
   * is not yet hold less.
   */
  get hasRoom(): boolean {
    return this.#held < this.settings.totalBufferBytes;
  }

  /**
   * There are so many fetches that each has no more than it needs: another makes all of them smaller and none faster, and only one that is
   * waited for is begun.
   */
  get isCrowded(): boolean {
    return this.#fetches * this.settings.flushBytes >= this.settings.totalBufferBytes;
  }

  /** A fetch holds so many bytes more, or less, than before. */
  note(bytes: number): void {
    this.#held += bytes;
  }

  /** A fetch begins to hold something. @returns to be called when it no longer does; only the first call counts */
  begin(): () => void {
    this.#fetches += 1;
    let holding = true;
    return () => {
      if (holding) this.#fetches -= 1;
      holding = false;
    };
  }
}
