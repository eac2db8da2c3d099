import { setImmediate } from 'node:timers/promises';
import { DomainError } from '../domain-error.js';

/** Each costs a connection and a look at every event. More than all consoles of a household. */
export const MOST_VIEWERS = 200;
/** Replays read old parts of the log: this many run at once, the others in turn. */
const MOST_REPLAYS = 4;
const MOST_WAITING = 60;
/** So many events of one replay, then other work has its turn. */
export const REPLAYED_AT_ONCE = 10;

export class LiveFeedFull extends DomainError {
  readonly code = 'live.full';
  readonly kind = 'unavailable';
  constructor(message: string) {
    super(message, { retryAfterSeconds: 10 });
  }
}

/** Decides which viewers may replay the log now. */
export class ReplayTurns {
  #running = 0;
  readonly #waiting: (() => void)[] = [];
  #pace: Promise<void> = Promise.resolve();

  get isFull(): boolean {
    return this.#waiting.length >= MOST_WAITING;
  }

  /**
   * Resolves when it is the caller's turn, with a function that ends it. If the signal ends the wait, it resolves at
   * once without a turn.
   */
  async take(signal: AbortSignal): Promise<() => void> {
    if (this.#running >= MOST_REPLAYS && !(await this.#waited(signal))) return () => undefined;
    this.#running += 1;
    let isOver = false;
    return () => {
      if (isOver) return;
      isOver = true;
      this.#running -= 1;
      this.#waiting.shift()?.();
    };
  }

  /**
   * Resolves when the next few events may be sent. In each turn of the event loop one replay sends some: a server takes
   * one new connection in a turn, and a request needs several, so that long turns would hold up everybody else.
   */
  pause(): Promise<void> {
    this.#pace = this.#pace.then(() => setImmediate());
    return this.#pace;
  }

  #waited(signal: AbortSignal): Promise<boolean> {
    return new Promise((resolve) => {
      const called = (): void => {
        signal.removeEventListener('abort', left);
        resolve(true);
      };
      const left = (): void => {
        this.#waiting.splice(this.#waiting.indexOf(called), 1);
        resolve(false);
      };
      if (signal.aborted) return resolve(false);
      this.#waiting.push(called);
      signal.addEventListener('abort', left, { once: true });
    });
  }
}
