import type { CaptureFact, CaptureProgress, CaptureReporter } from '../port.js';
import { stalledCause } from './stall-causes.js';

/**
 * Reports to a capture's reporter what the capture itself cannot: that its thread hangs, and that bytes arrive again.
 */
export class StallTeller {
  #segments = 0;
  /** The number of bytes when the hang was reported; undefined if nothing has to be taken back. */
  #stalledAt: number | undefined;
  #isBack = false;

  constructor(private readonly reporter: CaptureReporter) {}

  /** @param isOwn whether the capture's own source makes it hang; undefined if the source is unknown */
  stalled(isOwn: boolean | undefined): void {
    this.#stalledAt = this.#segments;
    this.#isBack = false;
    this.#tell({ kind: 'interrupted', at: new Date().toISOString(), cause: stalledCause(isOwn) });
  }

  back(): void {
    this.#isBack = true;
  }

  note({ segments }: CaptureProgress): void {
    this.#segments = segments;
    if (!this.#isBack || this.#stalledAt === undefined || segments <= this.#stalledAt) return;
    this.#stalledAt = undefined;
    this.#tell({ kind: 'resumed', at: new Date().toISOString() });
  }

  /** A report of the capture itself is newer than what was reported in its place. */
  told({ kind }: CaptureFact): void {
    if (kind === 'interrupted' || kind === 'resumed') this.#stalledAt = undefined;
  }

  #tell(fact: CaptureFact): void {
    // A reporter that cannot take the fact reports that itself.
    this.reporter.fact(fact).catch(() => undefined);
  }
}
