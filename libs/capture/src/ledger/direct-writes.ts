import { constants } from 'node:fs';
import type { BlockPool } from '../memory/block-pool.js';
import type { Gate } from './gate.js';

/** The flag that opens a file for writing past the system's cache; undefined if the system has none. */
export const O_DIRECT: number | undefined = constants.O_DIRECT;

/**
 * A write that takes longer than this, waiting included, shows that the disk cannot keep up. When a hundred recordings
 * begin at once, the disk catches up within a second or two; sources keep what they have sent for at least ten.
 */
const SLOW_MS = 5000;
/** How long writes then go through the system's cache. */
const REST_MS = 60_000;

/**
 * Whether parts are written past the system's cache. That suits bytes that are written once and read much later if at
 * all: they are not copied, take no memory from others, and are on their way to the disk before the ledger lists them.
 * While a disk cannot keep up, writes go through the cache: it has room for minutes, the recorder only for seconds.
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

  /** Runs a write in its turn and measures how long it takes. */
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
