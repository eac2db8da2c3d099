import path from 'node:path';
import type { MediaSegment } from '../hls/playlist.js';
import type { Ledger } from '../ledger/ledger.js';
import type { ReceiveMemory } from '../network/receive-memory.js';
import { LedgerWriter } from '../ledger/ledger-writer.js';
import { SOUND_FOLDER } from '../ledger/sound.js';
import type { CaptureEnd, CaptureFact, CaptureReporter, CaptureRequest, Cause } from '../port.js';
import { CaptureWatch } from './capture-watch.js';
import type { Clock } from './clock.js';
import { diskCause, DiskFailed, isWantOfRoom } from './disk-cause.js';
import { FactQueue } from './fact-queue.js';
import type { FetchBudget } from './fetch-budget.js';
import { HlsSource, type LoadedPlaylist, type OpenedSource, type Track } from './hls-source.js';
import type { Http } from './http.js';
import { factsOf, knownSegments } from './ledger-replay.js';
import { SegmentPlanner, type AdStep, type PlanStep, type SegmentStep } from './plan-segments.js';
import { PlaylistFollower } from './playlist-follower.js';
import { PlaylistWindow } from './playlist-window.js';
import { ResourceStore } from './resource-store.js';
import { SegmentCommitter } from './segment-committer.js';
import type { SegmentDownload } from './segment-download.js';
import { SegmentPatience } from './segment-patience.js';
import { SegmentQueue } from './segment-queue.js';
import { SegmentTiming } from './segment-timing.js';
import { SoundCompanion } from './sound-companion.js';
import type { HlsCaptureSettings } from './settings.js';
import type { SourceFault } from './source-fault.js';
import type { SyncGate } from './sync-gate.js';

export interface SessionServices {
  readonly http: Http;
  readonly settings: HlsCaptureSettings;
  readonly clock: Clock;
  readonly syncGate: SyncGate;
  readonly budget: FetchBudget;
  readonly memory: ReceiveMemory;
}

/** What ends a capture from outside, as {@link CaptureEngine} has it. */
export interface EndSignals {
  readonly stop: AbortSignal;
  readonly leaving: AbortSignal;
}

/** So long may what is on its way at a stop take to become whole. */
const GRACE_MS = 5000;
/** The longest the end of a capture waits for the reporter; what it does not take by then, the next capture reports again. */
const LAST_FACTS_MS = 1000;
/** Nobody waits for an end that was not asked for: what led to it is told first. */
const FACTS_BEFORE_END_MS = 10_000;
const FINISH_ATTEMPTS = 3;
/** More often than any patience that runs out without a byte. */
const ADVERTISED_EVERY_MS = 15_000;
/** So many segments that could not be had, and not one that could: it is the source. */
const MISSED_BEFORE_FIRST_BYTE = 5;

/** One capture from its folder's recovery to its end. */
export class CaptureSession {
  readonly #facts: FactQueue;
  readonly #watch: CaptureWatch;
  /** Ends the reading of the source: the user's stop, or a failure. */
  readonly #stop = new AbortController();
  /** Ends the waiting for anything else. */
  readonly #atOnce = new AbortController();
  readonly #follower: PlaylistFollower;
  readonly #resources: ResourceStore;
  readonly #queue: SegmentQueue;
  readonly #timing = new SegmentTiming();
  #planner: SegmentPlanner;
  #writer: LedgerWriter | undefined;
  #committer: SegmentCommitter | undefined;
  #sound: SoundCompanion | undefined;
  #bytesAtEnd = 0;
  #failure: Cause | undefined;
  /** The disk failed in a way that only opening everything anew can mend. */
  #diskFailed: DiskFailed | undefined;
  /** What waits, or has waited, for the disk, and why. */
  readonly #heldUp = new WeakMap<PlanStep, Cause>();
  #opened = false;
  #targetDurationSeconds = 1;
  readonly #window = new PlaylistWindow();
  #lastSyncMs: number;
  #syncAwaited = false;
  #missed = 0;
  #advertisedAtMs = -Infinity;
  #lastMissed: Cause | undefined;

