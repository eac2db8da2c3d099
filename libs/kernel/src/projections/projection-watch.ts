import type { Registry } from 'prom-client';
import { gauge } from '../context/gauge.js';
import type { HealthReport, HealthSource, MetricsSource } from '../context/watched.js';
import type { ProjectionRunner } from './projection-runner.js';

/** A projection that stands still is a warning: recording goes on without it. */
export class ProjectionHealth implements HealthSource {
  readonly name = 'projections';

  constructor(private readonly runner: Pick<ProjectionRunner, 'status'>) {}

  check(): HealthReport {
    const all = this.runner.status();
    const problems = [
      all.flatMap(({ name, state, error, poisonedEvent }) =>
        state === 'poisoned' ? [`${name} stopped at position ${poisonedEvent?.position}: ${error}`] : [],
      ),
      all.flatMap(({ name, error }) => (error === undefined ? [] : [`${name} is retrying: ${error}`])),
      all.flatMap(({ name, rebuild }) =>
        rebuild?.state === 'failed' ? [`the rebuild of ${name} failed: ${rebuild.error}`] : [],
      ),
    ].find((found) => found.length > 0);
    if (problems) return { status: 'warn', detail: problems.join('; ') };
    const behind = all.filter(({ state }) => state === 'catching-up' || state === 'outdated').map(({ name }) => name);
    return behind.length > 0 ? { status: 'ok', detail: `catching up: ${behind.join(', ')}` } : { status: 'ok' };
  }
}

export class ProjectionMetrics implements MetricsSource {
  constructor(private readonly runner: Pick<ProjectionRunner, 'status'>) {}

  register(registry: Registry): void {
    const all = () => this.runner.status();
    gauge(
      registry,
      {
        name: 'streamvault_projection_lag_seconds',
        help: 'Age of the first event that a projection has not applied yet.',
        labelNames: ['projection'],
      },
      () => all().map(({ name, lagSeconds }) => [lagSeconds, { projection: name }]),
    );
    gauge(
      registry,
      {
        name: 'streamvault_projection_poisoned',
        help: '1 if a projection stopped at an event that it cannot apply.',
        labelNames: ['projection'],
      },
      () => all().map(({ name, state }) => [state === 'poisoned' ? 1 : 0, { projection: name }]),
    );
  }
}
