import { Worker } from 'node:worker_threads';
import type { HlsCaptureSettings } from '../session/settings.js';
import type { ProxyHealth } from '@streamvault/network';
import type { CaptureEnd, CaptureEngine, CaptureReporter, CaptureRequest, CaptureSource } from '../port.js';
import { outcomeOf, unwrap, type FromThread, type Outcome, type ToThread } from './messages.js';

interface Capture {
  readonly request: CaptureRequest;
  readonly reporter: CaptureReporter;
  readonly signal: AbortSignal;
  readonly settle: (outcome: Outcome<CaptureEnd>) => void;
}

export interface ThreadedCaptureEngineOptions {
  readonly settings?: Partial<HlsCaptureSettings>;
  /** Learns what the captures see of proxies. */
  readonly proxies?: Pick<ProxyHealth, 'learn'>;
  /** Called right before a thread is made, and what it returns when that runs: how a heap is laid out is up to the whole process. */
  readonly beforeThread?: () => () => void;
  /** The thread's program. */
  readonly program?: URL;
}

const CLOSE_MS = 2000;
/** Three halves of a young generation, of 8 MB at most: bodies are kept elsewhere, and V8 would let it grow to several times that. */
const YOUNG_MB = 24;
/** Far more than it needs. V8 lets a heap without bounds grow to four times what lives in it before it looks through all of it. */
const OLD_MB = 1024;

/**
 * The HLS engine in a thread of its own, begun with the first capture or when it is known that there will be one. Bodies pass as large buffers outside of the heap, and every
 * few megabytes of them have V8 mark the whole heap they belong to: that of a server costs more than all the capturing, that of
 * this thread next to nothing. And nothing the server does can keep a segment waiting, nor the other way round.
 *
 * Where the thread breaks, its captures reject; the next one begins another thread, and goes on from its folder's ledger.
 */
export class ThreadedCaptureEngine implements CaptureEngine {
  readonly #settings: Partial<HlsCaptureSettings>;
  readonly #program: URL;
  readonly #beforeThread: (() => () => void) | undefined;
  readonly #proxies: Pick<ProxyHealth, 'learn'> | undefined;
  readonly #captures = new Map<number, Capture>();
  #last = 0;
  #thread: Worker | undefined;

  constructor({ settings = {}, proxies, beforeThread, program }: ThreadedCaptureEngineOptions = {}) {
    this.#settings = settings;
    this.#proxies = proxies;
    this.#beforeThread = beforeThread;
    this.#program = program ?? new URL('./capture-thread.js', import.meta.url);
  }

  async capture(
    request: CaptureRequest,
    reporter: CaptureReporter,
    signal: AbortSignal,
    leaving?: AbortSignal,
  ): Promise<CaptureEnd> {
    const number = (this.#last += 1);
    const thread = (this.#thread ??= this.#begin());
    const stop = () => post(thread, { kind: 'stop', capture: number });
    const leave = () => post(thread, { kind: 'leave', capture: number });
    const ended = new Promise<Outcome<CaptureEnd>>((settle) =>
      this.#captures.set(number, { request, reporter, signal, settle }),
    );
    post(thread, {
      kind: 'capture',
      capture: number,
      request: { ...request, source: plain(request.source), refreshable: request.source.refresh !== undefined },
    });
    leaving?.addEventListener('abort', leave);
    if (leaving?.aborted) leave();
    signal.addEventListener('abort', stop);
    if (signal.aborted) stop();
    try {
      return unwrap(await ended);
    } finally {
      signal.removeEventListener('abort', stop);
      leaving?.removeEventListener('abort', leave);
      this.#captures.delete(number);
    }
  }

  /** Begins the thread, which takes a good part of the second in which the first of a hundred captures should have its first bytes. */
  prepare(): void {
    this.#thread ??= this.#begin();
  }

  /** Lets go of the connections and ends the thread. Captures that still run reject: stop them first. */
  async close(): Promise<void> {
    const thread = this.#thread;
    if (thread === undefined) return;
    const ended = new Promise<void>((resolve) => void thread.once('exit', () => resolve()));
    const late = setTimeout(() => void thread.terminate(), CLOSE_MS);
    post(thread, { kind: 'close' });
    await ended;
    clearTimeout(late);
  }

  #begin(): Worker {
    const resourceLimits = { maxYoungGenerationSizeMb: YOUNG_MB, maxOldGenerationSizeMb: OLD_MB };
    const hasBegun = this.#beforeThread?.() ?? ((): void => undefined);
    const thread = new Worker(this.#program, { workerData: this.#settings, name: 'capture', resourceLimits });
    thread.once('online', hasBegun).once('exit', hasBegun);
    let broke = new Error('The capture thread ended');
    thread.on('message', (message: FromThread) => this.#take(thread, message));
    thread.on('error', (error: unknown) => {
      broke = new Error(`The capture thread broke: ${String(error)}`, { cause: error });
    });
    thread.on('exit', () => {
      if (this.#thread === thread) this.#thread = undefined;
      for (const { settle } of this.#captures.values())
        settle({ error: { message: broke.message, stack: broke.stack } });
    });
    return thread;
  }

  #take(thread: Worker, message: FromThread): void {
    if (message.kind === 'proxy') return this.#proxies?.learn(message.key, message.record);
    if (message.kind === 'progress') {
      for (const [number, progress] of message.all) this.#captures.get(number)?.reporter.progress(progress);
      return;
    }
    const capture = this.#captures.get(message.capture);
    if (capture === undefined) return;
    switch (message.kind) {
      case 'end':
        return capture.settle(message.outcome);
      case 'fact':
        return this.#answer(thread, message.call, () => capture.reporter.fact(message.fact));
      case 'refresh':
        return this.#answer(thread, message.call, () => refreshed(capture, message.reason));
      default:
        return message satisfies never;
    }
  }

  #answer(thread: Worker, call: number, work: () => Promise<unknown>): void {
    void outcomeOf(work).then((outcome) => post(thread, { kind: 'answer', call, outcome }));
  }
}

async function refreshed({ request, signal }: Capture, reason: Extract<FromThread, { kind: 'refresh' }>['reason']) {
  if (request.source.refresh === undefined) throw new Error('The source cannot be found anew');
  return plain(await request.source.refresh(reason, signal));
}

/** Functions do not cross over. */
const plain = (source: CaptureSource): CaptureSource => Object.assign({}, source, { refresh: undefined });

const post = (thread: Worker, message: ToThread): void => thread.postMessage(message);