  constructor(
    private readonly request: CaptureRequest,
    private readonly reporter: CaptureReporter,
    private readonly signals: EndSignals,
    private readonly services: SessionServices,
    track: Track = 'all',
  ) {
    const { http, settings, clock } = services;
    this.#facts = new FactQueue(reporter, clock);
    this.#watch = new CaptureWatch(request.recordingId, clock.now());
    this.#lastSyncMs = clock.now();
    this.#planner = new SegmentPlanner([], request.ads);
    const source = new HlsSource(request, http, settings, clock, this.#stop.signal, track);
    this.#follower = new PlaylistFollower(source, settings, clock, this.#stop.signal, {
      opened: (opened) => this.#announce(opened),
      loaded: (loaded, back) => this.#take(loaded, back),
      trouble: (cause) => {
        this.#committer?.retry();
        this.#watch.trouble(cause);
      },
      fail: (cause) => this.#fail(cause),
    });
    this.#resources = new ResourceStore(http, {
      // Asked for with each request: a source that is found anew may want others.
      get headers() {
        return source.headers;
      },
      totalSeconds: settings.segmentTimeoutSeconds,
    });
    const isProven = (): boolean => (this.#writer?.totals.segments ?? 0) > 0;
    const follower = this.#follower;
    const patience = new SegmentPatience(settings, clock, this.#window, {
      get reachable() {
        return follower.reachable;
      },
      get renewable() {
        return source.renewable;
      },
      get proven() {
        return isProven();
      },
    });
    const downloads = {
      http,
      clock,
      settings,
      budget: services.budget,
      memory: services.memory,
      get headers() {
        return source.headers;
      },
      resources: this.#resources,
      wantsMeasure: (segment: MediaSegment) => this.#timing.wants(segment),
      mayRetry: (step: SegmentStep, fault: SourceFault, failures: number, firstFailureAtMs: number) => {
        const again = patience.mayRetry(step, fault, failures, firstFailureAtMs);
        if (again) this.#committer?.retry();
        return again;
      },
      trouble: (cause: Cause) => this.#watch.trouble(cause),
    };
    this.#queue = new SegmentQueue(downloads, settings.parallelFetches, (step) => patience.isUrgent(step));
  }

  async run(): Promise<CaptureEnd> {
    const { leaving, stop } = this.signals;
    const onLeave = (): void => this.#endAtOnce();
    const onStop = (): void => this.#endSoon();
    leaving.addEventListener('abort', onLeave, { once: true });
    stop.addEventListener('abort', onStop, { once: true });
    if (leaving.aborted) onLeave();
    if (stop.aborted) onStop();
    try {
      return await this.#inFolder();
    } finally {
      this.#atOnce.abort();
      await this.#facts.drain(stop.aborted || leaving.aborted ? LAST_FACTS_MS : FACTS_BEFORE_END_MS);
      leaving.removeEventListener('abort', onLeave);
      stop.removeEventListener('abort', onStop);
    }
  }

  /** Reads the source no more; what is on its way may still come. */
  #endSoon(): void {
    if (this.#stop.signal.aborted) return;
    this.#stop.abort();
    this.#queue.drain();
    void this.services.clock.sleep(GRACE_MS, this.#atOnce.signal).then(() => this.#queue.cutOff());
  }

  #endAtOnce(): void {
    this.#atOnce.abort();
    this.#stop.abort();
    this.#queue.leave();
  }

  async #inFolder(): Promise<CaptureEnd> {
    const { request } = this;
    let recovered: Ledger | undefined;
    try {
      ({ writer: this.#writer, recovered } = await LedgerWriter.open(
        request.directory,
        request.recordingId,
        this.#now(),
        { mustExist: request.hasBegun === true },
      ));
    } catch (error) {
      return { kind: 'failed', cause: diskCause(error) };
    }
    try {
      return await this.#withWriter(this.#writer, recovered);
    } finally {
      const writer = this.#writer;
      this.#bytesAtEnd = writer.totals.bytes;
      this.#writer = undefined;
      // A disk that failed may refuse this as well; whoever opens the folder next looks through all of it.
      await writer.close().catch((error: unknown) => {
        if (this.#diskFailed === undefined) throw error;
      });
    }
  }

  async #withWriter(writer: LedgerWriter, recovered: Ledger | undefined): Promise<CaptureEnd> {
    if (recovered !== undefined) {
      for (const fact of factsOf(recovered)) this.#report(fact);
      if (recovered.ended !== undefined) return { kind: 'ended', reason: 'endlist' };
      this.#planner = new SegmentPlanner(knownSegments(recovered), this.request.ads, this.request.away);
      // Told again and again that it is interrupted, nobody is misled: it has recorded before.
      this.#opened = recovered.totals.segments > 0;
    }
    const { settings, clock } = this.services;
    const committer = new SegmentCommitter(writer, recovered, settings, clock, this.#timing, (fact) =>
      this.#report(fact),
    );
    this.#committer = committer;
    try {
      await this.#together(this.#follower.follow(), this.#commitSegments(writer, committer));
    } finally {
      await this.#sound?.end(this.#stop.signal.aborted);
    }
    if (this.#diskFailed !== undefined) throw this.#diskFailed;
    const stopped = this.#stop.signal.aborted;
    if (!stopped && writer.totals.segments === 0) this.#failure = this.#lastMissed ?? NOTHING_THERE;
    await this.#finish(committer, !stopped && this.#failure === undefined);
    this.#tellProgress(writer, clock.now());
    if (this.#failure !== undefined) return { kind: 'failed', cause: this.#failure };
    return stopped ? { kind: 'stopped' } : { kind: 'ended', reason: 'endlist' };
  }

  /** Waits for all; where one breaks, the others are stopped first. */
  async #together(...works: readonly Promise<void>[]): Promise<void> {
    const ends = await Promise.allSettled(
      works.map((work) =>
        work.catch((error: unknown) => {
          this.#endAtOnce();
          throw error;
        }),
      ),
    );
    for (const end of ends) if (end.status === 'rejected') throw end.reason;
  }

  /** Committed so far, sound that is apart included. */
  get bytes(): number {
    return (this.#writer?.totals.bytes ?? this.#bytesAtEnd) + (this.#sound?.bytes ?? 0);
  }

  /** Called about once a second. */
  tick(): void {
    this.#sound?.tick();
    this.#queue.review();
    const { clock, settings } = this.services;
    const writer = this.#writer;
    if (writer === undefined || this.#stop.signal.aborted) return;
    const now = clock.now();
    this.#tellProgress(writer, now);
    // A source with long segments is silent for longer without anything being wrong.
    const stallMs = Math.max(settings.stallSeconds, this.#targetDurationSeconds * 1.5) * 1000;
    const cause = this.#opened ? this.#watch.check(now, stallMs) : undefined;
    if (cause !== undefined) this.#report({ kind: 'interrupted', at: this.#now(), cause });
    if (writer.unsyncedBytes > 0 && now - this.#lastSyncMs >= settings.syncSeconds * 1000) this.#syncSoon();
  }

  #tellProgress({ totals, losses }: LedgerWriter, now: number): void {
    this.reporter.progress({ ...this.#watch.progress(now, { ...totals, bytes: this.bytes }), ...losses });
  }

  #syncSoon(): void {
    if (this.#syncAwaited) return;
    this.#syncAwaited = true;
    this.#lastSyncMs = this.services.clock.now();
    void this.services.syncGate.run(() => this.#sync());
  }

  async #sync(): Promise<void> {
    this.#syncAwaited = false;
    try {
      await this.#writer?.sync();
    } catch (error) {
      const cause = diskCause(error);
      // After a want of room the next sync covers the same bytes. After any other failure the system may have let go of them, and
      // would call the next sync a success.
      if (isWantOfRoom(cause)) this.#watch.trouble(cause);
      else this.#giveUpDisk(cause, error);
    }
  }

  #captureSound(): void {
    const { request, services } = this;
    const directory = path.join(request.directory, SOUND_FOLDER);
    this.#sound ??= new SoundCompanion(
      (ending) => {
        const signals = { stop: AbortSignal.any([this.#stop.signal, ending]), leaving: this.#atOnce.signal };
        // Sound may come to a recording later: its ledger need not be there yet where that of the picture is.
        return new CaptureSession({ ...request, directory, hasBegun: false }, UNHEARD, signals, services, 'sound');
      },
      services.clock,
      (cause) => {
        // A picture without its sound is not what was asked for.
        this.#failure ??= cause;
        this.#endAtOnce();
      },
      (error) => {
        if (error instanceof DiskFailed) this.#giveUpDisk(error, error);
      },
    );
  }

  #announce({ variant, first, again, soundApart }: OpenedSource): void {
    if (soundApart) this.#captureSound();
    const { url, bandwidth, width, height, codecs, name } = variant;
    this.#opened = true;
    this.#report({
      kind: 'sourceOpened',
      at: this.#now(),
      variant: {
        url,
        ...(bandwidth > 0 && { bandwidth }),
        ...(width !== undefined && { width }),
        ...(height !== undefined && { height }),
        ...(codecs !== undefined && { codecs }),
        ...(name !== undefined && { name }),
      },
      targetDurationSeconds: first.playlist.targetDurationSeconds,
      ...(again !== undefined && { again }),
    });
  }

  #take({ playlist, loadedAtMs }: LoadedPlaylist, back: boolean): void {
    const { epoch } = this.#planner;
    const steps = this.#planner.plan(playlist, loadedAtMs);
    const broken = steps.some((step) => step.kind === 'segment' && (step.discontinuity || step.reset));
    if (broken || this.#planner.epoch !== epoch) this.#resources.forget();
    this.#window.moved(playlist, this.#planner.epoch);
    this.#targetDurationSeconds = playlist.targetDurationSeconds;
    this.#queue.relocate(playlist.segments);
    if (back) this.#queue.renew();
    this.#queue.push(steps);
    if (playlist.ended) this.#queue.close();
  }

  async #commitSegments(writer: LedgerWriter, committer: SegmentCommitter): Promise<void> {
    for (let item = await this.#queue.first(); item !== undefined; item = await this.#queue.first()) {
      if (this.#diskFailed !== undefined) return;
      if ('kind' in item) {
        if (item.kind === 'gap') committer.miss(item.fromMs, item.toMs, item.cause);
        else this.#skipAd(item, committer);
        this.#queue.removeFirst();
      } else if (await this.#commitOne(item, writer, committer)) this.#queue.removeFirst();
    }
  }

  #skipAd(step: AdStep, committer: SegmentCommitter): void {
    const now = this.services.clock.now();
    const from = new Date(step.fromMs).toISOString();
    committer.skipAd(step);
    this.#watch.advertising(from, now);
    if (now - this.#advertisedAtMs < ADVERTISED_EVERY_MS) return;
    this.#advertisedAtMs = now;
    this.#report({ kind: 'advertising', at: this.#now(), from });
  }

  /** @returns whether the segment is done with, one way or the other */
  async #commitOne(download: SegmentDownload, writer: LedgerWriter, committer: SegmentCommitter): Promise<boolean> {
    const { clock, settings } = this.services;
    try {
      const outcome = await committer.commit(download, this.#targetDurationSeconds);
      if (outcome === 'cancelled') return false;
      if (outcome === 'committed') this.#committed(writer);
      else this.#missedOne(download.step, outcome, committer);
      return true;
    } catch (error) {
      // Nothing is given up for a disk in trouble: the same segment is had again when it has room.
      const cause = diskCause(error);
      writer.discard();
      if (this.#fail(cause) || !isWantOfRoom(cause)) {
        this.#giveUpDisk(cause, error);
        // What was taken of it is gone: it must not pass for whole.
        this.#queue.restartFirst();
        return false;
      }
      if (this.#watch.diskTrouble(cause, clock.now())) this.#report({ kind: 'interrupted', at: this.#now(), cause });
      await clock.sleep(settings.retryMaxSeconds * 1000, this.#stop.signal);
      if (!this.#missWhatWent(committer, cause)) this.#queue.restartFirst();
      return false;
    }
  }

  #giveUpDisk(cause: Cause, error: unknown): void {
    if (this.#failure === undefined) this.#diskFailed ??= new DiskFailed(cause, { cause: error });
    this.#endAtOnce();
  }

  /**
   * Gives up what the source need not have any more. What left its list since then is asked for again.
   * @returns whether that was any
   */
  #missWhatWent(committer: SegmentCommitter, cause: Cause): boolean {
    const gone = this.#queue.dropWhile((step) => this.#window.isLongGone(step));
    for (const step of gone) committer.missSegment(step, cause);
    for (const step of this.#queue.steps) this.#heldUp.set(step, cause);
    return gone.length > 0;
  }

  #missedOne(step: SegmentStep, cause: Cause, committer: SegmentCommitter): void {
    this.#missed += 1;
    this.#lastMissed = cause;
    const heldUp = this.#heldUp.get(step);
    if (heldUp !== undefined) {
      // It was there when the disk was not.
      committer.missSegment(step, heldUp);
      return;
    }
    const hopeless = cause.code === 'source.encrypted' || this.#missed >= MISSED_BEFORE_FIRST_BYTE;
    if (!hopeless || !this.#fail(cause)) committer.missSegment(step, cause);
  }

  #committed(writer: LedgerWriter): void {
    if (this.#watch.committed(this.services.clock.now())) this.#report({ kind: 'resumed', at: this.#now() });
    if (writer.unsyncedBytes >= this.services.settings.syncBytes) this.#syncSoon();
  }

  /** Ends a fresh recording that has not got a byte yet. Later nothing is a failure, only an interruption: then false. */
  #fail(cause: Cause): boolean {
    if ((this.#writer?.totals.segments ?? 0) > 0 || this.#stop.signal.aborted) return false;
    this.#failure = cause;
    this.#endAtOnce();
    return true;
  }

  async #finish(committer: SegmentCommitter, ended: boolean): Promise<void> {
    for (let attempts = 1; ; attempts += 1) {
      try {
        await committer.finish(ended);
        return;
      } catch (error) {
        if (attempts < FINISH_ATTEMPTS) continue;
        // The ledger is sound without its closing lines; the next capture of the folder writes them.
        this.#report({ kind: 'interrupted', at: this.#now(), cause: diskCause(error) });
        return;
      }
    }
  }

  #report(fact: CaptureFact): void {
    this.#facts.push(fact);
  }

  #now(): string {
    return new Date(this.services.clock.now()).toISOString();
  }
}

/** What becomes of the sound stands in its own ledger. */
const UNHEARD: CaptureReporter = { fact: () => Promise.resolve(), progress: () => undefined };

const NOTHING_THERE: Cause = {
  code: 'source.empty',
  message: 'The source ended before a single segment of it could be had. Check whether the channel is live.',
};
