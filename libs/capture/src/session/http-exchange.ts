import type { Dispatcher } from 'undici';
import type { AnswerControl, AnswerHandler } from '@streamvault/network';
import type { ByteRange } from '../hls/playlist.js';
import type { Proxy } from '@streamvault/network';
import { refusal } from '@streamvault/network';
import { nameOf, SourceFault, statusFault } from '@streamvault/network';

export type Headers = Readonly<Record<string, string | string[] | undefined>>;

/** Lets a receiver hold the sender back. */
export interface Flow {
  pause(): void;
  resume(): void;
}

/** Takes a body piece by piece. What it throws ends the request. */
export interface BodyReceiver {
  start?(headers: Headers, flow: Flow): void;
  data(chunk: Buffer): void;
  /**
   * Memory for the next bytes, at least one. A receiver with this method, even if it never returns memory, must use
   * chunks before `data` returns; any other receiver may keep them.
   */
  room?(): Buffer | undefined;
  /** This many bytes were put into the memory that `room` returned last. */
  filled?(bytes: number): void;
}

export interface ExchangeOptions {
  readonly range?: ByteRange;
  readonly totalSeconds: number;
  readonly signal: AbortSignal;
  /** Receives the headers of every answer, also of redirects and refusals. */
  readonly answered?: (headers: Headers) => void;
  /** The proxy that forwards the request and may answer in its own name. */
  readonly forwarder?: Proxy;
}

/**
 * One request and its answer. It settles once: with the address that a redirect leads to, with undefined when the whole
 * body was received, or with an error. A body that is shorter or longer than announced, or takes longer in total than
 * allowed, is an error.
 */
export class Exchange implements Dispatcher.DispatchHandler, AnswerHandler {
  readonly done: Promise<string | undefined>;
  #settle: { readonly resolve: (redirect: string | undefined) => void; readonly reject: (error: unknown) => void };
  #controller: AnswerControl | undefined;
  #timer: NodeJS.Timeout;
  #finished = false;
  #paused = false;
  #redirect: string | undefined;
  #expected: number | undefined;
  #received = 0;
  readonly #onAbort = (): void =>
    this.#end(new SourceFault({ code: 'capture.stopped', message: 'The capture was stopped.' }, true));

  constructor(
    private readonly address: string,
    private readonly options: ExchangeOptions,
    private readonly receiver: BodyReceiver,
  ) {
    const { promise, resolve, reject } = Promise.withResolvers<string | undefined>();
    this.done = promise;
    this.#settle = { resolve, reject };
    this.#timer = this.#startTimer();
    if (options.signal.aborted) this.#onAbort();
    else options.signal.addEventListener('abort', this.#onAbort);
  }

  #startTimer(): NodeJS.Timeout {
    return setTimeout(() => {
      // Time in which this side held the sender back does not count against the sender.
      if (this.#paused) this.#timer = this.#startTimer();
      else this.#end(timeout(this.address, this.options.totalSeconds));
    }, this.options.totalSeconds * 1000);
  }

  /** Ends the exchange from outside, with the error that occurred there. */
  fail(error: unknown): void {
    this.#end(error instanceof Error ? error : new Error(String(error)));
  }

  #end(error: Error | undefined): void {
    if (this.#finished) return;
    this.#finished = true;
    clearTimeout(this.#timer);
    this.options.signal.removeEventListener('abort', this.#onAbort);
    if (error === undefined) this.#settle.resolve(this.#redirect);
    else {
      this.#settle.reject(error);
      this.#controller?.abort(error);
    }
  }

  onRequestStart(controller: AnswerControl): void {
    this.#controller = controller;
    if (this.#finished) controller.abort(new Error('Ended before it began'));
  }

  onResponseStart(controller: AnswerControl, status: number, headers: Headers): void {
    if (status < 200) return;
    this.options.answered?.(headers);
    const location = headers['location'];
    if (status >= 300 && status < 400 && typeof location === 'string') {
      this.#redirect = location;
      return;
    }
    const fault = this.#refusal(status);
    if (fault) {
      this.#end(fault);
      return;
    }
    const length = Number(headers['content-length']);
    this.#expected = headers['content-length'] !== undefined && Number.isSafeInteger(length) ? length : undefined;
    this.#guard(() =>
      this.receiver.start?.(headers, {
        pause: () => {
          this.#paused = true;
          controller.pause();
        },
        resume: () => {
          this.#paused = false;
          controller.resume();
        },
      }),
    );
  }

  #refusal(status: number): Error | undefined {
    if (status === 407 && this.options.forwarder !== undefined) return refusal(status, this.options.forwarder);
    if (this.options.range !== undefined && status === 200) {
      const message = `${nameOf(this.address)} does not serve byte ranges, which its own playlist asks for.`;
      return new SourceFault({ code: 'source.no-byte-ranges', message }, true);
    }
    return status === 200 || (status === 206 && this.options.range !== undefined)
      ? undefined
      : statusFault(status, this.address);
  }

  onResponseData(_controller: AnswerControl, chunk: Buffer): void {
    if (this.#finished || this.#redirect !== undefined) return;
    this.#received += chunk.length;
    const { receiver } = this;
    this.#guard(() => receiver.data(receiver.room === undefined ? Buffer.from(chunk) : chunk));
  }

  room(): Buffer | undefined {
    return this.#finished || this.#redirect !== undefined ? undefined : this.receiver.room?.();
  }

  filled(bytes: number): void {
    if (this.#finished) return;
    this.#received += bytes;
    this.#guard(() => this.receiver.filled?.(bytes));
  }

  onResponseEnd(): void {
    const expected = this.options.range?.length ?? this.#expected;
    const whole = this.#redirect !== undefined || expected === undefined || expected === this.#received;
    this.#end(whole ? undefined : incomplete(this.address, this.#received, expected));
  }

  onResponseError(_controller: AnswerControl | undefined, error: Error): void {
    this.#end(error);
  }

  #guard(work: () => void): void {
    try {
      work();
    } catch (error) {
      // An error of the receiver ends the exchange. Thrown further, it would hit the HTTP parser.
      this.fail(error);
    }
  }
}

const timeout = (address: string, seconds: number): SourceFault =>
  new SourceFault(
    { code: 'source.timeout', message: `${nameOf(address)} did not send everything within ${seconds} seconds.` },
    false,
  );

const incomplete = (address: string, received: number, expected: number): SourceFault =>
  new SourceFault(
    { code: 'source.incomplete', message: `${nameOf(address)} sent ${received} bytes instead of ${expected}.` },
    false,
  );
