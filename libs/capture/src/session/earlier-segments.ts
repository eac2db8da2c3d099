/** What is needed to recognize a segment. `startsAtMs` is in milliseconds since the epoch. */
export interface SegmentMark {
  readonly mediaSequence: number;
  readonly startsAtMs: number;
}

const LEAST_MEMORY = 64;
/** A larger batch is not indexed until a name in it is looked up. */
const MANY = 1000;

/** Columns instead of objects, because a list of several days has a hundred thousand entries. */
class Batch {
  readonly #names: string[] = [];
  readonly #sequences: number[] = [];
  readonly #starts: number[] = [];

  get size(): number {
    return this.#names.length;
  }

  add(name: string, { mediaSequence, startsAtMs }: SegmentMark): void {
    this.#names.push(name);
    this.#sequences.push(mediaSequence);
    this.#starts.push(startsAtMs);
  }

  /** This batch with another one at its end. */
  followedBy(later: Batch): Batch {
    for (const [at, name] of later.#names.entries()) {
      this.#names.push(name);
      this.#sequences.push(later.#sequences[at] ?? 0);
      this.#starts.push(later.#starts[at] ?? 0);
    }
    return this;
  }

  addTo(byName: Map<string, SegmentMark>): void {
    for (const [at, name] of this.#names.entries()) {
      // Moves the entry to the end, because the first entry is removed first.
      byName.delete(name);
      byName.set(name, { mediaSequence: this.#sequences[at] ?? 0, startsAtMs: this.#starts[at] ?? 0 });
    }
  }
}

/**
 * Segments that were planned before, by name, as far back as two windows of the source's list. A source without trouble
 * needs no look-up by name, and indexing a list of several days is half of what its first plan costs. So indexing waits
 * until it is needed.
 */
export class EarlierSegments {
  #byName = new Map<string, SegmentMark>();
  /** The batch of the current plan. */
  #batch = new Batch();
  /** A batch older than everything indexed. */
  #long: Batch | undefined;
  #most = LEAST_MEMORY;
  #latestMs = -Infinity;

  /** The latest start of all segments ever added. */
  get latestMs(): number {
    return this.#latestMs;
  }

  /** @param window how many segments the source lists at once */
  add(name: string, segment: SegmentMark, window: number): void {
    this.#most = Math.max(LEAST_MEMORY, window * 2);
    this.#batch.add(name, segment);
    if (segment.startsAtMs > this.#latestMs) this.#latestMs = segment.startsAtMs;
  }

  /** The plan is complete. Small batches are indexed, which also releases the text that their names were cut from. */
  settle(): void {
    const unindexed = this.#batch.size + (this.#long?.size ?? 0);
    if (this.#batch.size >= MANY && this.#byName.size === 0 && unindexed <= this.#most) {
      this.#long = this.#long?.followedBy(this.#batch) ?? this.#batch;
      this.#batch = new Batch();
    } else this.#index();
    if (this.#byName.size >= this.#most) this.#long = undefined;
  }

  get(name: string): SegmentMark | undefined {
    return this.#all().get(name);
  }

  has(name: string): boolean {
    return this.#all().has(name);
  }

  /** Infinity if there is none. */
  get oldestMs(): number {
    let oldest = Infinity;
    for (const { startsAtMs } of this.#all().values()) oldest = Math.min(oldest, startsAtMs);
    return oldest;
  }

  #all(): ReadonlyMap<string, SegmentMark> {
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
