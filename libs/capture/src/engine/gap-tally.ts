import type { GapEntry } from '../ledger/entries.js';
import type { Cause } from '../port.js';

const TOUCHING_MS = 1000;

interface OpenGap {
  fromMs: number;
  toMs: number;
  readonly cause: Cause;
}

/** Gathers what could not be had until something could: neighbours of one cause make one gap. */
export class GapTally {
  #gaps: OpenGap[] = [];

  add(fromMs: number, toMs: number, cause: Cause): void {
    const last = this.#gaps.at(-1);
    if (last !== undefined && last.cause.code === cause.code && fromMs <= last.toMs + TOUCHING_MS) {
      last.toMs = Math.max(last.toMs, toMs);
    } else this.#gaps.push({ fromMs, toMs: Math.max(fromMs, toMs), cause });
  }

  entries(): readonly GapEntry[] {
    return this.#gaps.map(({ fromMs, toMs, cause }) => ({
      type: 'gap',
      from: new Date(fromMs).toISOString(),
      to: new Date(toMs).toISOString(),
      seconds: Math.round(toMs - fromMs) / 1000,
      cause,
    }));
  }

  clear(): void {
    this.#gaps = [];
  }
}
