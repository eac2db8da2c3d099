import { errorCode } from '@streamvault/failures';
import { OwnedThread } from '@streamvault/threads';
import type { FfmpegCaptureSettings } from '../ffmpeg/settings.js';
import type { HlsCaptureSettings } from '../session/settings.js';
import type { ProxyHealth } from '@streamvault/network';
import { BROADCAST_OVER } from '../port.js';
import type { CaptureEnd, CaptureEngine, CaptureReporter, CaptureRequest, CaptureSource, Cause } from '../port.js';
import { outcomeOf, unwrap, type FromThread, type Outcome, type ThreadData, type ToThread } from './messages.js';
import { quarantine } from './quarantine.js';
import { beganAgainCause, frozeCause } from './stall-causes.js';
import { StallTeller } from './stall-teller.js';

interface Capture {
  readonly request: CaptureRequest;
  readonly reporter: CaptureReporter;
  readonly signal: AbortSignal;
  readonly stall: StallTeller;
  readonly settle: (outcome: Outcome<CaptureEnd>) => void;
}

export interface ThreadedCaptureEngineOptions {
  readonly settings?: Partial<HlsCaptureSettings>;
  readonly ffmpeg?: Partial<FfmpegCaptureSettings>;
  /** Receives what the captures find out about proxies. */
  readonly proxies?: Pick<ProxyHealth, 'learn'>;
  /**
   * Called right before a thread is made; the returned function is called when the thread runs. The layout of a heap is
   * set for the whole process.
   */
  readonly beforeThread?: () => () => void;
  /** The thread's program. */
  readonly program?: URL;
  /** How long the thread may hang until that is reported, and until it is ended. Default: 3 and 10 s. */
  readonly stallMs?: number;
  readonly deadMs?: number;
}

type CaptureThread = OwnedThread<ToThread, FromThread>;

const CLOSE_MS = 2000;
/**
 * Three halves of a young generation of 8 MB at most. Bodies are kept elsewhere, and V8 would let it grow to several
 * times that.
 */
const YOUNG_MB = 24;
/**
 * Far more than it needs. Without a limit V8 lets a heap grow to four times its live data before it collects all of it.
 */
const OLD_MB = 1024;

/**
 * Runs the engines in a thread of their own. It starts with the first capture, or when one is announced. Bodies pass as
 * large buffers outside of the heap, and every few megabytes of them make V8 mark the whole heap that they belong to.
 * Marking the server's heap would cost more than all capturing; marking this thread's costs next to nothing. Also, work
 * of the server cannot delay a segment, nor the other way round.
 *
 * Text and media of strangers are read only there. If the thread hangs over them, each of its captures reports that. If
 * it lasts, the thread is ended, and the capture whose source caused it fails. The other captures reject, as they do
 * when the thread crashes; the next capture starts another thread, and continues from its folder's ledger.
 */
export class ThreadedCaptureEngine implements CaptureEngine {
  readonly #options: ThreadedCaptureEngineOptions;
  readonly #program: URL;
  readonly #captures = new Map<number, Capture>();
  /** By folder: why captures that will begin again were away. */
  readonly #away = new Map<string, Cause>();
  #last = 0;
  #thread: CaptureThread | undefined;

  constructor(options: ThreadedCaptureEngineOptions = {}) {
    this.#options = options;
    this.#program = options.program ?? new URL('./capture-thread.js', import.meta.url);
  }

