import { createHash } from 'node:crypto';
import type { BetweenEntry } from '../ledger/entries.js';
import type { Ledger } from '../ledger/ledger.js';
import type { LedgerWriter } from '../ledger/ledger-writer.js';
import { bytesOf, type Piece } from '../memory/block-pool.js';
import { RecordingCoding } from '../inspect/coding-word.js';
import { inspectInit } from '../inspect/inspect-mp4.js';
import { inspectTsPieces } from '../inspect/inspect-ts.js';
import { inspectPacked, isPackedAudio } from '../inspect/packed-audio.js';
import type { MediaTimes, Timeline } from '../inspect/timeline.js';
import type { CaptureFact, Cause, Container, PartReason } from '../port.js';
import type { Clock } from './clock.js';
import { GapTally } from './gap-tally.js';
import type { AdStep, SegmentStep } from './plan-segments.js';
import type { SegmentDownload, TakenBytes } from './segment-download.js';
import type { SegmentTiming } from './segment-timing.js';
import type { HlsCaptureSettings } from './settings.js';

/** What the bytes of a segment say about the part they belong to. */
interface Format {
  readonly container: Container;
  readonly signature: string;
  readonly init: Buffer | undefined;
  readonly initSha256: string | undefined;
}

const UNKNOWN_FORMAT = 'unknown';
/** Players and remuxers either close a hole like this or stumble over it, so a new file begins after it. */
const GAP_OF_A_PART_MS = 10_000;

/**
 * Adds segments to parts and ledger, in order. It decides where a part ends, writes bytes while they arrive, commits
 * complete segments, and records what could not be fetched. File system errors are passed on as they are; the same
 * segment can then be tried again.
 */
export class SegmentCommitter {
  readonly #gaps = new GapTally();
  /** Why the next part will be opened, when none is open. */
  #nextReason: PartReason;
  readonly #coding: RecordingCoding;
  /** The step that already has its part, in case its bytes have to be fetched again. */
  #placed: SegmentStep | undefined;
  /** What missed segments hand on to the next one that is fetched. */
  #carried = { discontinuity: false, reset: false };
  /** Retries since the last ledger line about them. */
  #retries = 0;
  /** Wall-clock times: how far there are segments, and how far losses after them are recorded. */
  #committedUntilMs: number | undefined;
  #untilMs: number | undefined;
  /** Advertising that is being kept. */
  #keptAd: { readonly from: string; readonly to: string; readonly seconds: number } | undefined;

  constructor(
    private readonly writer: LedgerWriter,
    recovered: Ledger | undefined,
    private readonly settings: HlsCaptureSettings,
    private readonly clock: Clock,
    private readonly timing: SegmentTiming,
    /** Undefined if another track's clock decides. */
    private readonly timeline: Timeline | undefined,
    private readonly report: (fact: CaptureFact) => void,
  ) {
    const last = recovered?.parts.at(-1);
    this.#nextReason = last === undefined ? 'start' : 'restart';
    this.#coding = new RecordingCoding(last?.signature ?? UNKNOWN_FORMAT);
    this.#keptAd = recovered?.openAd;
    const segment = recovered?.segments.at(-1);
    this.#committedUntilMs = segment && segment.startsAtMs + segment.durationSeconds * 1000;
  }

  /**
   * Commits a segment as its bytes arrive.
   * @returns why it could not be fetched, if it could not
   */
  async commit(download: SegmentDownload, targetDurationSeconds: number): Promise<'committed' | 'cancelled' | Cause> {
    let attempt: number | undefined;
    for (;;) {
      // The first bytes of the first segment already show that the source works.
      const taken = await download.take(this.writer.totals.segments === 0 && attempt === undefined);
      if (taken.kind !== 'bytes') {
        this.writer.discard();
        return taken.kind === 'failed' ? taken.cause : 'cancelled';
      }
      try {
        if (taken.attempt !== attempt) {
          this.writer.discard();
          await this.#begin(download.step, taken, targetDurationSeconds);
          attempt = taken.attempt;
        } else await this.writer.write(taken.chunks, taken.last);
      } finally {
        download.written(taken.chunks);
      }
      if (taken.last) {
        await this.#commit(download.step, taken.measuredSeconds, taken.times);
        return 'committed';
      }
    }
  }

  /** Records a stretch of the broadcast that could not be fetched. */
  miss(fromMs: number, toMs: number, cause: Cause): void {
    this.#gaps.add(fromMs, toMs, cause);
    this.#untilMs = Math.max(this.#untilMs ?? toMs, toMs);
  }

  /** How far there are segments, on the wall clock. */
  get untilMs(): number | undefined {
    return this.#committedUntilMs;
  }

  /** Records that nothing has come since the last entry. */
  missSilence({ cause, ms }: { readonly cause: Cause; readonly ms: number }): void {
    if (this.#committedUntilMs === undefined) return;
    const toMs = this.#committedUntilMs + ms;
    const fromMs = Math.max(this.#committedUntilMs, this.#untilMs ?? 0);
    if (toMs > fromMs) this.miss(fromMs, toMs, cause);
  }

  /** Records that a request has to be repeated. */
  retry(): void {
    this.#retries += 1;
  }

  /** Records advertising that is left out. */
  skipAd(step: AdStep): void {
    this.#gaps.addAd(step);
  }

  missSegment({ startsAtMs, segment, discontinuity, reset }: SegmentStep, cause: Cause): void {
    this.miss(startsAtMs, startsAtMs + segment.durationSeconds * 1000, cause);
    this.#carried = {
      discontinuity: this.#carried.discontinuity || discontinuity,
      reset: this.#carried.reset || reset,
    };
  }

  /** Writes the first bytes of a segment, and opens another part first if the segment needs one. */
  async #begin(step: SegmentStep, { chunks, init, last }: TakenBytes, targetDurationSeconds: number): Promise<void> {
    const format = this.#formatOf(chunks, init);
    const reason = this.#partReason(step, format);
    if (reason === undefined) {
      await this.writer.write(chunks, last);
      return;
    }
    this.#nextReason = reason;
    await this.closePart();
    const at = this.#now();
    const { container, signature } = format;
    const part = { container, reason, signature, targetDurationSeconds, at };
    const opened = await this.writer.openPart({ ...part, ...(format.init && { init: format.init }) }, chunks, last);
    this.#coding.opened(signature);
    this.#carried = { ...this.#carried, reset: false };
    this.#placed = step;
    this.report({ kind: 'partOpened', at, number: opened.number, container: opened.container, reason });
  }

