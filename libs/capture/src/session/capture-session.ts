import path from 'node:path';
import type { MediaPlaylist, MediaSegment } from '../hls/playlist.js';
import type { Ledger } from '../ledger/ledger.js';
import { LedgerWriter } from '../ledger/ledger-writer.js';
import { PAGE_BYTES } from '../memory/block-pool.js';
import { SOUND_FOLDER } from '../ledger/sound.js';
import { Timeline } from '../inspect/timeline.js';
import type { CaptureEnd, CaptureFact, CaptureReporter, CaptureRequest, Cause } from '../port.js';
import type { OtherEngineWanted } from '../other-engine.js';
import { CaptureEnding, type EndSignals } from './capture-ending.js';
import { CaptureWatch } from './capture-watch.js';
import { CommitLoop } from './commit-loop.js';
import { diskCause, DiskFailed, isWantOfRoom } from './disk-cause.js';
import { FactQueue } from './fact-queue.js';
import { HlsSource, type LoadedPlaylist, type OpenedSource, type Track } from './hls-source.js';
import { factsOf, knownSegments } from './ledger-replay.js';
import { LedgerSync } from './ledger-sync.js';
import { openedFact } from './opened-fact.js';
import { SegmentPlanner, type PlanStep, type SegmentStep } from './plan-segments.js';
import { PlaylistFollower } from './playlist-follower.js';
import { PlaylistWindow } from './playlist-window.js';
import { ResourceStore } from './resource-store.js';
import { SegmentCommitter } from './segment-committer.js';
import { SegmentPatience } from './segment-patience.js';
import { SegmentQueue } from './segment-queue.js';
import { SegmentTiming } from './segment-timing.js';
import { SoundCompanion, UNHEARD, type PictureEnd } from './sound-companion.js';
import type { SessionServices } from './session-services.js';
import type { SourceFault } from '@streamvault/network';
import { together } from './together.js';

/**
 * How long the end of a capture waits for the reporter at most. The next capture reports again what the reporter has
 * not taken by then.
 */
const LAST_FACTS_MS = 1000;
/** If the end was not requested, nothing waits for it, and what led to it is reported first. */
const FACTS_BEFORE_END_MS = 10_000;
type Listed = Pick<LoadedPlaylist, 'playlist' | 'loadedAtMs'>;

/** One capture from its folder's recovery to its end. */
export class CaptureSession {
  readonly #facts: FactQueue;
  readonly #watch: CaptureWatch;
  readonly #ending: CaptureEnding;
  readonly #source: HlsSource;
  readonly #follower: PlaylistFollower;
  readonly #resources: ResourceStore;
  readonly #queue: SegmentQueue;
  /** To be called when it has its first bytes, so that others need not hold back for it. */
  readonly #hasBegun: () => void;
  readonly #timing = new SegmentTiming();
  readonly #timeline: Timeline | undefined;
  #planner: SegmentPlanner;
  #writer: LedgerWriter | undefined;
  #committer: SegmentCommitter | undefined;
  #sync: LedgerSync | undefined;
  #sound: SoundCompanion | undefined;
  #bytesAtEnd = 0;
  #failure: Cause | undefined;
  #other: OtherEngineWanted | undefined;
  /** The disk failed in a way that requires opening everything again. */
  #diskFailed: DiskFailed | undefined;
  #opened = false;
  #targetDurationSeconds = 1;
  /** The first playlist had an end already. */
  #wasOver = false;
  /** The playlist that was used last. */
  #taken: MediaPlaylist | undefined;
  /** What is not planned yet of a very long one. */
  #rest: Listed | undefined;
  readonly #window = new PlaylistWindow();

