import type { Clock } from '../session/clock.js';
import { GapTally } from '../session/gap-tally.js';
import type { Ledger } from '../ledger/ledger.js';
import type { LedgerWriter } from '../ledger/ledger-writer.js';
import { RecordingCoding } from '../inspect/coding-word.js';
import { TS_WRAP_SECONDS } from '../inspect/media-clock.js';
import { inspectTsPieces } from '../inspect/inspect-ts.js';
import type { CaptureFact, Cause, PartReason } from '../port.js';
import type { FfmpegCaptureSettings } from './settings.js';
import type { TsSlice } from './ts-cutter.js';

/** A shorter silence between two runs of ffmpeg is not a gap. */
const LEAST_GAP_MS = 500;
/** If the timeline of a new run is farther than this from the wall clock, it is a different timeline. */
const ASTRAY_MS = 120_000;
const WRAP_MS = TS_WRAP_SECONDS * 1000;
const UNKNOWN_FORMAT = 'unknown';
/** Enough bytes to tell what a slice contains: audio may begin after a large key frame. */
const HEAD_BYTES = 1 << 20;

const WAS_AWAY: Cause = {
  code: 'capture.was-away',
  message: 'StreamVault was not running, and this source offers only what is live now.',
};

/** Adds slices to parts and ledger. Each run of ffmpeg has its own parts, and what lies between two runs is a gap. */
export class SliceCommitter {
  readonly #gaps = new GapTally();
  #nextReason: PartReason;
  readonly #coding: RecordingCoding;
  #sequence: number;
  #discontinuitySequence: number;
  /** How far the broadcast is recorded, on the wall clock. */
  #endsAtMs: number | undefined;
  /** Relates the stream's own timeline to the wall clock. */
  #anchor: { readonly mediaSeconds: number; readonly wallMs: number } | undefined;
  /** Relates the source's own timeline to the wall clock, if the source tells it. */
  #times: { readonly mediaSeconds: number; readonly wallMs: number } | undefined;
  #runIsNew = true;
  #lastCause: Cause;

  constructor(
    private readonly writer: LedgerWriter,
    recovered: Ledger | undefined,
    private readonly settings: FfmpegCaptureSettings,
    private readonly clock: Clock,
    private readonly report: (fact: CaptureFact) => void,
    away: Cause = WAS_AWAY,
  ) {
    const part = recovered?.parts.at(-1);
    const last = recovered?.segments.at(-1);
    this.#nextReason = part === undefined ? 'start' : 'restart';
    this.#coding = new RecordingCoding(part?.signature ?? UNKNOWN_FORMAT);
    this.#sequence = last === undefined ? 0 : last.mediaSequence + 1;
    this.#discontinuitySequence = last === undefined ? 0 : last.discontinuitySequence + 1;
    this.#endsAtMs = last && last.startsAtMs + last.durationSeconds * 1000;
    this.#lastCause = away;
  }

