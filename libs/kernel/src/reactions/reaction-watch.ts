import { Gauge, type Registry } from 'prom-client';
import type { HealthReport, HealthSource, MetricsSource } from '../context/watched.js';
import type { ReactionRunner } from './reaction-runner.js';

/** A stopped reaction is a warning: the others, and recording, go on without it. */
export class ReactionHealth implements HealthSource {
  readonly name = 'reactions';

  constructor(private readonly runner: Pick<ReactionRunner, 'status'>) {}

  check(): HealthReport {
    const problems = this.runner.status().flatMap(({ name, state, error, failedEvent }) => {
      const at = failedEvent ? ` at position ${failedEvent.position}` : '';
      if (state === 'stopped') return [`${name} stopped${at}${error === undefined ? '' : `: ${error}`}`];
      return error === undefined ? [] : [`${name} is retrying${at}: ${error}`];
    });
    return problems.length === 0 ? { status: 'ok' } : { status: 'warn', detail: problems.join('; ') };
  }
}

export class ReactionMetrics implements MetricsSource {
  constructor(private readonly runner: Pick<ReactionRunner, 'status'>) {}

  register(registry: Registry): void {
    const { runner } = this;
    const gauge = (name: string, help: string, figure: (status: ReturnType<typeof runner.status>[number]) => number) =>
      registry.registerMetric(
        new Gauge({
          name,
          help,
          labelNames: ['reaction'],
          registers: [],
          collect() {
            for (const status of runner.status()) this.set({ reaction: status.name }, figure(status));
          },
        }),
      );
    gauge(
      'streamvault_reaction_lag_seconds',
      'Age of the first event that a reaction has not handled yet.',
      ({ lagSeconds }) => lagSeconds,
    );
    gauge('streamvault_reaction_stopped', '1 if a reaction stopped at an event.', ({ state }) =>
      state === 'stopped' ? 1 : 0,
    );
    gauge(
      'streamvault_reaction_skipped',
      'Events that a reaction gave up since the server started.',
      ({ skipped }) => skipped,
    );
  }
}
