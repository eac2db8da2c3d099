import type { MediaSegment } from '../hls/playlist.js';
import type { AdStep, GapStep, PlanStep, SegmentStep } from './plan-segments.js';
import { SegmentDownload, type DownloadServices } from './segment-download.js';

export type QueueItem = GapStep | AdStep | SegmentDownload;

/** However long the first one takes, no more than this many are begun. */
const MOST_BEGUN = 32;

/**
 * Planned segments in order. The first few are fetched at the same time, and so are those after one that is late. The
 * consumer takes the first, commits it, and only then removes it.
 */
export class SegmentQueue {
  #steps: PlanStep[] = [];
  /** Downloads of the first segments among the steps, in order. */
  #downloads: SegmentDownload[] = [];
  #closed = false;
  /** Nothing more is begun. */
  #ending = false;
  #wake: (() => void) | undefined;

  constructor(
    private readonly services: DownloadServices,
    private readonly parallel: number,
    /** Whether it has to be begun now, or may be too late. */
    private readonly isUrgent: (step: SegmentStep) => boolean,
    /** Whether other captures allow it to begin. */
    private readonly mayBegin: (isFirst: boolean) => boolean = () => true,
  ) {}

  push(steps: readonly PlanStep[]): void {
    if (this.#closed) return;
    // One by one, because the list of a day has more segments than a call may have arguments.
    for (const step of steps) this.#steps.push(step);
    this.review();
    this.#wake?.();
  }

  /** Updates where segments can be fetched: their addresses may have changed since they were planned. */
  relocate(segments: readonly MediaSegment[]): void {
    const offset = segments[0]?.mediaSequence ?? 0;
    let at = -1;
    for (const [index, step] of this.#steps.entries()) {
      if (step.kind !== 'segment') continue;
      at += 1;
      const known = step.segment;
      const found = segments[known.mediaSequence - offset];
      if (found === undefined || found.url === known.url || !isSame(found, known)) continue;
      const download = this.#downloads[at];
      if (download === undefined) this.#steps[index] = { ...step, segment: found };
      else download.relocate(found);
    }
  }

  /** Nothing more will be added; what is there is still to be fetched. */
  close(): void {
    this.#closed = true;
    this.#wake?.();
  }

  /**
   * Begins nothing more, and requests nothing again. Bytes already being sent may still complete a segment, until
   * {@link cutOff}.
   */
  drain(): void {
    if (this.#ending) return;
    this.#endWith(this.#downloads.length);
    for (const download of this.#downloads) download.settle();
  }

  /** Gives up what is not complete. If nothing follows it, it is not a gap: the recording ends there. */
  cutOff(): void {
    const last = this.#downloads.findLastIndex((download) => download.over || download.hasFailed);
    this.#endWith(last + 1);
    for (const download of this.#downloads) download.giveUp();
  }

  /**
   * Ends at once. Incomplete segments and all after them are not recorded as lost, because the next capture of the
   * folder can fetch them again.
   */
  leave(): void {
    if (this.#ending) return this.cutOff();
    const broken = this.#downloads.findIndex((download) => !download.complete);
    this.#endWith(broken < 0 ? this.#downloads.length : broken);
  }

  /** Drops all but the first `count` segments. */
  #endWith(count: number): void {
    this.#ending = true;
    this.#closed = true;
    let segments = 0;
    const end = this.#steps.findIndex((step) => step.kind === 'segment' && (segments += 1) > count);
    if (end >= 0) this.#steps = this.#steps.slice(0, end);
    for (const download of this.#downloads.splice(count)) download.cancel();
    this.#wake?.();
  }

  /** The first item; undefined at the end. */
  async first(): Promise<QueueItem | undefined> {
    for (;;) {
      const [step] = this.#steps;
      if (step !== undefined && step.kind !== 'segment') return step;
      const [download] = this.#downloads;
      if (download !== undefined) return download;
      // Segments that hold back for others are still to be fetched.
      if (this.#closed && step === undefined) return undefined;
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
  }

  removeFirst(): void {
    if (this.#steps.shift()?.kind === 'segment') this.#downloads.shift();
    this.review();
  }

  /** Everything that waits, the first included. */
  get steps(): readonly PlanStep[] {
    return this.#steps;
  }

  /** Gives up the first segments while `given` is true for them, even if parts of them have arrived. */
  dropWhile(given: (step: SegmentStep) => boolean): readonly SegmentStep[] {
    const dropped: SegmentStep[] = [];
    for (let [step] = this.#steps; step?.kind === 'segment' && given(step); [step] = this.#steps) {
      dropped.push(step);
      this.#steps.shift();
      this.#downloads.shift()?.cancel();
    }
    this.review();
    return dropped;
  }

  /** Fetches the first segment again from its beginning. If nothing may begin any more, that is the end. */
  restartFirst(): void {
    const [download] = this.#downloads;
    if (download === undefined) return;
    if (this.#ending) return this.#endWith(0);
    download.cancel();
    const again = this.#begin(download.step);
    again.relocate(download.segment);
    this.#downloads[0] = again;
  }

  /** The source as a whole was away and is back: whatever failed meanwhile is requested at once. */
  renew(): void {
    for (const download of this.#downloads) download.renew();
  }

  /**
   * Begins what can be begun, and makes the first segment give way if it must. Called on changes, and from time to
   * time.
   */
  review(): void {
    if (this.#ending) {
      for (const download of this.#downloads) download.stretch();
      return;
    }
    const now = this.services.clock.now();
    const unbegun = this.#fill(now);
    if (this.#downloads.length > 0) this.#wake?.();
    const [first, ...others] = this.#downloads;
    if (!first?.isStuck(now)) return;
    const waiting = others.find(({ held }) => held)?.step ?? unbegun;
    if (waiting !== undefined && this.isUrgent(waiting)) first.giveWay();
  }

  /** @returns the first segment that there is no room for */
  #fill(now: number): SegmentStep | undefined {
    let [at, busy, late] = [0, 0, false];
    for (const step of this.#steps) {
      if (step.kind !== 'segment') continue;
      const download = this.#downloads[at];
      if (download === undefined) {
        if (busy >= this.parallel) return undefined;
        if (at >= MOST_BEGUN || !this.#hasRoom(at)) return step;
        if (!this.mayBegin(at === 0)) return undefined;
        this.#downloads.push(this.#begin(step));
        busy += 1;
      } else {
        if (late) download.stretch();
        if (download.over ? !late : !download.isStuck(now)) busy += 1;
        late ||= download.isLate(now);
      }
      at += 1;
    }
    return undefined;
  }

  /**
   * The first is always begun; the next few unless other captures have too many; those after a late one if there is
   * memory.
   */
  #hasRoom(at: number): boolean {
    const { budget } = this.services;
    return at === 0 || (at < this.parallel ? !budget.isCrowded : budget.hasRoom);
  }

  #begin(step: SegmentStep): SegmentDownload {
    const download = new SegmentDownload(step, this.services, () => this.review());
    void download.start();
    return download;
  }
}

/** Compared by name, or by time if it was given another name. */
const isSame = (found: MediaSegment, known: MediaSegment): boolean =>
  found.identity === known.identity ||
  (found.programDateTimeMs !== undefined && found.programDateTimeMs === known.programDateTimeMs);
