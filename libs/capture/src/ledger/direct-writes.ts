import { constants } from 'node:fs';
import type { BlockPool } from '../memory/block-pool.js';
import type { Gate } from './gate.js';

/** The flag that has a file written past the system's cache; undefined where there is no such thing. */
export const O_DIRECT: number | undefined = constants.O_DIRECT;

/**
 * A write that takes longer, its turn included, tells of a disk that cannot keep up. What a hundred recordings have to catch up with when
 * they begin at once takes a second or two; sources keep what they have sent for ten at the least.
 */
const SLOW_MS = 5000;
/** For so long the system's cache takes what it cannot. */
const REST_MS = 60_000;

/**
 * Whether parts are written past the system's cache, which is right for what is written once and read much later if at all: it is not
 * copied, takes no memory from what needs it, and is on its way to the disk before it is on record. A disk that cannot keep up for a
 * while is written to through the cache until it can: that has room for minutes, the recorder only for seconds.
 */
export class DirectWrites {
  #restsUntilMs = -Infinity;

  /** @param now milliseconds */
  constructor(
    readonly pool: BlockPool,
    private readonly gate: Gate,
    private readonly now: () => number,
  ) {}

  get wanted(): boolean {
    return O_DIRECT !== undefined && this.now() >= this.#restsUntilMs;
  }

  /** Does a write in its turn, and takes note of how long that takes. */
  async run(write: () => Promise<void>): Promise<void> {
    const beganAtMs = this.now();
    try {
      await this.gate.run(write);
    } finally {
      const now = this.now();
      if (now - beganAtMs >= SLOW_MS) this.#restsUntilMs = now + REST_MS;
    }
  }
}
