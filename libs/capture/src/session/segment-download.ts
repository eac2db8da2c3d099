import type { MediaSegment } from '../hls/playlist.js';
import { OpenEnd } from '../inspect/open-end.js';
import type { MediaTimes } from '../inspect/timeline.js';
import type { Cause } from '../port.js';
import type { BlockPool, Piece } from '../memory/block-pool.js';
import type { Clock } from './clock.js';
import type { FetchBudget } from './fetch-budget.js';
import type { Http } from './http.js';
import type { Headers } from './http-exchange.js';
import type { SegmentStep } from './plan-segments.js';
import { ReceivedBody } from './received-body.js';
import type { ResourceStore } from './resource-store.js';
import { SegmentMedia } from './segment-media.js';
import type { HlsCaptureSettings } from './settings.js';
import { silentFault, toFault, type SourceFault } from '@streamvault/network';

export interface DownloadServices {
  readonly http: Http;
  readonly clock: Clock;
  readonly settings: HlsCaptureSettings;
  readonly headers: Readonly<Record<string, string>> | undefined;
  readonly budget: FetchBudget;
  readonly pool: BlockPool;
  /** Init sections and keys. */
  readonly resources: ResourceStore;
  /** How many bytes precede the segment in its first page of the file, as far as that is known by now. */
  lead(step: SegmentStep): number;
  /** Whether the segment's length by its own timestamps is wanted. */
  wantsMeasure(segment: MediaSegment): boolean;
  /** Whether another try is worthwhile. */
  mayRetry(step: SegmentStep, fault: SourceFault, failures: number, firstFailureAtMs: number): boolean;
  /** A fault that need not be permanent. */
  trouble(cause: Cause): void;
}

export interface TakenBytes {
  readonly kind: 'bytes';
  /** A changed number means that the body began again: the bytes taken so far are void. */
  readonly attempt: number;
  readonly chunks: readonly Piece[];
  readonly init: Buffer | undefined;
  readonly last: boolean;
  /** The segment's length by its own timestamps, if that was wanted and could be found. */
  readonly measuredSeconds: number | undefined;
  /** When it begins and ends by them; undefined before its last bytes. */
  readonly times: MediaTimes | undefined;
}

export type TakeResult =
  TakenBytes | { readonly kind: 'failed'; readonly cause: Cause } | { readonly kind: 'cancelled' };

const CUT_SHORT: Cause = {
  code: 'capture.stopped',
  message: 'This had not arrived when the capture was stopped, although what followed it had.',
};

/** A sender that is silent this long is treated as if it had failed, although its bytes are still accepted. */
const SILENT_MS = 3000;
/** A segment that blocks others and fails this often is given up. */
const FAILURES_IN_THE_WAY = 2;

/**
 * Fetches one segment, with retries until it is complete or hopeless. Bytes are handed over while they arrive. A body
 * that is not waited for yet is held in memory up to a limit, and then holds its sender back.
 */
export class SegmentDownload {
  readonly #body: ReceivedBody;
  #attempt = 0;
  /** Failures since the source as a whole was last away. */
  #failures = 0;
  #firstFailureAtMs = 0;
  #lastFailure: Cause | undefined;
  readonly #begunAtMs: number;
  /** When a byte last arrived, or was requested. */
  #activeAtMs = 0;
  #init: Buffer | undefined;
  #media: SegmentMedia | undefined;
  readonly #openEnd = new OpenEnd();
  #state: 'running' | 'done' | 'failed' | 'cancelled' = 'running';
  #cause: Cause = CUT_SHORT;
  #wake: (() => void) | undefined;
  /** The taker wants whatever there is, even if little. */
  #eager = false;
  /** There will be no further attempt. */
  #isLast = false;
  #request = new AbortController();
  /** The wait before the next attempt. */
  #pause: AbortController | undefined;
  #segment: MediaSegment;

  /** @param changed called on every change, also on a fault */
  constructor(
    readonly step: SegmentStep,
    private readonly services: DownloadServices,
    private readonly changed: () => void,
  ) {
    this.#segment = step.segment;
    this.#body = new ReceivedBody(services.budget, services.pool);
    this.#begunAtMs = services.clock.now();
  }

  /** The segment as it is listed now. */
  get segment(): MediaSegment {
    return this.#segment;
  }

