import { messageOf } from '@streamvault/failures';
import type { HealthReport, HealthSource } from './watched.js';

const slowMilliseconds = 2000;

/** What is needed, and whether it is there: one line of each source. */
export class HealthChecks {
  constructor(private readonly sources: readonly HealthSource[]) {}

  async report(): Promise<{ readonly status: HealthReport['status']; readonly checks: Record<string, HealthReport> }> {
    const told = await Promise.all(
      this.sources.map(async (source) => [source.name, await this.#guarded(source)] as const),
    );
    const states = told.map(([, { status }]) => status);
    const status = states.includes('down') ? 'down' : states.every((state) => state === 'ok') ? 'ok' : 'warn';
    return { status, checks: Object.fromEntries(told) };
  }

  /** A check that hangs or breaks is an answer: down. */
  async #guarded(source: HealthSource): Promise<HealthReport> {
    const { promise: late, resolve } = Promise.withResolvers<HealthReport>();
    const timer = setTimeout(() => resolve({ status: 'down', detail: 'no answer in time' }), slowMilliseconds);
    try {
      const { status, detail } = await Promise.race([Promise.resolve().then(() => source.check()), late]);
      return { status, ...(detail !== undefined && { detail }) };
    } catch (error) {
      return { status: 'down', detail: messageOf(error) };
    } finally {
      clearTimeout(timer);
    }
  }
}
