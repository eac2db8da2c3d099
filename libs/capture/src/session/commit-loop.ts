import type { LedgerWriter } from '../ledger/ledger-writer.js';
import type { CaptureFact, Cause } from '../port.js';
import type { CaptureWatch } from './capture-watch.js';
import type { Clock } from './clock.js';
import { diskCause, isWantOfRoom } from './disk-cause.js';
import type { LedgerSync } from './ledger-sync.js';
import type { AdStep, PlanStep, SegmentStep } from './plan-segments.js';
import type { PlaylistWindow } from './playlist-window.js';
import type { SegmentCommitter } from './segment-committer.js';
import type { SegmentDownload } from './segment-download.js';
import type { SegmentQueue } from './segment-queue.js';
import type { HlsCaptureSettings } from './settings.js';

export interface CommitLoopParts {
  readonly queue: SegmentQueue;
  readonly writer: LedgerWriter;
  readonly committer: SegmentCommitter;
  readonly sync: LedgerSync;
  readonly watch: CaptureWatch;
  readonly window: PlaylistWindow;
  readonly settings: HlsCaptureSettings;
  readonly clock: Clock;
  /** Aborts when the capture is to end. */
  readonly ending: AbortSignal;
  readonly targetDurationSeconds: () => number;
  readonly report: (fact: CaptureFact) => void;
  /** Reports a permanent fault. Returns true if the capture ends because of it, false if it goes on. */
  readonly fail: (cause: Cause) => boolean;
  /** Ends the capture because of a disk that requires opening everything again. */
  readonly giveUpDisk: (cause: Cause, error: unknown) => void;
  readonly isDiskGivenUp: () => boolean;
}

/** More often than any patience that runs out without a byte. */
const ADVERTISED_EVERY_MS = 15_000;
/** After this many segments that could not be fetched, and none that could, the source itself is at fault. */
const MISSED_BEFORE_FIRST_BYTE = 5;
const FINISH_ATTEMPTS = 3;

const NOTHING_THERE: Cause = {
  code: 'source.empty',
  message: 'The source ended before a single segment could be fetched. Check whether the streamer is live.',
};

/**
 * Takes planned and fetched segments from the queue, one after the other, and makes sure that each is recorded,
 * whatever the disk does.
 */
export class CommitLoop {
  /** Steps that wait, or have waited, for the disk, and why. */
  readonly #heldUp = new WeakMap<PlanStep, Cause>();
  #missed = 0;
  #lastMissed: Cause | undefined;
  #advertisedAtMs = -Infinity;

  constructor(private readonly parts: CommitLoopParts) {}

  /** Why there is no segment at all. */
  get whyNothing(): Cause {
    return this.#lastMissed ?? NOTHING_THERE;
  }

  /** Settles when the queue has ended, or the disk is given up. */
  async run(): Promise<void> {
    const { committer, isDiskGivenUp, queue } = this.parts;
    for (let item = await queue.first(); item !== undefined; item = await queue.first()) {
      if (isDiskGivenUp()) return;
      if ('kind' in item) {
        if (item.kind === 'gap') committer.miss(item.fromMs, item.toMs, item.cause);
        else this.#skipAd(item);
        queue.removeFirst();
      } else if (await this.#commit(item)) queue.removeFirst();
    }
  }

  /** Writes what is still open; `ended` if the source said that the broadcast is over. */
  async finish(ended: boolean): Promise<void> {
    const { clock, committer, report } = this.parts;
    for (let attempts = 1; ; attempts += 1) {
      try {
        await committer.finish(ended);
        return;
      } catch (error) {
        if (attempts < FINISH_ATTEMPTS) continue;
        // The ledger is valid without its closing lines; the next capture of the folder writes them.
        report({ kind: 'interrupted', at: new Date(clock.now()).toISOString(), cause: diskCause(error) });
        return;
      }
    }
  }

  #skipAd(step: AdStep): void {
    const { clock, committer, report, watch } = this.parts;
    const now = clock.now();
    const from = new Date(step.fromMs).toISOString();
    committer.skipAd(step);
    watch.advertising(from, now);
    if (now - this.#advertisedAtMs < ADVERTISED_EVERY_MS) return;
    this.#advertisedAtMs = now;
    report({ kind: 'advertising', at: new Date(now).toISOString(), from });
  }

  /** @returns whether the segment is finished, committed or not */
  async #commit(download: SegmentDownload): Promise<boolean> {
    const { committer, targetDurationSeconds } = this.parts;
    try {
      const outcome = await committer.commit(download, targetDurationSeconds());
      if (outcome === 'cancelled') return false;
      if (outcome === 'committed') this.#committed();
      else this.#missedOne(download.step, outcome);
      return true;
    } catch (error) {
      await this.#waitForDisk(error);
      return false;
    }
  }

  /** Nothing is given up because of the disk: the same segment is fetched again when there is room. */
  async #waitForDisk(error: unknown): Promise<void> {
    const { clock, ending, fail, giveUpDisk, queue, report, settings, watch, writer } = this.parts;
    const cause = diskCause(error);
    writer.discard();
    if (fail(cause) || !isWantOfRoom(cause)) {
      giveUpDisk(cause, error);
      // The bytes taken from it are gone, so it must not count as complete.
      queue.restartFirst();
      return;
    }
    const now = clock.now();
    if (watch.diskTrouble(cause, now)) report({ kind: 'interrupted', at: new Date(now).toISOString(), cause });
    await clock.sleep(settings.retryMaxSeconds * 1000, ending);
    if (!this.#missWhatWent(cause)) queue.restartFirst();
  }

  /**
   * Gives up segments that the source may no longer have, and fetches again those that have left its list.
   * @returns whether any were given up
   */
  #missWhatWent(cause: Cause): boolean {
    const { committer, queue, window } = this.parts;
    const gone = queue.dropWhile((step) => window.isLongGone(step));
    for (const step of gone) committer.missSegment(step, cause);
    for (const step of queue.steps) this.#heldUp.set(step, cause);
    return gone.length > 0;
  }

  #missedOne(step: SegmentStep, cause: Cause): void {
    const { committer, fail } = this.parts;
    this.#missed += 1;
    this.#lastMissed = cause;
    const heldUp = this.#heldUp.get(step);
    if (heldUp !== undefined) {
      // The segment was available while the disk was not.
      committer.missSegment(step, heldUp);
      return;
    }
    const hopeless = cause.code === 'source.encrypted' || this.#missed >= MISSED_BEFORE_FIRST_BYTE;
    if (!hopeless || !fail(cause)) committer.missSegment(step, cause);
  }

  #committed(): void {
    const { clock, report, sync, watch } = this.parts;
    const now = clock.now();
    if (watch.committed(now)) report({ kind: 'resumed', at: new Date(now).toISOString() });
    sync.committed();
  }
}