  constructor(
    private readonly request: CaptureRequest,
    private readonly reporter: CaptureReporter,
    signals: EndSignals,
    private readonly services: SessionServices,
    track: Track = 'all',
  ) {
    const { http, settings, clock } = services;
    this.#facts = new FactQueue(reporter, clock);
    this.#watch = new CaptureWatch(request.recordingId, clock.now());
    this.#ending = new CaptureEnding(signals, clock);
    this.#planner = new SegmentPlanner([], request.ads);
    // Separate audio may be silent for a while, so the video's clock decides where the timeline breaks.
    this.#timeline = track === 'all' ? new Timeline() : undefined;
    const source = new HlsSource(
      request,
      { http, clock, settings, reading: services.reading },
      this.#ending.begun,
      track,
    );
    this.#source = source;
    this.#follower = new PlaylistFollower(source, settings, clock, this.#ending.begun, {
      opened: (opened) => this.#announce(opened),
      loaded: (loaded, back) => this.#take(loaded, back),
      trouble: (cause) => {
        this.#committer?.retry();
        this.#watch.trouble(cause);
        this.#leaveToOther();
      },
      fail: (cause) => this.#fail(cause),
    });
    this.#resources = new ResourceStore(http, {
      // Read for each request, because a source whose address was found again may need other headers.
      get headers() {
        return source.headers;
      },
      totalSeconds: settings.segmentTimeoutSeconds,
    });
    const isProven = (): boolean => (this.#writer?.totals.segments ?? 0) > 0;
    const patience = new SegmentPatience(settings, clock, this.#window, this.#follower, source, isProven);
    const downloads = {
      http,
      clock,
      settings,
      budget: services.budget,
      pool: services.pool,
      get headers() {
        return source.headers;
      },
      resources: this.#resources,
      // The next segment to be written follows the bytes that are there. Where any other will go is only known when its
      // turn comes.
      lead: (step: SegmentStep) => (this.#queue.steps[0] === step ? (this.#writer?.part?.bytes ?? 0) % PAGE_BYTES : 0),
      wantsMeasure: (segment: MediaSegment) => this.#timing.wants(segment),
      mayRetry: (step: SegmentStep, fault: SourceFault, failures: number, firstFailureAtMs: number) => {
        const again = patience.mayRetry(step, fault, failures, firstFailureAtMs);
        if (again) this.#committer?.retry();
        return again;
      },
      trouble: (cause: Cause) => this.#watch.trouble(cause),
    };
    const beganAtMs = clock.now();
    this.#hasBegun = services.beginnings.begin(beganAtMs);
    const mayBegin = (isFirst: boolean): boolean =>
      (isFirst && !isProven()) || !services.beginnings.isAny(clock.now(), beganAtMs);
    this.#queue = new SegmentQueue(downloads, settings.parallelFetches, (step) => patience.isUrgent(step), mayBegin);
  }

  async run(): Promise<CaptureEnd> {
    this.#ending.watch(this.#queue);
    try {
      return await this.#inFolder();
    } finally {
      this.#ending.over();
      this.#hasBegun();
      await this.#facts.drain(this.#ending.wanted ? LAST_FACTS_MS : FACTS_BEFORE_END_MS);
    }
  }

  async #inFolder(): Promise<CaptureEnd> {
    const { request, services } = this;
    let recovered: Ledger | undefined;
    // If the capture has begun before, its folder may be missing or complete. A new folder is made while the source is
    // being opened.
    if (request.hasBegun !== true) this.#source.openAhead();
    try {
      ({ writer: this.#writer, recovered } = await LedgerWriter.open(
        request.directory,
        request.recordingId,
        this.#now(),
        { mustExist: request.hasBegun === true, ...(services.direct && { direct: services.direct }) },
      ));
    } catch (error) {
      this.#ending.now();
      return { kind: 'failed', cause: diskCause(error) };
    }
    try {
      return await this.#withWriter(this.#writer, recovered);
    } finally {
      const writer = this.#writer;
      this.#sync?.end();
      this.#bytesAtEnd = writer.totals.bytes;
      this.#writer = undefined;
      // A disk that failed may refuse this too. The next capture of this folder checks all of it.
      await writer.close().catch((error: unknown) => {
        if (this.#diskFailed === undefined) throw error;
      });
    }
  }

  async #withWriter(writer: LedgerWriter, recovered: Ledger | undefined): Promise<CaptureEnd> {
    if (recovered !== undefined) {
      for (const fact of factsOf(recovered)) this.#report(fact);
      if (recovered.ended !== undefined && this.request.mayGoOn !== true) {
        this.#ending.now();
        return { kind: 'ended', reason: 'endlist' };
      }
      this.#planner = new SegmentPlanner(knownSegments(recovered), this.request.ads, this.request.away);
      // It has recorded before, so repeating that it is interrupted misleads no one.
      this.#opened = recovered.totals.segments > 0;
    }
    const { settings, clock } = this.services;
    const report = (fact: CaptureFact): void => this.#report(fact);
    const committer = new SegmentCommitter(writer, recovered, settings, clock, this.#timing, this.#timeline, report);
    this.#committer = committer;
    const loop = this.#loop(writer, committer);
    try {
      await together([this.#follower.follow(), loop.run()], () => this.#ending.now());
    } finally {
      await this.#sound?.end(this.#pictureEnd(committer));
    }
    if (this.#diskFailed !== undefined) throw this.#diskFailed;
    if (this.#other !== undefined) throw this.#other;
    const stopped = this.#ending.begun.aborted;
    if (!stopped && writer.totals.segments === 0) this.#failure = loop.whyNothing;
    const silence = this.#ending.isMissed ? this.#watch.silence(clock.now()) : undefined;
    if (silence !== undefined) committer.missSilence(silence);
    await loop.finish(!stopped && this.#failure === undefined);
    this.#tellProgress(writer, clock.now());
    if (this.#failure !== undefined) return { kind: 'failed', cause: this.#failure };
    return stopped
      ? { kind: 'stopped' }
      : { kind: 'ended', reason: 'endlist', ...(this.#wasOver && { wasOver: true }) };
  }

  #pictureEnd({ untilMs }: SegmentCommitter): PictureEnd {
    if (!this.#ending.begun.aborted) return 'over';
    return this.#ending.isStop && this.#failure === undefined ? { untilMs, reason: this.#ending.reason } : 'at-once';
  }

  get untilMs(): number | undefined {
    return this.#committer?.untilMs;
  }

  /** Bytes committed so far, including separate audio. */
  get bytes(): number {
    return (this.#writer?.totals.bytes ?? this.#bytesAtEnd) + (this.#sound?.bytes ?? 0);
  }

  /** Called about once a second. */
  tick(): void {
    this.#sound?.tick();
    this.#planRest();
    this.#queue.review();
    const { clock, settings } = this.services;
    const writer = this.#writer;
    if (writer === undefined || this.#ending.begun.aborted) return;
    const now = clock.now();
    this.#tellProgress(writer, now);
    // A source with long segments is silent for longer without any fault.
    const stallMs = Math.max(settings.stallSeconds, this.#targetDurationSeconds * 1.5) * 1000;
    const cause = this.#opened ? this.#watch.check(now, stallMs) : undefined;
    if (cause !== undefined) this.#report({ kind: 'interrupted', at: this.#now(), cause });
    this.#sync?.tick();
  }

  #tellProgress({ totals, losses }: LedgerWriter, now: number): void {
    this.reporter.progress({ ...this.#watch.progress(now, { ...totals, bytes: this.bytes }), ...losses });
  }

  #loop(writer: LedgerWriter, committer: SegmentCommitter): CommitLoop {
    const { clock, settings, syncGate } = this.services;
    const sync = new LedgerSync(writer, settings, clock, syncGate, (error) => this.#syncBroke(error));
    this.#sync = sync;
    return new CommitLoop({
      queue: this.#queue,
      writer,
      committer,
      sync,
      watch: this.#watch,
      window: this.#window,
      settings,
      clock,
      ending: this.#ending.begun,
      targetDurationSeconds: () => this.#targetDurationSeconds,
      report: (fact) => this.#report(fact),
      fail: (cause) => this.#fail(cause),
      giveUpDisk: (cause, error) => this.#giveUpDisk(cause, error),
      isDiskGivenUp: () => this.#diskFailed !== undefined,
    });
  }

  #syncBroke(error: unknown): void {
    const cause = diskCause(error);
    // After a full disk the next sync covers the same bytes. After any other failure the system may have dropped them,
    // and the next sync would still succeed.
    if (isWantOfRoom(cause)) this.#watch.trouble(cause);
    else this.#giveUpDisk(cause, error);
  }

  #captureSound(): void {
    const { request, services } = this;
    const directory = path.join(request.directory, SOUND_FOLDER);
    this.#sound ??= new SoundCompanion(
      (ending) => {
        // After a stop the audio goes on until it is as far as the video.
        const signals = { stop: ending, leaving: this.#ending.leaving };
        // Audio may join a recording later: its ledger may be missing although that of the video exists.
        return new CaptureSession({ ...request, directory, hasBegun: false }, UNHEARD, signals, services, 'sound');
      },
      services.clock,
      (cause) => {
        // Video without its audio is not what was requested.
        this.#failure ??= cause;
        this.#ending.now();
      },
      (error) => {
        if (error instanceof DiskFailed) this.#giveUpDisk(error, error);
      },
    );
  }

  #announce(opened: OpenedSource): void {
    if (opened.soundApart) this.#captureSound();
    this.#opened = true;
    this.#report(openedFact(opened, this.#now()));
  }

  #take({ playlist: listed, loadedAtMs }: LoadedPlaylist, back: boolean): void {
    if (listed === this.#taken) {
      if (back) this.#queue.renew();
      return;
    }
    if (this.#taken === undefined) this.#wasOver = listed.ended;
    this.#taken = listed;
    const playlist = this.services.reading(() => this.#planner.numbered(listed));
    const isFarBehind = this.#rest !== undefined && this.#hasEnough;
    const steps = isFarBehind ? [] : this.#planned({ playlist, loadedAtMs });
    if (isFarBehind) this.#rest = { playlist, loadedAtMs };
    this.#window.moved(playlist, this.#planner.epoch);
    this.#targetDurationSeconds = playlist.targetDurationSeconds;
    this.#queue.relocate(playlist.segments);
    if (back) this.#queue.renew();
    this.#queue.push(steps);
    this.#closeAtEnd(playlist);
  }

  /** Enough segments are planned until the list is looked at again. */
  get #hasEnough(): boolean {
    return this.#queue.steps.length * 2 >= this.services.settings.plannedSegments;
  }

  /** Once what is planned of a very long list is nearly fetched. */
  #planRest(): void {
    if (this.#rest === undefined || this.#hasEnough) return;
    const { playlist } = this.#rest;
    this.#queue.push(this.#planned(this.#rest));
    this.#closeAtEnd(playlist);
  }

  #planned(listed: Listed): readonly PlanStep[] {
    const { epoch } = this.#planner;
    const { playlist, loadedAtMs } = listed;
    const { settings } = this.services;
    const steps = this.services.reading(() => this.#planner.plan(playlist, loadedAtMs, settings.plannedSegments));
    this.#rest = this.#planner.hasMore ? listed : undefined;
    const broken = steps.some((step) => step.kind === 'segment' && (step.discontinuity || step.reset));
    if (broken || this.#planner.epoch !== epoch) this.#resources.forget();
    return steps;
  }

  #closeAtEnd({ ended }: MediaPlaylist): void {
    if (ended && this.#rest === undefined) this.#queue.close();
  }

  /** If the address turns out to need another engine, the folder belongs to that engine from now on. */
  #leaveToOther(): void {
    if (this.#source.other === undefined || this.#taken !== undefined || this.#ending.begun.aborted) return;
    this.#other = this.#source.other;
    this.#ending.now();
  }

  #giveUpDisk(cause: Cause, error: unknown): void {
    if (this.#failure === undefined) this.#diskFailed ??= new DiskFailed(cause, { cause: error });
    this.#ending.now();
  }

  /**
   * Ends a fresh recording that has no byte yet. Later nothing is a failure, only an interruption; then it returns
   * false.
   */
  #fail(cause: Cause): boolean {
    if ((this.#writer?.totals.segments ?? 0) > 0 || this.#ending.begun.aborted) return false;
    this.#failure = cause;
    this.#ending.now();
    return true;
  }

  #report(fact: CaptureFact): void {
    if (fact.kind === 'partOpened') this.#hasBegun();
    this.#facts.push(fact);
  }

  #now(): string {
    return new Date(this.services.clock.now()).toISOString();
  }
}
