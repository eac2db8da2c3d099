import { EntityManager } from '@mikro-orm/core';
import type { EntityManager as SqlEntityManager } from '@mikro-orm/sql';
import { Inject, Injectable } from '@nestjs/common';
import type { MetricsSource } from '@streamvault/kernel';
import { Counter, type Registry } from 'prom-client';

/** How recordings end. */
const outcomes = ['completed', 'failed', 'cancelled'] as const;

interface Sums {
  readonly state: string;
  readonly count: number | string;
  readonly bytes: number | string | null;
  readonly gap_seconds: number | null;
  readonly ad_seconds: number | null;
}

interface Row {
  readonly id: number;
  readonly state: string;
  readonly bytes: number;
  readonly gap_seconds: number;
  readonly ad_seconds: number;
}

/**
 * Sums over all recordings that are over, from the read models: what was counted outlives the recording and the process. A failed one
 * that is retried leaves its count until it ends again.
 */
@Injectable()
export class RecordingMetrics implements MetricsSource {
  #asked: { readonly atMs: number; readonly sums: Promise<readonly Sums[]> } | undefined;

  constructor(@Inject(EntityManager) private readonly em: SqlEntityManager) {}

  register(registry: Registry): void {
    const sums = () => this.#sums();
    const counter = (name: string, help: string, figure: (sums: Sums) => number | string | null) =>
      registry.registerMetric(
        new Counter({
          name: `streamvault_${name}_total`,
          help,
          labelNames: ['outcome'],
          registers: [],
          async collect() {
            this.reset();
            const found = await sums();
            for (const outcome of outcomes) {
              const one = found.find(({ state }) => state === outcome);
              this.inc({ outcome }, one === undefined ? 0 : Number(figure(one) ?? 0));
            }
          },
        }),
      );
    counter('recordings', 'Recordings that are over, by how they ended.', ({ count }) => count);
    counter('recorded_bytes', 'Bytes captured by recordings that are over.', ({ bytes }) => bytes);
    counter('gap_seconds', 'Seconds that recordings that are over could not capture.', (one) => one.gap_seconds);
    counter(
      'ad_seconds',
      'Seconds of advertising in recordings that are over, left out or kept.',
      (one) => one.ad_seconds,
    );
  }

  /** One question for all four, and no more than one a second. */
  #sums(): Promise<readonly Sums[]> {
    const now = performance.now();
    if (this.#asked === undefined || now - this.#asked.atMs > 1000) this.#asked = { atMs: now, sums: this.#ask() };
    return this.#asked.sums;
  }

  async #ask(): Promise<readonly Sums[]> {
    return this.em
      .fork()
      .getKysely<{ recordings: Row }>()
      .selectFrom('recordings')
      .select((column) => [
        'state',
        column.fn.countAll().as('count'),
        column.fn.sum('bytes').as('bytes'),
        column.fn.sum<number>('gap_seconds').as('gap_seconds'),
        column.fn.sum<number>('ad_seconds').as('ad_seconds'),
      ])
      .where('state', 'in', [...outcomes])
      .groupBy('state')
      .execute() as Promise<readonly Sums[]>;
  }
}
