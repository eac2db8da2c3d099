/** Lets only so many work at once, in the order they came: a disk that does everything for everybody at once gets nothing done. */
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
      // Whoever comes next takes over the place that is left.
      if (next === undefined) this.#running -= 1;
      else next();
    }
  }
}
