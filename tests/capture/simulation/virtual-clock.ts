import type { Clock } from '@streamvault/capture';

interface Timer {
  readonly atMs: number;
  readonly order: number;
  readonly call: () => void;
}

/** Numbers from 0 to 1 that are the same for the same seed (mulberry32). */
export function seeded(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** Time that passes only when nothing else can happen: an hour takes as long as its work. */
export class VirtualClock implements Clock {
  readonly random: () => number;
  #nowMs: number;
  #order = 0;
  #timers: Timer[] = [];

  constructor(startMs: number, seed: number) {
    this.#nowMs = startMs;
    this.random = seeded(seed);
  }

  now(): number {
    return this.#nowMs;
  }

  sleep(milliseconds: number, signal: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      if (signal.aborted) return resolve();
      const end = (): void => {
        signal.removeEventListener('abort', end);
        drop();
        resolve();
      };
      const drop = this.#at(this.#nowMs + Math.max(1, milliseconds), end);
      signal.addEventListener('abort', end);
    });
  }

  every(milliseconds: number, call: () => void): () => void {
    let drop = (): void => undefined;
    const again = (): void => {
      drop = this.#at(this.#nowMs + milliseconds, () => {
        again();
        call();
      });
    };
    again();
    return () => drop();
  }

  /** Lets time pass until the work is done. */
  async run<T>(work: Promise<T>): Promise<T> {
    const state = { over: false };
    const settled = work.finally(() => (state.over = true));
    settled.catch(() => undefined);
    while (!state.over) {
      await untilIdle();
      if (state.over) break;
      const next = this.#timers.shift();
      if (next === undefined) throw new Error('Nothing will ever happen any more');
      this.#nowMs = Math.max(this.#nowMs, next.atMs);
      next.call();
    }
    return settled;
  }

  #at(atMs: number, call: () => void): () => void {
    const timer = { atMs, order: (this.#order += 1), call };
    let at = this.#timers.length;
    while (at > 0 && this.#timers[at - 1]!.atMs > atMs) at -= 1;
    this.#timers.splice(at, 0, timer);
    return () => {
      this.#timers = this.#timers.filter((each) => each !== timer);
    };
  }
}

/** No promise can continue and no file operation is running. */
async function untilIdle(): Promise<void> {
  for (let quiet = 0; quiet < 2;) {
    await new Promise((resolve) => setImmediate(resolve));
    quiet = process.getActiveResourcesInfo().some((each) => /^(FSReq|CloseReq)/.test(each)) ? 0 : quiet + 1;
  }
}
