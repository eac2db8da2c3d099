import type { Clock } from '../ports.js';

/** Waits for an absolute instant, so that a restart in between makes no difference. */
export async function waitUntil(instant: string, clock: Clock, signal: AbortSignal): Promise<void> {
  const until = Date.parse(instant);
  while (!signal.aborted && clock.now() < until) await clock.sleep(until - clock.now(), signal);
}
