/** So long at most a position is behind while it plays. */
const whilePlayingMilliseconds = 10_000;
const worthSeconds = 1;

/** When a position is worth keeping: now and then while it plays, at every pause, and when one leaves. */
export class PositionKeeper {
  readonly #keep: (seconds: number, isLeaving: boolean) => void;
  readonly #now: () => number;
  #seen: number | undefined;
  #kept: number | undefined;
  #keptAt = -Infinity;

  constructor(keep: (seconds: number, isLeaving: boolean) => void, now: () => number = () => performance.now()) {
    this.#keep = keep;
    this.#now = now;
  }

  at(seconds: number, isPaused: boolean): void {
    this.#seen = seconds;
    // The first moment of playing is where one was already.
    this.#kept ??= seconds;
    if (this.#keptAt === -Infinity) this.#keptAt = this.#now();
    if (isPaused || this.#now() - this.#keptAt >= whilePlayingMilliseconds) this.#flush(false);
  }

  /** The page goes away, perhaps for good. */
  leave(): void {
    this.#flush(true);
  }

  /** Another video, which was not seen yet. */
  forget(): void {
    this.#seen = undefined;
    this.#kept = undefined;
    this.#keptAt = -Infinity;
  }

  #flush(isLeaving: boolean): void {
    if (this.#seen === undefined || this.#kept === undefined) return;
    if (Math.abs(this.#seen - this.#kept) < worthSeconds) return;
    this.#kept = this.#seen;
    this.#keptAt = this.#now();
    this.#keep(this.#seen, isLeaving);
  }
}
