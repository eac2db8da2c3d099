import { BROADCAST_OVER } from '../port.js';
import type { Clock } from './clock.js';

/** What ends a capture from outside, as {@link CaptureEngine} has it. */
export interface EndSignals {
  readonly stop: AbortSignal;
  readonly leaving: AbortSignal;
}

/** What has to end. */
export interface Endable {
  /** Begins nothing more. */
  drain(): void;
  /** Gives up what has not come since. */
  cutOff(): void;
  /** Ends as it is. */
  leave(): void;
}

/** So long may what is on its way at a stop take to become whole. */
const GRACE_MS = 5000;

/** The end of a capture that its source has not ended: somebody stops it, its recorder goes, or it failed. */
export class CaptureEnding {
  readonly #begun = new AbortController();
  readonly #atOnce = new AbortController();
  readonly #onStop = (): void => this.#soon();
  readonly #onLeave = (): void => this.now();
  #work: Endable | undefined;

  constructor(
    private readonly signals: EndSignals,
    private readonly clock: Clock,
  ) {}

  /** Nothing is read from the source any more. */
  get begun(): AbortSignal {
    return this.#begun.signal;
  }

  /** Nothing is waited for any more. */
  get atOnce(): AbortSignal {
    return this.#atOnce.signal;
  }

  /** It was asked for. */
  get wanted(): boolean {
    return this.signals.stop.aborted || this.signals.leaving.aborted;
  }

  /** It was stopped, and nobody leaves. */
  get isStop(): boolean {
    return this.signals.stop.aborted && !this.signals.leaving.aborted;
  }

  /** Its recorder goes. */
  get leaving(): AbortSignal {
    return this.signals.leaving;
  }

  get reason(): unknown {
    return this.signals.stop.reason;
  }

  /** Somebody stopped it who would have had more of it. */
  get isMissed(): boolean {
    return this.isStop && this.reason !== BROADCAST_OVER;
  }

  /** From now on the signals end that. */
  watch(work: Endable): void {
    this.#work = work;
    const { leaving, stop } = this.signals;
    leaving.addEventListener('abort', this.#onLeave, { once: true });
    stop.addEventListener('abort', this.#onStop, { once: true });
    if (leaving.aborted) this.now();
    else if (stop.aborted) this.#soon();
  }

  now(): void {
    this.#atOnce.abort();
    this.#begun.abort();
    this.#work?.leave();
  }

  #soon(): void {
    if (this.#begun.signal.aborted) return;
    this.#begun.abort();
    this.#work?.drain();
    void this.clock.sleep(GRACE_MS, this.#atOnce.signal).then(() => this.#work?.cutOff());
  }

  /** It is over: nothing is waited for, nor listened to. */
  over(): void {
    this.#atOnce.abort();
    this.signals.leaving.removeEventListener('abort', this.#onLeave);
    this.signals.stop.removeEventListener('abort', this.#onStop);
  }
}
