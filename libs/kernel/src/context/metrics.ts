import { gauge } from './gauge.js';
import type { MetricsSource } from './watched.js';
import { collectDefaultMetrics, Registry } from 'prom-client';

/** Prometheus metrics; figures are collected at each request. */
export class Metrics {
  readonly #registry = new Registry();
  #isAskedFor = false;

  /** @param sources what each part of the house measures */
  constructor(version: string, viewers: () => number, sources: readonly MetricsSource[]) {
    const registry = this.#registry;
    gauge(registry, { name: 'streamvault_info', help: 'Version of the server.', labelNames: ['version'] }, () => [
      [1, { version }],
    ]);
    gauge(registry, { name: 'streamvault_live_viewers', help: 'Connections to the live feed.' }, () => [[viewers()]]);
    for (const source of sources) source.register(registry);
  }

  get contentType(): string {
    return this.#registry.contentType;
  }

  async text(): Promise<string> {
    // Measuring the delay of the event loop takes a timer that wakes it a hundred times a second: most of the CPU that
    // an idle server uses.
    if (!this.#isAskedFor) collectDefaultMetrics({ register: this.#registry });
    this.#isAskedFor = true;
    return told(await this.#registry.metrics());
  }
}

/** What nothing was measured of yet is left out: the least delay of an event loop that was not watched is not 292 years. */
const told = (text: string): string => text.replaceAll(/^\S+ (NaN|Nan|9223372036\.854776)\n/gm, '');
