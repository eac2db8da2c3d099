import { setTimeout as timeout } from 'node:timers/promises';

/** The time, and waiting for it. Injected, so that a test can hold it still. */
export interface DemoClock {
  /** Milliseconds since the epoch. */
  now(): number;
  /** Settles after `milliseconds`, or at once when the signal aborts. Never rejects. */
  wait(milliseconds: number, signal: AbortSignal): Promise<void>;
}

export const systemDemoClock: DemoClock = {
  now: () => Date.now(),
  wait: (milliseconds, signal) =>
    timeout(milliseconds, undefined, { signal, ref: false }).catch(() => {
      // Aborted: the wait is over either way.
    }),
};
