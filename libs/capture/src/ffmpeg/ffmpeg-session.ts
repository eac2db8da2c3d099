import { CaptureWatch } from '../session/capture-watch.js';
import type { Clock } from '../session/clock.js';
import { diskCause, DiskFailed, isWantOfRoom } from '../session/disk-cause.js';
import { FactQueue } from '../session/fact-queue.js';
import { factsOf } from '../session/ledger-replay.js';
import { SourceFault } from '@streamvault/network';
import { LedgerWriter } from '../ledger/ledger-writer.js';
import { inspectTs } from '../inspect/inspect-ts.js';
import type { AllowedHosts } from '@streamvault/network';
import type { Connections } from '@streamvault/network';
import { BROADCAST_OVER } from '../port.js';
import type {
  CaptureEnd,
  CaptureFact,
  CaptureReporter,
  CaptureRequest,
  CaptureSource,
  Cause,
  RefreshReason,
} from '../port.js';
import { Child } from '@streamvault/media';
import { SourceUnavailable } from '@streamvault/platforms';
import { addressFor, ffmpegArguments, type AudioChoice } from './ffmpeg-arguments.js';
import type { Reading } from '../reading.js';
import { LiveDash } from './live-dash.js';
import { isOver } from './manifest-over.js';
import type { FfmpegCaptureSettings } from './settings.js';
import { openWay, type Way } from './open-way.js';
import { causeOfEnd, SILENT, UNREADABLE_PICTURE } from './run-cause.js';
import { SliceCommitter } from './slice-committer.js';
import { DEFAULT_CUTTER_SETTINGS, NotATransportStream, TsCutter, type TsSlice } from './ts-cutter.js';

export interface FfmpegServices {
  readonly settings: FfmpegCaptureSettings;
  readonly clock: Clock;
  readonly allowed: AllowedHosts;
  readonly connections: Connections;
  readonly reading: Reading;
}

const LAST_FACTS_MS = 1000;
const DISK_RETRY_MS = 5000;
/** Codes of faults that stay the same however often the source is retried. */
const HOPELESS = new Set(['source.encrypted', 'source.redirected', 'source.too-large', 'source.unsupported']);

/**
 * How one run of ffmpeg ended: with a cause if the broadcast may go on; `otherwise` if ffmpeg needs other arguments.
 */
type RunEnd = 'stopped' | 'over' | 'otherwise' | (Cause & { readonly definitive?: boolean });

/** One capture by ffmpeg, over as many runs as it takes. */
export class FfmpegSession {
  readonly #facts: FactQueue;
  readonly #watch: CaptureWatch;
  #source: CaptureSource;
  #again: RefreshReason | undefined;
  #writer: LedgerWriter | undefined;
  #hasBegun = false;
  #opened = false;
  #lastSyncMs: number;
  #child: { readonly process: Child; readonly startedAtMs: number; lastByteAtMs: number | undefined } | undefined;
  readonly #dash: LiveDash;
  #stuck = false;
  /** Known from the first run that brought audio that cannot be read again. */
  #sound: AudioChoice = 'as-it-is';
  /** Set while the disk stands in the way. */
  #diskCause: Cause | undefined;
  #diskFailed: DiskFailed | undefined;

  constructor(
    private readonly request: CaptureRequest,
    reporter: CaptureReporter,
    private readonly signal: AbortSignal,
    private readonly leaving: AbortSignal,
    private readonly services: FfmpegServices,
  ) {
    const { clock } = services;
    this.#source = request.source;
    this.#dash = new LiveDash(services, request.directory);
    this.#facts = new FactQueue(reporter, clock);
    this.#watch = new CaptureWatch(request.recordingId, clock.now());
    this.#lastSyncMs = clock.now();
    this.#progress = (progress) => reporter.progress(progress);
  }
  readonly #progress: CaptureReporter['progress'];

