import { DomainError } from '../domain-error.js';

/** Each costs a connection, and a look at every event; more than a household of consoles has open. */
export const MOST_VIEWERS = 200;
/** Replays read the log from far back: so many at once, and the others in their turn. */
const MOST_REPLAYS = 4;
const MOST_WAITING = 60;

export class LiveFeedFull extends DomainError {
  readonly code = 'live.full';
  readonly kind = 'unavailable';
  constructor(message: string) {
    super(message, { retryAfterSeconds: 10 });
  }
}

/** Who may replay the log now. */
export class ReplayTurns {
  #running = 0;
  readonly #waiting: (() => void)[] = [];

  get isFull(): boolean {
    return this.#waiting.length >= MOST_WAITING;
  }

  /** Resolves when it is one's turn, with what ends it; at once, and with no turn taken, when the signal ends the wait. */
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
