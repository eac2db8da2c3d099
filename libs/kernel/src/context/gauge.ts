import { Gauge, type Registry } from 'prom-client';

/** A figure, with the values of its labels where it has any. */
export type Figure = readonly [value: number, labels?: Readonly<Record<string, string>>];

export interface GaugeName {
  readonly name: string;
  readonly help: string;
  readonly labelNames?: readonly string[];
}

/** Registers a gauge whose figures are taken when somebody asks for them; one that is no longer given is no longer shown. */
export function gauge(
  registry: Registry,
  { name, help, labelNames = [] }: GaugeName,
  figures: () => Iterable<Figure>,
): void {
  registry.registerMetric(
    new Gauge({
      name,
      help,
      labelNames: [...labelNames],
      registers: [],
      collect() {
        this.reset();
        for (const [value, labels = {}] of figures()) this.set({ ...labels }, value);
      },
    }),
  );
}
