/** The engine's only source of time, and of chance. */
export interface Clock {
  /** Milliseconds since the epoch. */
  now(): number;
  /** Waits; the end of the signal ends the wait early, without an error. */
  sleep(milliseconds: number, signal: AbortSignal): Promise<void>;
  /** Calls again and again until the returned function is called. */
  every(milliseconds: number, call: () => void): () => void;
  /** From 0 to 1: spreads over time what many would do at once. */
  random(): number;
}

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
      // A wait of nothing at all would let a loop starve everything else.
      const timer = setTimeout(end, Math.max(1, milliseconds));
      signal.addEventListener('abort', end);
    }),
  every: (milliseconds, call) => {
    const timer = setInterval(call, milliseconds);
    return () => clearInterval(timer);
  },
  random: () => Math.random(),
};
