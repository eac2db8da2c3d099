import type { Registry } from 'prom-client';

/** `warn`: something to look at, all goes on. `down`: a needed part is not there, and `/health` answers 503. */
export interface HealthReport {
  readonly status: 'ok' | 'warn' | 'down';
  readonly detail?: string;
}

/** One line of `/health`. */
export interface HealthSource {
  /** camelCase, unique. */
  readonly name: string;
  /** Within a second, from what is known: it is asked every few seconds. */
  check(): Promise<HealthReport> | HealthReport;
}

/** Adds its figures to `/metrics`; called once, the collectors whenever somebody asks. */
export interface MetricsSource {
  register(registry: Registry): void;
}
