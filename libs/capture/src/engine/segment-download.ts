import { FragmentCheck, type BodyCheck } from '../media/body-check.js';
import type { MediaSegment } from '../hls/playlist.js';
import { FragmentClock, type MediaClock } from '../media/media-clock.js';
import { PlainCheck, PlainClock } from '../media/packed-audio.js';
import type { Cause } from '../port.js';
import type { ReceiveMemory } from '../network/receive-memory.js';
import type { Clock } from './clock.js';
import type { FetchBudget } from './fetch-budget.js';
import type { Http } from './http.js';
import type { Flow } from './http-exchange.js';
import type { SegmentStep } from './plan-segments.js';
import type { ResourceStore } from './resource-store.js';
import type { HlsCaptureSettings } from './settings.js';
import { nameOf, SourceFault, toFault } from './source-fault.js';

export interface DownloadServices {
  readonly http: Http;
  readonly clock: Clock;
  readonly settings: HlsCaptureSettings;
  readonly headers: Readonly<Record<string, string>> | undefined;
  readonly budget: FetchBudget;
  readonly memory: ReceiveMemory;
  /** Init sections and keys. */
  readonly resources: ResourceStore;
  /** Whether the segment's own timestamps are to be looked at. */
  wantsMeasure(segment: MediaSegment): boolean;
  /** Whether it is worth trying once more. */
  mayRetry(step: SegmentStep, fault: SourceFault, failures: number, firstFailureAtMs: number): boolean;
  /** Something went wrong, not necessarily for good. */
  trouble(cause: Cause): void;
}

export type Taken =
  | {
      readonly kind: 'bytes';
      /** Another number than before means that the body began again: what was taken so far is void. */
      readonly attempt: number;
      readonly chunks: readonly Buffer[];
      readonly init: Buffer | undefined;
      readonly last: boolean;
      /** How long the segment lasts by its own timestamps, where that was wanted and could be told. */
      readonly measuredSeconds: number | undefined;
    }
  | { readonly kind: 'failed'; readonly cause: Cause }
  | { readonly kind: 'cancelled' };

const CUT_SHORT: Cause = {
  code: 'capture.stopped',
  message: 'This had not come when the capture was stopped, though what followed it had.',
};

/** A sender that says nothing for so long is looked upon as if it had failed, though it is still listened to. */
const SILENT_MS = 3000;
/** Whoever is in the way of others and fails so often is given up. */
const FAILURES_IN_THE_WAY = 2;

/**
 * The fetching of one segment, again and again until it is whole or hopeless. Bytes are handed over while they come; a body that is
 * not waited for yet is held in memory up to a bound and then holds its sender back.
 */
export class SegmentDownload {
  #chunks: Buffer[] = [];
  #buffered = 0;
  #attempt = 0;
  /** Since the source was last away as a whole. */
  #failures = 0;
  #firstFailureAtMs = 0;
  #lastFailure: Cause | undefined;
  #begunAtMs = 0;
  /** When a byte came, or was asked for. */
  #activeAtMs = 0;
  #init: Buffer | undefined;
  #clock: MediaClock | undefined;
  #state: 'running' | 'done' | 'failed' | 'cancelled' = 'running';
  #cause: Cause = CUT_SHORT;
  #flow: Flow | undefined;
  #held = false;
  /** It may hold more than its share. */
  #stretched = false;
  #wake: (() => void) | undefined;
  #giveBack: (() => void) | undefined;
  /** There will be no further attempt. */
  #isLast = false;
  #request = new AbortController();
  /** The wait for the next attempt. */
  #pause: AbortController | undefined;
  #segment: MediaSegment;

  /** @param changed told whenever it got somewhere, be it into trouble */
  constructor(
    readonly step: SegmentStep,
    private readonly services: DownloadServices,
    private readonly changed: () => void,
  ) {
    this.#segment = step.segment;
  }

  /** The segment as it is had now. */
  get segment(): MediaSegment {
    return this.#segment;
  }

