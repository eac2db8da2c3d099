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
  /** How much stands in front of the segment in its first page of the file, as far as that can be told by now. */
  lead(step: SegmentStep): number;
  /** Whether what the segment's own timestamps say of its length is wanted. */
  wantsMeasure(segment: MediaSegment): boolean;
  /** Whether it is worth trying once more. */
  mayRetry(step: SegmentStep, fault: SourceFault, failures: number, firstFailureAtMs: number): boolean;
  /** Something went wrong, not necessarily for good. */
  trouble(cause: Cause): void;
}

export interface TakenBytes {
  readonly kind: 'bytes';
  /** Another number than before means that the body began again: what was taken so far is void. */
  readonly attempt: number;
  readonly chunks: readonly Piece[];
  readonly init: Buffer | undefined;
  readonly last: boolean;
  /** How long the segment lasts by its own timestamps, where that was wanted and could be told. */
  readonly measuredSeconds: number | undefined;
  /** When it begins and ends by them; undefined before the last of it. */
  readonly times: MediaTimes | undefined;
}

export type Taken = TakenBytes | { readonly kind: 'failed'; readonly cause: Cause } | { readonly kind: 'cancelled' };

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
  readonly #body: ReceivedBody;
  #attempt = 0;
  /** Since the source was last away as a whole. */
  #failures = 0;
  #firstFailureAtMs = 0;
  #lastFailure: Cause | undefined;
  readonly #begunAtMs: number;
  /** When a byte came, or was asked for. */
  #activeAtMs = 0;
  #init: Buffer | undefined;
  #media: SegmentMedia | undefined;
  readonly #openEnd = new OpenEnd();
  #state: 'running' | 'done' | 'failed' | 'cancelled' = 'running';
  #cause: Cause = CUT_SHORT;
  #wake: (() => void) | undefined;
  /** Whoever waits takes what there is, be it little. */
  #eager = false;
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
    this.#body = new ReceivedBody(services.budget, services.pool);
    this.#begunAtMs = services.clock.now();
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
    return this.#body.held;
  }

  /** It takes longer than it lasts, or more than one attempt: what is behind it must not wait for it. */
  isLate(nowMs: number): boolean {
    if (this.over || this.#body.held) return false;
    return this.#failures > 0 || nowMs - this.#begunAtMs >= this.step.segment.durationSeconds * 1000;
  }

  /** Nothing comes. */
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

  /**
   * The next bytes, when there are enough to be written, or the end.
   * @param eager as soon as there are so many that they tell what it is
   */
  async take(eager = false): Promise<Taken> {
    this.#eager = eager;
    while (this.#state === 'running' && !this.#isReady) {
      // What waited for its turn may come at once, and be the end of it.
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

  /** What was taken is written, or will not be: the memory that it was received in can be used again. */
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
      // A decipher holds back what is no whole block yet.
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
        // What is to be deciphered is not yet what is to be written.
        room: () => (decipher === undefined ? this.#body.room() : undefined),
        filled: (bytes) => {
          media.push(this.#body.filled(bytes));
          this.#grew();
        },
      },
    );
    if (decipher !== undefined) take(decipher.final());
    // Where it is not asked for again, what came of it is better than nothing.
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

/** The body's end is told, by its length or within it (RFC 9112 section 6.3): a connection that is closed before is noticed. */
const isAnnounced = ({ 'content-length': length, 'transfer-encoding': coding }: Headers): boolean =>
  length !== undefined || /\bchunked\b/i.test(String(coding));
