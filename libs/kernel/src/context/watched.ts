import type { Registry } from 'prom-client';

/**
 * `warn`: something needs attention, but everything goes on. `down`: a necessary part is missing, and `/health` answers
 * 503.
 */
export interface HealthReport {
  readonly status: 'ok' | 'warn' | 'down';
  readonly detail?: string;
}

/** One line of `/health`. */
export interface HealthSource {
  /** camelCase, unique. */
  readonly name: string;
  /** Must answer within a second from known facts: it is called every few seconds. */
  check(): Promise<HealthReport> | HealthReport;
}

/** Adds its figures to `/metrics`. Called once; the collectors are called at every request. */
export interface MetricsSource {
  register(registry: Registry): void;
}