  #partReason(step: SegmentStep, format: Format): PartReason | undefined {
    const { part } = this.writer;
    if (part === undefined) return this.#nextReason;
    const isPlaced = this.#placed === step;
    if ((step.reset && !isPlaced) || this.#carried.reset) return 'sequence-reset';
    if (part.signature !== format.signature || part.initSha256 !== format.initSha256) return 'discontinuity';
    if (!isPlaced && this.#gaps.longestMs > GAP_OF_A_PART_MS) return 'gap';
    const age = (this.clock.now() - Date.parse(part.openedAt)) / 1000;
    return part.bytes >= this.settings.rotateBytes || age >= this.settings.rotateSeconds ? 'rotation' : undefined;
  }

  #formatOf(chunks: readonly Piece[], init: Buffer | undefined): Format {
    if (init !== undefined) {
      const initSha256 = createHash('sha256').update(init).digest('hex');
      return { container: 'mp4', signature: inspectInit(init) ?? UNKNOWN_FORMAT, init, initSha256 };
    }
    const pieces = chunks.map(bytesOf);
    const [first = Buffer.alloc(0)] = pieces;
    const told = isPackedAudio(first)
      ? { container: 'aac' as const, ...(inspectPacked(first) ?? inspectPacked(Buffer.concat(pieces))) }
      : { container: 'ts' as const, signature: inspectTsPieces(pieces) };
    // A segment that does not tell is taken to be like the one before.
    return { ...told, signature: this.#coding.wordFor(told.signature), init: undefined, initSha256: undefined };
  }

  async #commit(step: SegmentStep, measuredSeconds: number | undefined, times: MediaTimes | undefined): Promise<void> {
    const { segment } = step;
    const retries = this.#retries;
    const between = this.#between(retries);
    const programDateTime = new Date(step.startsAtMs).toISOString();
    const timing = this.timing.settle(segment, measuredSeconds);
    const follows = this.#gaps.entries().length === 0;
    if (!step.ad || !follows) this.#endKeptAd();
    const broken = follows && times !== undefined && this.timeline?.isBrokenBy(times) === true;
    await this.writer.commit(
      {
        mediaSequence: segment.mediaSequence,
        discontinuitySequence: segment.discontinuitySequence,
        ...timing,
        programDateTime,
        estimated: step.estimated,
        receivedAt: this.#now(),
        discontinuity: step.discontinuity || this.#carried.discontinuity || broken,
        ad: step.ad,
        identity: segment.identity,
      },
      between,
    );
    this.timeline?.passed(times, timing.durationSeconds);
    this.#committedUntilMs = step.startsAtMs + timing.durationSeconds * 1000;
    this.#carried = { discontinuity: false, reset: false };
    this.#told(retries);
    if (step.ad) this.#noteKeptAd(programDateTime, timing.durationSeconds);
  }

  #noteKeptAd(from: string, durationSeconds: number): void {
    const before = this.#keptAd;
    const to = new Date(Date.parse(from) + durationSeconds * 1000).toISOString();
    this.#keptAd = { from: before?.from ?? from, to, seconds: (before?.seconds ?? 0) + durationSeconds };
  }

  #endKeptAd(): void {
    if (this.#keptAd === undefined) return;
    const { from, to, seconds } = this.#keptAd;
    this.report({ kind: 'ad', from, to, seconds, kept: true });
    this.#keptAd = undefined;
  }

  #between(count: number): readonly BetweenEntry[] {
    return [...(count > 0 ? [{ type: 'retried', count, at: this.#now() } as const] : []), ...this.#gaps.entries()];
  }

  /** What lay in between is in the ledger now. */
  #told(retries: number): void {
    for (const entry of this.#gaps.entries()) {
      const { from, to, seconds } = entry;
      if (entry.type === 'gap') this.report({ kind: 'gap', from, to, seconds, cause: entry.cause });
      else this.report({ kind: 'ad', from, to, seconds, kept: false });
    }
    this.#gaps.clear();
    this.#retries -= retries;
  }

  async closePart(): Promise<void> {
    const closed = await this.writer.closePart(this.#now());
    if (closed === undefined) return;
    const { type: _, ...facts } = closed;
    this.report({ kind: 'partClosed', ...facts });
  }

  /** Writes what is still open: gaps at the end, the part, and the end itself if the source announced it. */
  async finish(ended: boolean): Promise<void> {
    if (ended) this.#endKeptAd();
    const retries = this.#retries;
    await this.writer.between(this.#between(retries));
    this.#told(retries);
    await this.closePart();
    if (ended) await this.writer.end(this.#now());
  }

  #now(): string {
    return new Date(this.clock.now()).toISOString();
  }
}
