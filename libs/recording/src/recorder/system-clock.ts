import type { Clock } from '../ports.js';

/** setTimeout takes 31 bits of milliseconds; a longer wait is waited in pieces by whoever asks again. */
const longestWait = 2 ** 31 - 1;

export const systemClock: Clock = {
  now: () => Date.now(),
  wait: (milliseconds, signal) =>
    new Promise((resolve) => {
      if (signal.aborted) return resolve();
      const done = () => {
        clearTimeout(timer);
        signal.removeEventListener('abort', done);
        resolve();
      };
      const timer = setTimeout(done, Math.min(Math.max(milliseconds, 1), longestWait));
      signal.addEventListener('abort', done, { once: true });
    }),
};

/** Waits for an absolute instant, so that a restart in between changes nothing. */
export async function waitUntil(instant: string, clock: Clock, signal: AbortSignal): Promise<void> {
  const until = Date.parse(instant);
  while (!signal.aborted && clock.now() < until) await clock.wait(until - clock.now(), signal);
}
