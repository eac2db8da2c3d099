/**
 * Lets only a limited number of tasks run at once, in the order they came. A disk that serves everything at once
 * finishes nothing.
 */
export class Gate {
  #running = 0;
  readonly #waiting: (() => void)[] = [];

  constructor(private readonly most: number) {}

  async run(work: () => Promise<void>): Promise<void> {
    if (this.#running >= this.most) await new Promise<void>((resolve) => this.#waiting.push(resolve));
    else this.#running += 1;
    try {
      await work();
    } finally {
      const next = this.#waiting.shift();
      // The next task takes over the free place.
      if (next === undefined) this.#running -= 1;
      else next();
    }
  }
}