  /** The next attempt, if there is one, uses this address. */
  relocate(segment: MediaSegment): void {
    this.#segment = segment;
    if (this.#lastFailure?.code === 'source.forbidden') this.#pause?.abort();
  }

  /** The body is complete: it can be taken without waiting for the source. */
  get complete(): boolean {
    return this.#state === 'done';
  }

  /** Nothing more of it will be fetched, whether it succeeded or not. */
  get over(): boolean {
    return this.#state !== 'running';
  }

  /** It has failed at least once, perhaps only for a while. */
  get hasFailed(): boolean {
    return this.#lastFailure !== undefined;
  }

  /** There is no memory for it now. */
  get held(): boolean {
    return this.#body.held;
  }

  /** It takes longer than its own duration, or more than one attempt: those after it must not wait for it. */
  isLate(nowMs: number): boolean {
    if (this.over || this.#body.held) return false;
    return this.#failures > 0 || nowMs - this.#begunAtMs >= this.step.segment.durationSeconds * 1000;
  }

  /** Nothing arrives. */
  isStuck(nowMs: number): boolean {
    if (this.over || this.#body.held) return false;
    return this.#pause !== undefined || nowMs - this.#activeAtMs >= SILENT_MS;
  }

  async start(): Promise<void> {
    const { clock } = this.services;
    while (!this.over) {
      const fault = await this.#try();
      if (fault === undefined || this.over) return;
      this.#failures += 1;
      if (this.#failures === 1) this.#firstFailureAtMs = clock.now();
      // That it is gone now does not explain why it could not be fetched before.
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

  /** @returns the fault, if there was one */
  async #try(): Promise<SourceFault | undefined> {
    const request = new AbortController();
    this.#request = request;
    this.#reset(this.services.lead(this.step));
    this.#activeAtMs = this.services.clock.now();
    try {
      await this.#fetch(request.signal);
      if (!this.over) this.#finish('done');
      return undefined;
    } catch (error) {
      return request.signal.aborted ? silentFault(this.#segment.url) : toFault(error, this.#segment.url);
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
    this.#letIn(() => this.#body.stretch());
  }

  /** The source was away and is back: earlier failures no longer count. */
  renew(): void {
    this.#failures = 0;
    this.#pause?.abort();
  }

  /** It blocks others: one more try at once, then no more. */
  giveWay(): void {
    if (this.#lastFailure !== undefined && this.#failures >= FAILURES_IN_THE_WAY) this.#fail(this.#lastFailure);
    else if (this.#pause !== undefined) this.#pause.abort();
    else this.#request.abort();
  }

  /** Bytes already being sent may still arrive, but nothing is requested again. */
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

  /**
   * The next bytes, once there are enough to write, or the end.
   * @param eager returns as soon as there are enough bytes to recognize the format
   */
  async take(eager = false): Promise<TakeResult> {
    this.#eager = eager;
    while (this.#state === 'running' && !this.#isReady) {
      // Bytes of a body that waited for its turn may arrive at once, and complete it.
      if (this.#letIn(() => this.#body.await())) continue;
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
    if (this.#state === 'failed') return { kind: 'failed', cause: this.#cause };
    if (this.#state === 'cancelled') return { kind: 'cancelled' };
    const chunks = this.#letIn(() => this.#body.take());
    const last = this.#state === 'done';
    if (last) this.#body.end();
    const { seconds: measuredSeconds, times } = (last ? this.#media : undefined) ?? {};
    return { kind: 'bytes', attempt: this.#attempt, chunks, init: this.#init, last, measuredSeconds, times };
  }

  /** The taken bytes are written, or will not be: their memory can be used again. */
  written(chunks: readonly Piece[]): void {
    this.#body.written(chunks);
  }

  #reset(lead = 0): void {
    this.#attempt += 1;
    this.#body.clear(lead);
  }

  #finish(state: 'done' | 'failed' | 'cancelled'): void {
    this.#state = state;
    if (state !== 'done') this.#body.end();
    this.#wake?.();
    if (state !== 'cancelled') this.changed();
  }

  /** A sender that was held back until now was not silent. */
  #letIn<T>(work: () => T): T {
    if (this.#body.held) this.#activeAtMs = this.services.clock.now();
    return work();
  }

  async #fetch(signal: AbortSignal): Promise<void> {
    const { http, settings, headers, resources } = this.services;
    const segment = this.#segment;
    const decipher = segment.key && (await resources.decipher(segment.key, segment, signal));
    this.#init = segment.map && (await resources.init(segment.map, signal));
    const media = new SegmentMedia(segment, this.#init, this.services.wantsMeasure(segment));
    this.#media = media;
    const take = (bytes: Buffer): void => {
      // A decipher keeps back what is not a whole block yet.
      if (bytes.length === 0) return;
      media.push(bytes);
      this.#body.add(bytes);
      this.#grew();
    };
    let announced = segment.byteRange !== undefined;
    const totalSeconds = Math.max(settings.segmentTimeoutSeconds, segment.durationSeconds * 3);
    await http.getBody(
      segment.url,
      { ...(headers && { headers }), ...(segment.byteRange && { range: segment.byteRange }), totalSeconds, signal },
      {
        start: (headers, flow) => {
          announced ||= isAnnounced(headers);
          this.#body.from(flow);
        },
        data: (chunk) => take(decipher === undefined ? chunk : decipher.update(chunk)),
        // Encrypted bytes are not what is written, so they need other memory.
        room: () => (decipher === undefined ? this.#body.room() : undefined),
        filled: (bytes) => {
          media.push(this.#body.filled(bytes));
          this.#grew();
        },
      },
    );
    if (decipher !== undefined) take(decipher.final());
    // If it will not be fetched again, an incomplete body is better than nothing.
    media.finish(announced || this.#isLast ? undefined : this.#openEnd);
  }

  get #isReady(): boolean {
    return this.#body.ready || (this.#eager && this.#body.bytes >= this.services.settings.flushBytes);
  }

  #grew(): void {
    this.#activeAtMs = this.services.clock.now();
    if (this.#isReady) this.#wake?.();
  }
}

/**
 * Whether the end of the body is announced, by its length or within it (RFC 9112 section 6.3). Then a connection that
 * closes early is noticed.
 */
const isAnnounced = ({ 'content-length': length, 'transfer-encoding': coding }: Headers): boolean =>
  length !== undefined || /\bchunked\b/i.test(String(coding));