  async capture(
    request: CaptureRequest,
    reporter: CaptureReporter,
    signal: AbortSignal,
    leaving?: AbortSignal,
  ): Promise<CaptureEnd> {
    const { directory } = request;
    if (quarantine.take(directory)) return { kind: 'failed', cause: frozeCause };
    const away = request.away ?? this.#away.get(directory);
    this.#away.delete(directory);
    const number = (this.#last += 1);
    const thread = (this.#thread ??= this.#begin());
    const stop = () => thread.post({ kind: 'stop', capture: number, isOver: signal.reason === BROADCAST_OVER });
    const leave = () => thread.post({ kind: 'leave', capture: number });
    const stall = new StallTeller(reporter);
    const ended = new Promise<Outcome<CaptureEnd>>((settle) =>
      this.#captures.set(number, { request, reporter, signal, stall, settle }),
    );
    const source = plain(request.source);
    const refreshable = request.source.refresh !== undefined;
    thread.post({
      kind: 'capture',
      capture: number,
      request: { ...request, source, refreshable, ...(away && { away }) },
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

  /**
   * Starts the thread. That takes a good part of the second in which the first of a hundred captures should get its
   * first bytes.
   */
  prepare(): void {
    this.#thread ??= this.#begin();
  }

  /** Closes the connections and ends the thread. Captures that still run reject, so stop them first. */
  async close(): Promise<void> {
    await this.#thread?.close({ kind: 'close' }, CLOSE_MS);
  }

  #begin(): CaptureThread {
    const { beforeThread, deadMs, ffmpeg = {}, settings: hls = {}, stallMs } = this.#options;
    const data: ThreadData = { hls, ffmpeg };
    let isFrozen = false;
    let culprit: number | undefined;
    const watcher = {
      ...(stallMs !== undefined && { stallMs }),
      ...(deadMs !== undefined && { deadMs }),
      stalled: () => this.#stalled(thread.heart.work),
      back: () => this.#isBack(),
      dead: () => {
        culprit = thread.heart.work;
        isFrozen = true;
        void thread.terminate();
      },
    };
    const thread: CaptureThread = new OwnedThread(
      {
        program: this.#program,
        name: 'capture',
        data,
        resourceLimits: { maxYoungGenerationSizeMb: YOUNG_MB, maxOldGenerationSizeMb: OLD_MB },
        watcher,
        ...(beforeThread && { beforeThread }),
      },
      {
        message: (message) => this.#take(thread, message),
        ended: (why) => {
          // The work at the time when its memory was full is what filled it.
          if (errorCode(why) === 'ERR_WORKER_OUT_OF_MEMORY') culprit = thread.heart.work;
          if (this.#thread === thread) this.#thread = undefined;
          if (isFrozen) this.#settleAll(new CaptureThreadEnded(beganAgainCause), beganAgainCause, culprit);
          else this.#settleAll(brokenBy(why), undefined, culprit);
        },
      },
    );
    return thread;
  }

  #stalled(culprit: number | undefined): void {
    for (const { request, stall } of this.#captures.values()) {
      const isOwn = culprit === undefined ? undefined : request.recordingId === culprit;
      stall.stalled(isOwn);
      if (isOwn === true) quarantine.mark(request.directory);
    }
  }

  #isBack(): void {
    for (const { request, stall } of this.#captures.values()) {
      stall.back();
      quarantine.clear(request.directory);
    }
  }

  /**
   * @param away the cause that the other captures report when they begin again
   * @param culprit the recording whose source it was
   */
  #settleAll(
    { code, message, stack }: Error & { readonly code: string },
    away: Cause | undefined,
    culprit?: number,
  ): void {
    for (const { request, settle } of this.#captures.values()) {
      const isCulprit = request.recordingId === culprit;
      if (isCulprit) quarantine.clear(request.directory);
      else if (away !== undefined) this.#away.set(request.directory, away);
      settle(isCulprit ? { value: { kind: 'failed', cause: frozeCause } } : { error: { message, stack, code } });
    }
  }

  #take(thread: CaptureThread, message: FromThread): void {
    if (message.kind === 'proxy') return this.#options.proxies?.learn(message.key, message.record);
    if (message.kind === 'progress') {
      for (const [number, progress] of message.all) {
        const capture = this.#captures.get(number);
        capture?.stall.note(progress);
        capture?.reporter.progress(progress);
      }
      return;
    }
    const capture = this.#captures.get(message.capture);
    if (capture === undefined) return;
    switch (message.kind) {
      case 'end':
        return capture.settle(message.outcome);
      case 'fact':
        capture.stall.told(message.fact);
        return this.#answer(thread, message.call, () => capture.reporter.fact(message.fact));
      case 'refresh':
        return this.#answer(thread, message.call, () => refreshed(capture, message.reason));
      default:
        return message satisfies never;
    }
  }

  #answer(thread: CaptureThread, call: number, work: () => Promise<unknown>): void {
    void outcomeOf(work).then((outcome) => thread.post({ kind: 'answer', call, outcome }));
  }
}

class CaptureThreadEnded extends Error {
  readonly code: string;

  constructor({ code, message }: Cause, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}

const brokenBy = (why: Error | undefined): CaptureThreadEnded =>
  why === undefined
    ? new CaptureThreadEnded({ code: 'capture.broken', message: 'The capture thread ended' })
    : new CaptureThreadEnded(
        { code: 'capture.broken', message: `The capture thread broke: ${String(why)}` },
        { cause: why },
      );

async function refreshed({ request, signal }: Capture, reason: Extract<FromThread, { kind: 'refresh' }>['reason']) {
  if (request.source.refresh === undefined) throw new Error('The source cannot be found again');
  return plain(await request.source.refresh(reason, signal));
}

/** Functions cannot cross to the thread. */
const plain = (source: CaptureSource): CaptureSource => Object.assign({}, source, { refresh: undefined });