  async run(): Promise<CaptureEnd> {
    const { directory, recordingId } = this.request;
    let opened: Awaited<ReturnType<typeof LedgerWriter.open>>;
    try {
      const mustExist = this.request.hasBegun === true;
      opened = await LedgerWriter.open(directory, recordingId, this.#now(), { mustExist });
    } catch (error) {
      return { kind: 'failed', cause: diskCause(error) };
    }
    const { writer, recovered } = opened;
    this.#writer = writer;
    try {
      for (const fact of recovered === undefined ? [] : factsOf(recovered)) this.#facts.push(fact);
      if (recovered?.ended !== undefined && this.request.mayGoOn !== true) return { kind: 'ended', reason: 'endlist' };
      this.#hasBegun = (recovered?.totals.segments ?? 0) > 0;
      const { clock, settings } = this.services;
      const report = (fact: CaptureFact): void => this.#report(fact);
      const committer = new SliceCommitter(writer, recovered, settings, clock, report, this.request.away);
      const end = await this.#capture(committer);
      if (this.#diskFailed !== undefined) throw this.#diskFailed;
      await this.#finish(writer, committer, end.kind === 'ended');
      this.#progress(this.#watch.progress(clock.now(), writer.totals));
      // A manifest that was live when it was opened is read by StreamVault itself.
      return end.kind === 'ended' && !this.#dash.isRead ? { ...end, wasOver: true } : end;
    } finally {
      this.#writer = undefined;
      // A disk that failed may refuse this too. The next capture of this folder checks all of it.
      await writer.close().catch((error: unknown) => {
        if (this.#diskFailed === undefined) throw error;
      });
      await this.#facts.drain(LAST_FACTS_MS);
    }
  }

  /** Called about once a second. */
  tick(): void {
    const { clock, settings } = this.services;
    const writer = this.#writer;
    if (writer === undefined || this.signal.aborted) return;
    const now = clock.now();
    this.#progress(this.#watch.progress(now, writer.totals));
    const cause = this.#hasBegun ? this.#watch.check(now, settings.stallSeconds * 1000) : undefined;
    if (cause !== undefined) this.#report({ kind: 'interrupted', at: this.#now(), cause });
    if (writer.unsyncedBytes > 0 && now - this.#lastSyncMs >= settings.syncSeconds * 1000) {
      this.#lastSyncMs = now;
      writer.sync().catch((error: unknown) => this.#diskTrouble(error));
    }
    this.#endWhatIsStuck(now);
  }

  /** @returns whether the same write can be retried as soon as there is room */
  #diskTrouble(error: unknown): boolean {
    const cause = diskCause(error);
    this.#diskCause = cause;
    if (this.#watch.diskTrouble(cause, this.services.clock.now()))
      this.#report({ kind: 'interrupted', at: this.#now(), cause });
    if (isWantOfRoom(cause)) return true;
    // The system may have dropped bytes that were not synced: everything has to be opened again.
    this.#diskFailed ??= new DiskFailed(cause, { cause: error });
    this.#child?.process.kill();
    return false;
  }

  #endWhatIsStuck(now: number): void {
    const { firstBytesSeconds, stuckSeconds } = this.services.settings;
    const child = this.#child;
    if (child === undefined) return;
    const quietMs = now - (child.lastByteAtMs ?? child.startedAtMs);
    if (quietMs < (child.lastByteAtMs === undefined ? firstBytesSeconds : stuckSeconds) * 1000) return;
    this.#stuck = true;
    child.process.kill();
  }

  async #capture(committer: SliceCommitter): Promise<CaptureEnd> {
    const { clock, settings } = this.services;
    let attempts = 0;
    while (!this.signal.aborted && this.#diskFailed === undefined) {
      const before = this.#writer?.totals.segments ?? 0;
      const end = await this.#runOnce(committer);
      if (end === 'over') return { kind: 'ended', reason: 'endlist' };
      if (end === 'stopped' || this.#diskFailed !== undefined) break;
      if (end === 'otherwise') continue;
      this.#watch.trouble({ code: end.code, message: end.message });
      attempts = (this.#writer?.totals.segments ?? 0) > before ? 1 : attempts + 1;
      const { code, message, definitive = false } = end;
      const isHopeless = attempts >= settings.openAttempts || (definitive && HOPELESS.has(code));
      if (!this.#hasBegun && isHopeless) return { kind: 'failed', cause: { code, message } };
      const wait = Math.min(settings.retryMinSeconds * 2 ** Math.min(attempts - 1, 10), settings.retryMaxSeconds);
      await clock.sleep(wait * 1000, this.signal);
      await this.#findAnew();
    }
    return { kind: 'stopped' };
  }

  async #findAnew(): Promise<void> {
    const { source } = this.request;
    if (source.refresh === undefined || this.signal.aborted) return;
    try {
      const found = await source.refresh('refused', this.signal);
      if (found.engine !== 'ffmpeg') return;
      this.#source = found;
      this.#again = 'refused';
    } catch (error) {
      if (this.signal.aborted) return;
      if (!(error instanceof SourceUnavailable)) throw error;
      this.#watch.trouble({ code: error.code, message: error.message });
    }
  }

  async #runOnce(committer: SliceCommitter): Promise<RunEnd> {
    let way: Way | undefined;
    try {
      const joining = await this.#dash.open(this.#source, this.#hasBegun, this.signal);
      committer.goOnFrom(this.#dash.heldSeconds);
      if (joining !== undefined) {
        committer.timedBy(joining.times.mediaSeconds, joining.times.wallMs);
        return await joining.join((process) => this.#follow(process, committer, undefined));
      }
      way = await openWay(this.#dash.found(this.#source), this.services);
      const { url, options, isSecret = false, environment } = way;
      const args = ffmpegArguments({ url, options, isSecret, sound: this.#sound });
      const process = await Child.start(this.services.settings.ffmpegPath, args, environment, isSecret ? 1 : 0);
      // A process that ended before reading this reports the reason by itself.
      if (isSecret) process.inputs[0]?.on('error', () => undefined).end(addressFor(url));
      return await this.#follow(process, committer, way);
    } catch (error) {
      if (error instanceof SourceFault) return { ...error.reason, definitive: error.definitive };
      if (error instanceof SourceUnavailable) return { code: error.code, message: error.message };
      throw error;
    } finally {
      await way?.close?.();
    }
  }

  async #follow(process: Child, committer: SliceCommitter, way: Way | undefined): Promise<RunEnd> {
    const { clock } = this.services;
    this.#stuck = false;
    this.#opened = false;
    this.#child = { process, startedAtMs: clock.now(), lastByteAtMs: undefined };
    const stop = (): void => void this.#stop(process);
    this.signal.addEventListener('abort', stop);
    if (this.signal.aborted) stop();
    try {
      const broken = await this.#take(process, committer);
      // Sources that count their clients should see that this one is gone.
      if (broken === 'otherwise') await this.#stop(process);
      else if (broken !== undefined) process.kill();
      const end = await process.ended;
      if (broken === 'otherwise') return this.signal.aborted ? 'stopped' : broken;
      // While nothing can be written, nothing is read either, and any ffmpeg falls silent.
      const found = this.#dash.trouble ?? (this.#stuck ? SILENT : undefined);
      const cause = broken ?? this.#diskCause ?? found ?? causeOfEnd(end, this.#source, way?.failure);
      await this.#untilWritten(() => committer.endRun(cause, this.#dash.isRead));
      if (this.signal.aborted) return 'stopped';
      const isAtEnd = broken === undefined && !this.#stuck && end.exitCode === 0;
      if (isAtEnd && (await this.#isOver())) return 'over';
      return cause;
    } finally {
      this.signal.removeEventListener('abort', stop);
      this.#child = undefined;
      process.kill();
    }
  }

  async #isOver(): Promise<boolean> {
    if (this.#dash.isRead) return this.#dash.isOver;
    const { connections, reading } = this.services;
    return isOver(this.#source, connections, reading, this.signal);
  }

  /** ffmpeg writes what it still holds and ends by itself; if it does not, it is killed. */
  async #stop(process: Child): Promise<void> {
    process.interrupt();
    const late = new AbortController();
    const waiting = this.services.clock.sleep(this.services.settings.stopSeconds * 1000, late.signal);
    await Promise.race([waiting, process.ended]);
    late.abort();
    process.kill();
  }

  /**
   * Takes the output of ffmpeg until it ends.
   * @returns the fault, if one made it end
   */
  async #take(process: Child, committer: SliceCommitter): Promise<Cause | 'otherwise' | undefined> {
    const { sliceSeconds } = this.services.settings;
    const cutter = new TsCutter({ ...DEFAULT_CUTTER_SETTINGS, sliceSeconds });
    try {
      for await (const chunk of process.stdout) {
        if (this.#child !== undefined) this.#child.lastByteAtMs = this.services.clock.now();
        const slices = cutter.push(chunk as Buffer);
        const unfit = this.#unfit(cutter);
        if (unfit !== undefined) return unfit;
        for (const slice of slices) await this.#commit(slice, committer);
      }
      const rest = cutter.finish();
      // What a finished run still held says nothing about the source: it is kept, but does not end an interruption, not even
      // if the recording ends with it.
      if (rest !== undefined && rest.durationSeconds > 0) await this.#commit(rest, committer, false);
      return undefined;
    } catch (error) {
      if (error instanceof NotATransportStream) return { code: 'ffmpeg.bad-output', message: error.message };
      throw error;
    }
  }

  /** This output cannot be read again as it is. Audio can be encoded into a form that can; video is left alone. */
  #unfit({ tables }: TsCutter): Cause | 'otherwise' | undefined {
    if (!tables.hasUnnamed) return undefined;
    if (this.#sound === 'as-it-is' && !this.#dash.isRead) {
      this.#sound = 'encoded';
      return 'otherwise';
    }
    return tables.hasPicture ? undefined : UNREADABLE_PICTURE;
  }

  async #commit(slice: TsSlice, committer: SliceCommitter, isNews = true): Promise<void> {
    this.#announce(slice);
    if (!(await this.#untilWritten(() => committer.commit(slice)))) return;
    this.#hasBegun = true;
    this.#diskCause = undefined;
    if (!isNews) return;
    if (this.#watch.committed(this.services.clock.now())) this.#report({ kind: 'resumed', at: this.#now() });
  }

  /**
   * Nothing is given up because the disk is full: it waits with what it has.
   * @returns false if it was stopped, or the disk failed
   */
  async #untilWritten(work: () => Promise<void>): Promise<boolean> {
    while (this.#diskFailed === undefined) {
      try {
        await work();
        return true;
      } catch (error) {
        if (!this.#diskTrouble(error) || this.signal.aborted) return false;
        await this.services.clock.sleep(DISK_RETRY_MS, this.signal);
      }
    }
    return false;
  }

  #announce({ chunks }: TsSlice): void {
    if (this.#opened) return;
    this.#opened = true;
    const signature = (chunks[0] && inspectTs(chunks[0])) ?? '';
    const size = /(\d+)x(\d+)/.exec(signature);
    this.#report({
      kind: 'sourceOpened',
      at: this.#now(),
      variant: {
        url: this.#source.url,
        ...(size && { width: Number(size[1]), height: Number(size[2]) }),
      },
      targetDurationSeconds: this.services.settings.sliceSeconds,
      ...(this.#again !== undefined && { again: this.#again }),
    });
    this.#again = undefined;
  }

  async #finish(writer: LedgerWriter, committer: SliceCommitter, ended: boolean): Promise<void> {
    const silence = this.#isMissed ? this.#watch.silence(this.services.clock.now()) : undefined;
    try {
      if (silence !== undefined) await committer.missSilence(silence);
      await committer.closePart();
      if (ended) await writer.end(this.#now());
    } catch (error) {
      // The ledger is valid without its closing lines; the next capture of the folder writes them.
      this.#report({ kind: 'interrupted', at: this.#now(), cause: diskCause(error) });
    }
  }

  /** It was stopped by somebody who would have wanted more of it. */
  get #isMissed(): boolean {
    return this.signal.aborted && !this.leaving.aborted && this.signal.reason !== BROADCAST_OVER;
  }

  #report(fact: CaptureFact): void {
    this.#facts.push(fact);
  }

  #now(): string {
    return new Date(this.services.clock.now()).toISOString();
  }
}
