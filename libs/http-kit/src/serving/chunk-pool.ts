/** Large chunks are few, and for who is not one of many. */
const sizes = { large: { bytes: 256 * 1024, most: 64 }, small: { bytes: 32 * 1024, most: 512 } } as const;

/**
 * Memory that files are read into on their way to a socket. It is kept and lent again, for what is made new for each chunk is garbage
 * by the gigabyte. However many answers there are, they take little together: many are lent smaller chunks.
 */
export class ChunkPool {
  readonly #free: Readonly<Record<keyof typeof sizes, Buffer[]>> = { large: [], small: [] };
  #largeOut = 0;

  take(): Buffer {
    if (this.isCrowded) return this.#free.small.pop() ?? Buffer.allocUnsafeSlow(sizes.small.bytes);
    this.#largeOut += 1;
    return this.#free.large.pop() ?? Buffer.allocUnsafeSlow(sizes.large.bytes);
  }

  giveBack(chunk: Buffer): void {
    const size = chunk.length === sizes.large.bytes ? 'large' : 'small';
    if (size === 'large') this.#largeOut -= 1;
    if (this.#free[size].length < sizes[size].most) this.#free[size].push(chunk);
  }

  /** So many answers at once that each has to do with one chunk, and a small one. */
  get isCrowded(): boolean {
    return this.#largeOut >= sizes.large.most;
  }
}
