import type { ProjectionRunner } from './projection-runner.js';

export interface KeptRowsParts<T> {
  readonly projections: Pick<ProjectionRunner, 'isStarted' | 'onAdvance'>;
  /** The name of the projection that writes the rows. */
  readonly of: string;
  readonly read: () => Promise<T>;
  /** Monotonic milliseconds. */
  readonly now?: () => number;
}

/** A rebuild replaces rows without telling. */
const longestMilliseconds = 30_000;

/**
 * What was read from a read model, kept until its projection writes again, so that a check every second costs nothing
 * while nothing happens. It is read again at least every 30 s, and every time if another process writes the rows.
 */
export class KeptRows<T> {
  readonly #parts: Required<KeptRowsParts<T>>;
  #kept: { readonly rows: T; readonly at: number; readonly generation: number } | undefined;
  #generation = 0;
  #isListening = false;

  constructor(parts: KeptRowsParts<T>) {
    this.#parts = { now: () => performance.now(), ...parts };
  }

  /** @throws whatever reading throws; nothing is kept then */
  async get(): Promise<T> {
    const { projections, read, now } = this.#parts;
    this.#listen();
    const kept = this.#kept;
    if (kept?.generation === this.#generation && now() - kept.at < longestMilliseconds && projections.isStarted)
      return kept.rows;
    // What is written while this reads may be missing from it: the next call reads again.
    const [generation, at] = [this.#generation, now()];
    const rows = await read();
    this.#kept = { rows, at, generation };
    return rows;
  }

  #listen(): void {
    if (this.#isListening) return;
    this.#isListening = true;
    const { projections, of } = this.#parts;
    projections.onAdvance(({ name, hasWritten }) => {
      if (hasWritten && name === of) this.#generation += 1;
    });
  }
}
