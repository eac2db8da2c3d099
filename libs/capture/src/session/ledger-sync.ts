import type { Gate } from '../ledger/gate.js';
import type { LedgerWriter } from '../ledger/ledger-writer.js';
import type { Clock } from './clock.js';
import type { HlsCaptureSettings } from './settings.js';

/** Makes committed bytes survive a power cut: every few seconds or megabytes, in turn with other captures. */
export class LedgerSync {
  #lastMs: number;
  #awaited = false;
  #over = false;

  /** @param broken receives the error of a sync */
  constructor(
    private readonly writer: LedgerWriter,
    private readonly settings: HlsCaptureSettings,
    private readonly clock: Clock,
    private readonly gate: Gate,
    private readonly broken: (error: unknown) => void,
  ) {
    this.#lastMs = clock.now();
  }

  committed(): void {
    if (this.writer.unsyncedBytes >= this.settings.syncBytes) this.#soon();
  }

  /** Called about once a second. */
  tick(): void {
    const isDue = this.clock.now() - this.#lastMs >= this.settings.syncSeconds * 1000;
    if (isDue && this.writer.unsyncedBytes > 0) this.#soon();
  }

  /** The writer is about to be closed, which syncs by itself. */
  end(): void {
    this.#over = true;
  }

  #soon(): void {
    if (this.#awaited) return;
    this.#awaited = true;
    this.#lastMs = this.clock.now();
    void this.gate.run(() => this.#sync());
  }

  async #sync(): Promise<void> {
    this.#awaited = false;
    if (this.#over) return;
    try {
      await this.writer.sync();
    } catch (error) {
      this.broken(error);
    }
  }
}
