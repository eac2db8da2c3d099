/** The engine's only source of time and randomness. */
export interface Clock {
  /** Milliseconds since the epoch. */
  now(): number;
  /** Waits for 24 days at most. If the signal aborts, the wait ends early, without an error. */
  sleep(milliseconds: number, signal: AbortSignal): Promise<void>;
  /** Calls repeatedly until the returned function is called. */
  every(milliseconds: number, call: () => void): () => void;
  /** A number from 0 to 1. It spreads over time what many would do at once. */
  random(): number;
}

/** setTimeout takes 31 bits of milliseconds. A longer wait ends early, and its caller waits again. */
const LONGEST_MS = 2 ** 31 - 1;

export const systemClock: Clock = {
  now: () => Date.now(),
  sleep: (milliseconds, signal) =>
    new Promise((resolve) => {
      if (signal.aborted) {
        resolve();
        return;
      }
      const end = (): void => {
        clearTimeout(timer);
        signal.removeEventListener('abort', end);
        resolve();
      };
      // A wait of zero would let a loop starve everything else.
      const timer = setTimeout(end, Math.min(Math.max(1, milliseconds), LONGEST_MS));
      signal.addEventListener('abort', end);
    }),
  every: (milliseconds, call) => {
    const timer = setInterval(call, milliseconds);
    return () => clearInterval(timer);
  },
  random: () => Math.random(),
};
