import type { CaptureFact, CaptureProgress, CaptureReporter } from '../port.js';
import { stalledCause } from './stall-causes.js';

/** Tells a capture's reporter what the capture itself cannot: that its thread stands still, and that bytes come again. */
export class StallTeller {
  #segments = 0;
  /** What there was when it was told that it stands still; undefined where nothing is to be taken back. */
  #stalledAt: number | undefined;
  #isBack = false;

  constructor(private readonly reporter: CaptureReporter) {}

  /** @param isOwn it stands still over the capture's own source; undefined where nobody knows over what */
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

  /** What the capture tells itself is newer than what was told in its place. */
  told({ kind }: CaptureFact): void {
    if (kind === 'interrupted' || kind === 'resumed') this.#stalledAt = undefined;
  }

  #tell(fact: CaptureFact): void {
    // A reporter that cannot take it has its own way of telling that.
    this.reporter.fact(fact).catch(() => undefined);
  }
}
