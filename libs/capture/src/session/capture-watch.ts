import type { LedgerTotals } from '../ledger/ledger.js';
import type { CaptureProgress, Cause } from '../port.js';

const RATE_SAMPLES = 5;

const NOTHING_NEW: Cause = {
  code: 'source.stalled',
  message: 'The source offers no new segment. StreamVault keeps checking until it continues.',
};

/** Tracks whether bytes still come: the rate, the age of the last byte, and when silence has become an interruption. */
export class CaptureWatch {
  #lastByteAtMs: number | undefined;
  readonly #beganAtMs: number;
  #quietSinceMs: number;
  #interrupted = false;
  #trouble: Cause | undefined;
  /** While the disk keeps bytes from being committed: when that was last seen. */
  #disk: { readonly cause: Cause; readonly seenAtMs: number } | undefined;
  #advertisingSince: string | undefined;
  readonly #samples: { readonly atMs: number; readonly bytes: number }[] = [];

  constructor(
    private readonly recordingId: number,
    nowMs: number,
  ) {
    this.#beganAtMs = nowMs;
    this.#quietSinceMs = nowMs;
  }

  get interrupted(): boolean {
    return this.#interrupted;
  }

  /** Records the latest fault since the last byte, which is the likely cause if silence follows. */
  trouble(cause: Cause): void {
    this.#trouble = cause;
  }

  /**
   * The disk refused bytes.
   * @returns whether that is new; it is reported at once, and only once
   */
  diskTrouble(cause: Cause, nowMs: number): boolean {
    const isNews = this.#disk === undefined;
    this.#disk = { cause, seenAtMs: nowMs };
    this.#interrupted = true;
    this.#trouble = cause;
    return isNews;
  }

  /** Advertising came and is left out: the source works, however long no byte comes. */
  advertising(from: string, nowMs: number): void {
    this.#advertisingSince ??= from;
    this.#quietSinceMs = nowMs;
  }

  /**
   * A segment was committed.
   * @returns whether that ends an interruption
   */
  committed(nowMs: number): boolean {
    const resumed = this.#interrupted;
    this.#lastByteAtMs = nowMs;
    this.#quietSinceMs = nowMs;
    this.#interrupted = false;
    this.#trouble = undefined;
    this.#disk = undefined;
    this.#advertisingSince = undefined;
    return resumed;
  }

  /** @returns the cause, if silence has just become an interruption */
  check(nowMs: number, stallMs: number): Cause | undefined {
    if (this.#disk !== undefined) {
      if (nowMs - this.#disk.seenAtMs < stallMs) return undefined;
      // The disk has worked again for this long: now it is the source that is silent.
      if (this.#trouble === this.#disk.cause) this.#trouble = undefined;
      this.#disk = undefined;
    } else if (this.#interrupted || nowMs - this.#quietSinceMs < stallMs) return undefined;
    this.#interrupted = true;
    return this.#trouble ?? NOTHING_NEW;
  }

  /** How long nothing has come, and why, if that is an interruption. */
  silence(nowMs: number): { readonly ms: number; readonly cause: Cause } | undefined {
    if (!this.#interrupted) return undefined;
    const sinceMs = this.#lastByteAtMs ?? this.#beganAtMs;
    return { ms: nowMs - sinceMs, cause: this.#trouble ?? NOTHING_NEW };
  }

  progress(nowMs: number, totals: LedgerTotals): CaptureProgress {
    this.#samples.push({ atMs: nowMs, bytes: totals.bytes });
    if (this.#samples.length > RATE_SAMPLES) this.#samples.shift();
    const oldest = this.#samples[0] ?? { atMs: nowMs, bytes: totals.bytes };
    const seconds = (nowMs - oldest.atMs) / 1000;
    return {
      recordingId: this.recordingId,
      ...totals,
      bytesPerSecond: seconds > 0 ? Math.max(0, (totals.bytes - oldest.bytes) / seconds) : 0,
      ...(this.#lastByteAtMs !== undefined && { lastByteAt: new Date(this.#lastByteAtMs).toISOString() }),
      ...(this.#advertisingSince !== undefined && { advertisingSince: this.#advertisingSince }),
    };
  }
}
