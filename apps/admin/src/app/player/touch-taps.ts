const doubleMilliseconds = 300;
/** At either side; between them a tap plays or pauses at once. */
const sideShare = 0.33;
const jumpSeconds = 10;

export interface TapDeeds {
  toggle(): void;
  jump(seconds: number): void;
}

/**
 * A finger on the picture: two taps at its left or right go back or forward, and each further one once more. A single tap plays or pauses, at
 * the sides only when no second one came.
 */
export class TouchTaps {
  readonly #deeds: TapDeeds;
  #last: { readonly side: -1 | 1; readonly at: number } | undefined;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(deeds: TapDeeds) {
    this.#deeds = deeds;
  }

  /** @param share from 0 at the left to 1 at the right; `at`: milliseconds of any steady clock */
  tap(share: number, at: number): void {
    clearTimeout(this.#timer);
    const side = share < sideShare ? -1 : share > 1 - sideShare ? 1 : undefined;
    if (side === undefined) {
      this.#last = undefined;
      this.#deeds.toggle();
      return;
    }
    const isSecond = this.#last?.side === side && at - this.#last.at < doubleMilliseconds;
    this.#last = { side, at };
    if (isSecond) this.#deeds.jump(side * jumpSeconds);
    else this.#timer = setTimeout(() => this.#deeds.toggle(), doubleMilliseconds);
  }

  forget(): void {
    clearTimeout(this.#timer);
  }
}
