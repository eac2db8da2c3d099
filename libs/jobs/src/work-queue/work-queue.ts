import { availableParallelism } from 'node:os';

export interface WorkOptions {
  /** Higher goes first; 0 unless told. */
  readonly priority?: number;
  /** Whose work it is. Free places go to the group that has the fewest, so that one with much to do holds nobody up. */
  readonly group?: string;
  readonly signal?: AbortSignal;
}

/** What the work may say while it runs. */
export interface WorkProgress {
  /** From 0 to 1. */
  readonly share: (done: number) => void;
}

/** Work that waits for its turn or runs. */
export interface WorkStatus {
  readonly name: string;
  readonly group: string;
  readonly state: 'waiting' | 'running';
  /** From 1: how many have their turn before it, itself counted. Null while it runs. */
  readonly place: number | null;
  /** From 0 to 1; null where it cannot tell. */
  readonly share: number | null;
  /** What is left by the pace so far; null where that cannot be told yet. */
  readonly secondsLeft: number | null;
}

interface Entry {
  readonly name: string;
  readonly group: string;
  readonly priority: number;
  readonly start: () => void;
  /** How often somebody who came later went first. */
  passedOver: number;
  startedAt: number | undefined;
  share: number | undefined;
}

/** After so many others went first, it is its turn whatever its priority: nobody waits for ever. */
const mostPassedOver = 20;

/** Half of the cores: captures, the API and the database need the rest. */
export const defaultWorkLimit = (): number => Math.max(1, Math.floor(availableParallelism() / 2));

/** Heavy work, so much at a time. In the order of priority; among equals the group with the least under way, then who came first. */
export class WorkQueue {
  readonly limit: number;
  readonly #now: () => number;
  readonly #waiting = new Set<Entry>();
  readonly #running = new Set<Entry>();

  /** @param now milliseconds of any steady clock */
  constructor(limit = defaultWorkLimit(), now: () => number = () => performance.now()) {
    if (!Number.isSafeInteger(limit) || limit < 1) throw new RangeError('A work queue needs room for one at least.');
    this.limit = limit;
    this.#now = now;
  }

  /** Settles as the work does. Aborted while it waits, it is never begun and rejects with the signal's reason. */
  async run<Result>(
    name: string,
    { priority = 0, group = name, signal }: WorkOptions,
    work: (progress: WorkProgress) => Promise<Result>,
  ): Promise<Result> {
    signal?.throwIfAborted();
    const entry = await this.#turn({ name, group, priority }, signal);
    try {
      return await work({ share: (done) => void (entry.share = Math.min(1, Math.max(0, done))) });
    } finally {
      this.#running.delete(entry);
      this.#fill();
    }
  }

  /** What runs, then what waits in the order in which it would begin now. */
  status(): WorkStatus[] {
    return [
      ...[...this.#running].map((entry) => this.#runningStatus(entry)),
      ...this.#order().map(({ name, group }, index): WorkStatus => ({
        name,
        group,
        state: 'waiting',
        place: index + 1,
        share: null,
        secondsLeft: null,
      })),
    ];
  }

  /** One piece of work, undefined where it neither waits nor runs. */
  find(group: string, name: string): WorkStatus | undefined {
    return this.status().find((status) => status.group === group && status.name === name);
  }

  #turn(facts: Pick<Entry, 'name' | 'group' | 'priority'>, signal: AbortSignal | undefined): Promise<Entry> {
    return new Promise((resolve, reject) => {
      const leave = () => {
        this.#waiting.delete(entry);
        reject(signal?.reason as Error);
      };
      const entry: Entry = {
        ...facts,
        passedOver: 0,
        startedAt: undefined,
        share: undefined,
        start: () => {
          signal?.removeEventListener('abort', leave);
          resolve(entry);
        },
      };
      signal?.addEventListener('abort', leave, { once: true });
      this.#waiting.add(entry);
      this.#fill();
    });
  }

  #fill(): void {
    while (this.#running.size < this.limit) {
      const [next] = this.#order();
      if (!next) return;
      // Sets keep the order of arrival: those before it came earlier.
      for (const other of this.#waiting) {
        if (other === next) break;
        other.passedOver += 1;
      }
      this.#waiting.delete(next);
      this.#running.add(next);
      next.startedAt = this.#now();
      next.start();
    }
  }

  #order(): Entry[] {
    const busy = new Map<string, number>();
    for (const { group } of this.#running) busy.set(group, (busy.get(group) ?? 0) + 1);
    const due = (entry: Entry) => (entry.passedOver >= mostPassedOver ? 0 : 1);
    // Sorting is stable: who came first stays first among equals.
    return [...this.#waiting].toSorted(
      (left, right) =>
        due(left) - due(right) ||
        right.priority - left.priority ||
        (busy.get(left.group) ?? 0) - (busy.get(right.group) ?? 0),
    );
  }

  #runningStatus({ name, group, share, startedAt = this.#now() }: Entry): WorkStatus {
    const seconds = (this.#now() - startedAt) / 1000;
    // The first per cent says little about the rest.
    const secondsLeft = share === undefined || share < 0.01 ? null : Math.round((seconds * (1 - share)) / share);
    return { name, group, state: 'running', place: null, share: share ?? null, secondsLeft };
  }
}
