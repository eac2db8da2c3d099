import { createDecipheriv, type Decipheriv } from 'node:crypto';
import { FragmentCheck, TsCheck, type BodyCheck } from '../media/body-check.js';
import type { MediaSegment } from '../hls/playlist.js';
import { FragmentClock, TsClock, type MediaClock } from '../media/media-clock.js';
import type { Cause } from '../port.js';
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
  /** Init sections and keys. */
  readonly resources: ResourceStore;
  /** Whether the segment's own timestamps are to be looked at. */
  wantsMeasure(segment: MediaSegment): boolean;
  /** Whether it is worth trying once more. */
  mayRetry(step: SegmentStep, fault: SourceFault, attempts: number, firstFailureAtMs: number): boolean;
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

/**
 * The fetching of one segment, again and again until it is whole or hopeless. Bytes are handed over while they come; a body that is
 * not waited for yet is held in memory up to a bound and then holds its sender back.
 */
export class SegmentDownload {
  #chunks: Buffer[] = [];
  #buffered = 0;
  #attempt = 0;
  #init: Buffer | undefined;
  #clock: MediaClock | undefined;
  #state: 'running' | 'done' | 'failed' | 'cancelled' = 'running';
  #cause: Cause = { code: 'capture.stopped', message: 'The capture was stopped.' };
  #flow: Flow | undefined;
  #held = false;
  #wake: (() => void) | undefined;
  #giveBack: (() => void) | undefined;
  readonly #abort = new AbortController();
  #segment: MediaSegment;

  constructor(
    readonly step: SegmentStep,
    private readonly services: DownloadServices,
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
  }

  /** The body is whole: it can be taken without waiting for the source. */
  get complete(): boolean {
    return this.#state === 'done';
  }

  async start(): Promise<void> {
    const { clock, settings } = this.services;
    let firstFailureAtMs = 0;
    this.#state = 'running';
    this.#giveBack = this.services.budget.begin();
    for (let attempts = 1; !this.#abort.signal.aborted; attempts += 1) {
      this.#reset();
      try {
        await this.#fetch();
        this.#finish('done');
        return;
      } catch (error) {
        if (this.#abort.signal.aborted) break;
        const fault = toFault(error, this.#segment.url);
        if (firstFailureAtMs === 0) firstFailureAtMs = clock.now();
        this.services.trouble(fault.reason);
        if (!this.services.mayRetry(this.step, fault, attempts, firstFailureAtMs)) {
          this.#cause = fault.reason;
          this.#finish('failed');
          return;
        }
      }
      const wait = Math.min(settings.retryMinSeconds * 2 ** (attempts - 1), settings.retryMaxSeconds);
      await clock.sleep(wait * 1000 * (0.75 + clock.random() / 2), this.#abort.signal);
    }
  }

  cancel(): void {
    if (this.#state === 'failed') return;
    this.#finish('cancelled');
    this.#reset();
    this.#abort.abort();
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
    this.#chunks = [];
    this.#buffered = 0;
    this.#release();
    const last = this.#state === 'done';
    if (last) this.#giveBack?.();
    const measuredSeconds = last ? this.#clock?.seconds() : undefined;
    return { kind: 'bytes', attempt: this.#attempt, chunks, init: this.#init, last, measuredSeconds };
  }

  #reset(): void {
    this.#attempt += 1;
    this.#chunks = [];
    this.#buffered = 0;
    this.#held = false;
    this.#flow = undefined;
  }

  #finish(state: 'done' | 'failed' | 'cancelled'): void {
    this.#state = state;
    if (state !== 'done') this.#giveBack?.();
    this.#wake?.();
  }

  #release(): void {
    if (!this.#held) return;
    this.#held = false;
    this.#flow?.resume();
  }

  async #fetch(): Promise<void> {
    const { http, settings, headers, resources } = this.services;
    const segment = this.#segment;
    const signal = this.#abort.signal;
    const decipher = await this.#decipher(segment, signal);
    this.#init = segment.map && (await resources.init(segment.map, signal));
    const check: BodyCheck = segment.map === undefined ? new TsCheck() : new FragmentCheck();
    const clock = this.services.wantsMeasure(segment) ? clockFor(this.#init) : undefined;
    this.#clock = clock;
    const take = (bytes: Buffer): void => {
      assertSound(check.push(bytes), segment.url);
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
        data: (chunk) => take(decipher === undefined ? chunk : decipher.update(chunk)),
      },
    );
    if (decipher !== undefined) take(decipher.final());
    assertSound(check.finish(), segment.url);
  }

  #add(bytes: Buffer): void {
    this.#chunks.push(bytes);
    this.#buffered += bytes.length;
    if (this.#buffered >= this.services.budget.share && !this.#held) {
      this.#held = true;
      this.#flow?.pause();
    }
    if (this.#buffered >= this.services.settings.flushBytes) this.#wake?.();
  }

  /** AES-128 in CBC mode over the whole segment; the sequence number is the vector where none is given (RFC 8216 section 5.2). */
  async #decipher({ key, map, mediaSequence }: MediaSegment, signal: AbortSignal): Promise<Decipheriv | undefined> {
    if (key === undefined) return undefined;
    if (key.method !== 'AES-128' || key.keyFormat !== 'identity' || key.url === undefined || map !== undefined) {
      throw new SourceFault(
        {
          code: 'source.encrypted',
          message: `The stream is protected (${key.method}) in a way that cannot be recorded. Choose another source of it.`,
        },
        true,
      );
    }
    const vector = Buffer.alloc(16);
    if (key.iv === undefined) vector.writeBigUInt64BE(BigInt(mediaSequence), 8);
    else Buffer.from(key.iv.padStart(32, '0'), 'hex').copy(vector);
    return createDecipheriv('aes-128-cbc', await this.services.resources.key(key.url, signal), vector);
  }
}

const clockFor = (init: Buffer | undefined): MediaClock =>
  init === undefined ? new TsClock() : new FragmentClock(init);

function assertSound(problem: string | undefined, url: string): void {
  if (problem === undefined) return;
  throw new SourceFault(
    { code: 'segment.not-media', message: `${nameOf(url)} is no usable segment: ${problem}.` },
    false,
  );
}
