import { BROADCAST_OVER } from '../port.js';
import type { Clock } from './clock.js';

/** The signals that end a capture from outside, as described at {@link CaptureEngine}. */
export interface EndSignals {
  readonly stop: AbortSignal;
  readonly leaving: AbortSignal;
}

/** Work that a capture's end concerns. */
export interface Endable {
  /** Starts nothing more. */
  drain(): void;
  /** Gives up what has not arrived. */
  cutOff(): void;
  /** Ends immediately, as it is. */
  leave(): void;
}

/** How long unfinished segments may take to complete after a stop. */
const GRACE_MS = 5000;

/** The end of a capture that its source has not ended: it is stopped, its recorder shuts down, or it failed. */
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

  /** Aborts when nothing more is to be read from the source. */
  get begun(): AbortSignal {
    return this.#begun.signal;
  }

  /** Aborts when nothing more is to be waited for. */
  get atOnce(): AbortSignal {
    return this.#atOnce.signal;
  }

  /** The end was requested. */
  get wanted(): boolean {
    return this.signals.stop.aborted || this.signals.leaving.aborted;
  }

  /** It was stopped, and the recorder does not shut down. */
  get isStop(): boolean {
    return this.signals.stop.aborted && !this.signals.leaving.aborted;
  }

  /** Aborts when the recorder shuts down. */
  get leaving(): AbortSignal {
    return this.signals.leaving;
  }

  get reason(): unknown {
    return this.signals.stop.reason;
  }

  /** It was stopped by somebody who would have wanted more of it. */
  get isMissed(): boolean {
    return this.isStop && this.reason !== BROADCAST_OVER;
  }

  /** From now on the signals end this work. */
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

  /** It is over: stops waiting and listening. */
  over(): void {
    this.#atOnce.abort();
    this.signals.leaving.removeEventListener('abort', this.#onLeave);
    this.signals.stop.removeEventListener('abort', this.#onStop);
  }
}
