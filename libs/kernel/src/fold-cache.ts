import type { Fold } from './fold-stream.js';

/** A fold with the ids of its events, by which a repeated command is recognized. */
export interface FoldWithEventIds<State> extends Fold<State> {
  readonly ids: Set<string>;
}

interface Entry {
  readonly decider: object;
  readonly fold: FoldWithEventIds<unknown>;
  readonly cost: number;
}

/** A state has a size too, however few events led to it: it counts as this many events. */
const leastCost = 500;

/**
 * Caches folded streams, so that the next command on one reads only what is new. The least recently used are dropped
 * first.
 */
export class FoldCache {
  readonly #entries = new Map<string, Entry>();
  readonly #maxEvents: number;
  #events = 0;

  constructor(maxEvents = 200_000) {
    this.#maxEvents = maxEvents;
  }

  get<State>(stream: string, decider: object): FoldWithEventIds<State> | undefined {
    const entry = this.#entries.get(stream);
    if (!entry || entry.decider !== decider) return undefined;
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the same decider wrote it: it is that decider's state
    return entry.fold as FoldWithEventIds<State>;
  }

  set<State>(stream: string, decider: object, fold: FoldWithEventIds<State>): void {
    this.delete(stream);
    const cost = Math.max(leastCost, fold.ids.size);
    this.#entries.set(stream, { decider, fold, cost });
    this.#events += cost;
    for (const oldest of this.#entries.keys()) {
      if (this.#events <= this.#maxEvents || oldest === stream) return;
      this.delete(oldest);
    }
  }

  delete(stream: string): void {
    const entry = this.#entries.get(stream);
    if (!entry) return;
    this.#entries.delete(stream);
    this.#events -= entry.cost;
  }
}