  /** The next attempt, should there be one, asks there. */
  relocate(segment: MediaSegment): void {
    this.#segment = segment;
    if (this.#lastFailure?.code === 'source.forbidden') this.#pause?.abort();
  }

  /** The body is whole: it can be taken without waiting for the source. */
  get complete(): boolean {
    return this.#state === 'done';
  }

  /** Nothing more is fetched of it, for good or ill. */
  get over(): boolean {
    return this.#state !== 'running';
  }

  /** Something went wrong with it, be it only for a while. */
  get hasFailed(): boolean {
    return this.#lastFailure !== undefined;
  }

  /** There is no memory for it at the moment. */
  get held(): boolean {
    return this.#held;
  }

  /** It takes longer than it lasts, or more than one attempt: what is behind it must not wait for it. */
  isLate(nowMs: number): boolean {
    if (this.over || this.#held) return false;
    return this.#failures > 0 || nowMs - this.#begunAtMs >= this.step.segment.durationSeconds * 1000;
  }

  /** Nothing comes. */
  isStuck(nowMs: number): boolean {
    if (this.over || this.#held) return false;
    return this.#pause !== undefined || nowMs - this.#activeAtMs >= SILENT_MS;
  }

  async start(): Promise<void> {
    const { budget, clock } = this.services;
    this.#giveBack = budget.begin();
    this.#begunAtMs = clock.now();
    while (!this.over) {
      const fault = await this.#try();
      if (fault === undefined || this.over) return;
      this.#failures += 1;
      if (this.#failures === 1) this.#firstFailureAtMs = clock.now();
      // That it is gone by now is not why it could not be had before.
      if (fault.reason.code !== 'source.not-found') this.#lastFailure = fault.reason;
      this.#lastFailure ??= fault.reason;
      this.services.trouble(fault.reason);
      if (this.#isLast || !this.services.mayRetry(this.step, fault, this.#failures, this.#firstFailureAtMs)) {
        this.#fail(this.#lastFailure);
        return;
      }
      await this.#rest();
    }
  }

  /** @returns what went wrong, if anything did */
  async #try(): Promise<SourceFault | undefined> {
    const request = new AbortController();
    this.#request = request;
    this.#reset();
    this.#activeAtMs = this.services.clock.now();
    try {
      await this.#fetch(request.signal);
      if (!this.over) this.#finish('done');
      return undefined;
    } catch (error) {
      return request.signal.aborted ? silence(this.#segment.url) : toFault(error, this.#segment.url);
    }
  }

  async #rest(): Promise<void> {
    const { clock, settings } = this.services;
    const seconds = Math.min(settings.retryMinSeconds * 2 ** (this.#failures - 1), settings.retryMaxSeconds);
    const pause = new AbortController();
    this.#pause = pause;
    this.changed();
    await clock.sleep(seconds * 1000 * (0.75 + clock.random() / 2), pause.signal);
    this.#pause = undefined;
  }

  /** Others depend on it: it may hold as much as there is room for. */
  stretch(): void {
    this.#stretched = true;
    if (this.services.budget.hasRoom) this.#release();
  }

  /** The source was away and is back: what failed until now says nothing. */
  renew(): void {
    this.#failures = 0;
    this.#pause?.abort();
  }

  /** It is in the way of others: one more try at once, then no more. */
  giveWay(): void {
    if (this.#lastFailure !== undefined && this.#failures >= FAILURES_IN_THE_WAY) this.#fail(this.#lastFailure);
    else if (this.#pause !== undefined) this.#pause.abort();
    else this.#request.abort();
  }

  /** What is on its way may still come, but is not asked for again. */
  settle(): void {
    this.#isLast = true;
    this.stretch();
    if (this.#pause !== undefined) this.giveUp();
  }

  giveUp(): void {
    if (!this.over) this.#fail(this.#lastFailure ?? CUT_SHORT);
  }

  cancel(): void {
    if (this.#state === 'failed') return;
    this.#finish('cancelled');
    this.#letGo();
  }

  #fail(cause: Cause): void {
    this.#cause = cause;
    this.#finish('failed');
    this.#letGo();
  }

  #letGo(): void {
    this.#reset();
    this.#request.abort();
    this.#pause?.abort();
  }

  /** The next bytes, when there are so many, or the end. */
  async take(bytes: number): Promise<Taken> {
    while (this.#state === 'running' && this.#buffered < bytes) {
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
    if (this.#state === 'failed') return { kind: 'failed', cause: this.#cause };
    if (this.#state === 'cancelled') return { kind: 'cancelled' };
    const chunks = this.#chunks;
    this.#drop();
    this.#release();
    const last = this.#state === 'done';
    if (last) this.#giveBack?.();
    const measuredSeconds = last ? this.#clock?.seconds() : undefined;
    return { kind: 'bytes', attempt: this.#attempt, chunks, init: this.#init, last, measuredSeconds };
  }

  /** What was taken is written: the memory that it was received in can be used again. */
  written(chunks: readonly Buffer[]): void {
    this.services.memory.release(chunks);
  }

  #drop(): void {
    this.services.budget.note(-this.#buffered);
    this.#chunks = [];
    this.#buffered = 0;
  }

  #reset(): void {
    this.#attempt += 1;
    this.written(this.#chunks);
    this.#drop();
    this.#held = false;
    this.#flow = undefined;
  }

  #finish(state: 'done' | 'failed' | 'cancelled'): void {
    this.#state = state;
    if (state !== 'done') this.#giveBack?.();
    this.#wake?.();
    if (state !== 'cancelled') this.changed();
  }

  #release(): void {
    if (!this.#held) return;
    this.#held = false;
    this.#activeAtMs = this.services.clock.now();
    this.#flow?.resume();
  }

  async #fetch(signal: AbortSignal): Promise<void> {
    const { http, settings, headers, resources, memory } = this.services;
    const segment = this.#segment;
    const decipher = segment.key && (await resources.decipher(segment.key, segment, signal));
    this.#init = segment.map && (await resources.init(segment.map, signal));
    const check: BodyCheck = segment.map === undefined ? new PlainCheck() : new FragmentCheck();
    const clock = this.services.wantsMeasure(segment) ? clockFor(this.#init) : undefined;
    this.#clock = clock;
    const take = (bytes: Buffer): void => {
      // A decipher holds back what is no whole block yet.
      if (bytes.length === 0) return;
      assertSound(check.push(bytes), segment);
      clock?.push(bytes);
      this.#add(bytes);
    };
    const totalSeconds = Math.max(settings.segmentTimeoutSeconds, segment.durationSeconds * 3);
    await http.getBody(
      segment.url,
      { ...(headers && { headers }), ...(segment.byteRange && { range: segment.byteRange }), totalSeconds, signal },
      {
        start: (_, flow) => {
          this.#flow = flow;
        },
        data: (chunk) => {
          memory.hold(chunk);
          if (decipher === undefined) return take(chunk);
          take(decipher.update(chunk));
          memory.release([chunk]);
        },
      },
    );
    if (decipher !== undefined) take(decipher.final());
    assertSound(check.finish(), segment);
  }

  #add(bytes: Buffer): void {
    const { budget, clock } = this.services;
    this.#chunks.push(bytes);
    this.#buffered += bytes.length;
    budget.note(bytes.length);
    this.#activeAtMs = clock.now();
    if (this.#buffered >= budget.share && !(this.#stretched && budget.hasRoom) && !this.#held) {
      this.#held = true;
      this.#flow?.pause();
    }
    if (this.#buffered >= this.services.settings.flushBytes) this.#wake?.();
  }
}

const clockFor = (init: Buffer | undefined): MediaClock =>
  init === undefined ? new PlainClock() : new FragmentClock(init);

const silence = (url: string): SourceFault =>
  new SourceFault({ code: 'source.timeout', message: `${nameOf(url)} stopped sending half-way.` }, false);

function assertSound(problem: string | undefined, { url, key }: MediaSegment): void {
  if (problem === undefined) return;
  const where = key === undefined ? '' : 'deciphered with the key that the playlist gives, ';
  throw new SourceFault(
    { code: 'segment.not-media', message: `${nameOf(url)} is no usable segment: ${where}${problem}.` },
    false,
  );
}
