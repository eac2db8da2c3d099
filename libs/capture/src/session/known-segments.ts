/** As far as a segment must be known again: `startsAtMs` in milliseconds since the epoch. */
export interface Known {
  readonly mediaSequence: number;
  readonly startsAtMs: number;
}

const LEAST_MEMORY = 64;
/** So many at once are not indexed before a name among them is looked for. */
const MANY = 1000;

/** Columns, not objects: a list of days has a hundred thousand of them. */
class Batch {
  readonly #names: string[] = [];
  readonly #sequences: number[] = [];
  readonly #starts: number[] = [];

  get size(): number {
    return this.#names.length;
  }

  add(name: string, { mediaSequence, startsAtMs }: Known): void {
    this.#names.push(name);
    this.#sequences.push(mediaSequence);
    this.#starts.push(startsAtMs);
  }

  addTo(byName: Map<string, Known>): void {
    for (const [at, name] of this.#names.entries()) {
      // To its end: the first is the one that goes first.
      byName.delete(name);
      byName.set(name, { mediaSequence: this.#sequences[at] ?? 0, startsAtMs: this.#starts[at] ?? 0 });
    }
  }
}

/**
 * What was planned before, by name, as far back as two windows of the source's list. A source that goes on as it should has no name
 * looked for, and to index a list of days is half of what its first plan costs: so that waits.
 */
export class KnownSegments {
  #byName = new Map<string, Known>();
  /** Of the plan at hand. */
  #batch = new Batch();
  /** Older than all that is indexed. */
  #long: Batch | undefined;
  #most = LEAST_MEMORY;
  #latestMs = -Infinity;

  /** The latest start of all that were ever added. */
  get latestMs(): number {
    return this.#latestMs;
  }

  /** @param window how many segments the source lists at once */
  add(name: string, segment: Known, window: number): void {
    this.#most = Math.max(LEAST_MEMORY, window * 2);
    this.#batch.add(name, segment);
    if (segment.startsAtMs > this.#latestMs) this.#latestMs = segment.startsAtMs;
  }

  /** A plan is made. Names of a few are indexed, which also lets go of the text that they were cut from. */
  settle(): void {
    if (this.#batch.size >= MANY && this.#byName.size === 0 && this.#long === undefined) {
      this.#long = this.#batch;
      this.#batch = new Batch();
    } else this.#index();
    if (this.#byName.size >= this.#most) this.#long = undefined;
  }

  get(name: string): Known | undefined {
    return this.#all().get(name);
  }

  has(name: string): boolean {
    return this.#all().has(name);
  }

  /** Infinity where there is none. */
  get oldestMs(): number {
    let oldest = Infinity;
    for (const { startsAtMs } of this.#all().values()) oldest = Math.min(oldest, startsAtMs);
    return oldest;
  }

  #all(): ReadonlyMap<string, Known> {
    if (this.#long !== undefined) {
      const newer = this.#byName;
      this.#byName = new Map();
      this.#long.addTo(this.#byName);
      this.#long = undefined;
      for (const [name, segment] of newer) {
        this.#byName.delete(name);
        this.#byName.set(name, segment);
      }
      this.#trim();
    }
    this.#index();
    return this.#byName;
  }

  #index(): void {
    if (this.#batch.size === 0) return;
    this.#batch.addTo(this.#byName);
    this.#batch = new Batch();
    this.#trim();
  }

  #trim(): void {
    for (const oldest of this.#byName.keys()) {
      if (this.#byName.size <= this.#most) break;
      this.#byName.delete(oldest);
    }
  }
}