  /** The recording ends at this time of the timeline that the next run will use. */
  goOnFrom(mediaSeconds: number | undefined): void {
    if (mediaSeconds === undefined || this.#endsAtMs === undefined) return;
    this.#anchor ??= { mediaSeconds, wallMs: this.#endsAtMs };
  }

  /**
   * Sets the times of the next run: `mediaSeconds` of its timeline is the instant `wallMs`. If earlier runs used
   * another timeline, what is recorded stays in place, and what follows is placed by the difference.
   */
  timedBy(mediaSeconds: number, wallMs: number): void {
    const before = this.#times;
    this.#times = { mediaSeconds, wallMs };
    if (this.#anchor === undefined) this.#anchor = this.#times;
    else if (before !== undefined)
      this.#anchor = {
        mediaSeconds: this.#anchor.mediaSeconds + mediaSeconds - before.mediaSeconds,
        wallMs: this.#anchor.wallMs,
      };
  }

  /**
   * The program has ended.
   * @param cause why, if the broadcast may go on later
   * @param timeGoesOn whether the next run will use the same timeline
   */
  async endRun(cause: Cause, timeGoesOn = false): Promise<void> {
    if (!timeGoesOn) {
      this.#anchor = undefined;
      this.#times = undefined;
    }
    // A run that brought nothing only lengthens a silence that already has its cause.
    if (this.#runIsNew) return;
    this.#lastCause = cause;
    this.#runIsNew = true;
    this.#discontinuitySequence += 1;
    this.#nextReason = 'restart';
    await this.closePart();
  }

  /**
   * Commits a slice that is now complete. An error of the file system is passed on as it is; the slice can be tried
   * again.
   */
  async commit(slice: TsSlice): Promise<void> {
    const startsAtMs = this.#place(slice);
    const discontinuity = this.#sequence > 0 && (this.#runIsNew || slice.jumped);
    if (this.#runIsNew && this.#endsAtMs !== undefined && startsAtMs - this.#endsAtMs > LEAST_GAP_MS)
      this.#gaps.add(this.#endsAtMs, startsAtMs, this.#lastCause);
    await this.#openPart(slice);
    this.writer.discard();
    await this.writer.write(slice.chunks);
    const gaps = this.#gaps.entries();
    await this.writer.commit(
      {
        mediaSequence: this.#sequence,
        discontinuitySequence: this.#discontinuitySequence,
        durationSeconds: slice.durationSeconds,
        programDateTime: new Date(startsAtMs).toISOString(),
        estimated: true,
        receivedAt: this.#now(),
        discontinuity,
        ad: false,
        identity: `slice-${this.#sequence}`,
      },
      gaps,
    );
    for (const { type, ...gap } of gaps) if (type === 'gap' && 'cause' in gap) this.report({ kind: 'gap', ...gap });
    this.#gaps.clear();
    this.#runIsNew = false;
    this.#sequence += 1;
    this.#endsAtMs = startsAtMs + slice.durationSeconds * 1000;
  }

  /** Records that nothing has come since the last slice. */
  async missSilence({ cause, ms }: { readonly cause: Cause; readonly ms: number }): Promise<void> {
    if (this.#endsAtMs === undefined) return;
    // What the last run still held was recorded since the silence began.
    const toMs = Math.min(this.#endsAtMs + ms, this.clock.now());
    if (toMs - this.#endsAtMs <= LEAST_GAP_MS) return;
    this.#gaps.add(this.#endsAtMs, toMs, cause);
    const gaps = this.#gaps.entries();
    await this.writer.between(gaps);
    for (const { type, ...gap } of gaps) if (type === 'gap' && 'cause' in gap) this.report({ kind: 'gap', ...gap });
    this.#gaps.clear();
  }

  async closePart(): Promise<void> {
    const closed = await this.writer.closePart(this.#now());
    if (closed === undefined) return;
    const { type: _, ...facts } = closed;
    this.report({ kind: 'partClosed', ...facts });
  }

  /**
   * The start on the wall clock: the first slice is counted back from when it was complete, later ones go by the
   * stream's own time.
   */
  #place({ durationSeconds, startsAtSeconds, jumped }: TsSlice): number {
    const reckoned = this.clock.now() - durationSeconds * 1000;
    if (startsAtSeconds === undefined) return reckoned;
    if (this.#anchor === undefined || jumped || this.#isAstray(startsAtSeconds, reckoned)) {
      this.#anchor = { mediaSeconds: startsAtSeconds, wallMs: reckoned };
    }
    const { mediaSeconds, wallMs } = this.#anchor;
    const told = wallMs + (startsAtSeconds - mediaSeconds) * 1000;
    // A 33-bit clock does not say how often it has wrapped around.
    const startsAtMs = told + Math.round((reckoned - told) / WRAP_MS) * WRAP_MS;
    // Sources first send what they have buffered, faster than real time. Nothing can be recorded before it has
    // happened.
    const early = startsAtMs - reckoned;
    if (early > 0) this.#anchor = { mediaSeconds, wallMs: wallMs - early };
    return startsAtMs - Math.max(0, early);
  }

  /** Between two runs the 33-bit clock may have wrapped around, or the source may have restarted. */
  #isAstray(startsAtSeconds: number, reckonedMs: number): boolean {
    if (!this.#runIsNew || this.#anchor === undefined || this.#times !== undefined) return false;
    const { mediaSeconds, wallMs } = this.#anchor;
    return Math.abs(wallMs + (startsAtSeconds - mediaSeconds) * 1000 - reckonedMs) > ASTRAY_MS;
  }

  async #openPart(slice: TsSlice): Promise<void> {
    const signature = this.#coding.wordFor(inspectTsPieces(headOf(slice.chunks)));
    const reason = this.#partReason(signature);
    if (reason === undefined) return;
    this.#nextReason = reason;
    await this.closePart();
    const at = this.#now();
    const { sliceSeconds: targetDurationSeconds } = this.settings;
    const opened = await this.writer.openPart({ container: 'ts', reason, signature, targetDurationSeconds, at });
    this.#coding.opened(signature);
    this.report({ kind: 'partOpened', at, number: opened.number, container: 'ts', reason });
  }

  #partReason(signature: string): PartReason | undefined {
    const { part } = this.writer;
    if (part === undefined) return this.#nextReason;
    if (part.signature !== signature) return 'discontinuity';
    const age = (this.clock.now() - Date.parse(part.openedAt)) / 1000;
    return part.bytes >= this.settings.rotateBytes || age >= this.settings.rotateSeconds ? 'rotation' : undefined;
  }

  #now(): string {
    return new Date(this.clock.now()).toISOString();
  }
}

function headOf(chunks: readonly Buffer[]): readonly Buffer[] {
  const head: Buffer[] = [];
  let left = HEAD_BYTES;
  for (const chunk of chunks) {
    if (left <= 0) break;
    head.push(chunk.subarray(0, left));
    left -= chunk.length;
  }
  return head;
}
