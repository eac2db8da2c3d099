import { availableParallelism } from 'node:os';

export interface WorkOptions {
  /** Higher goes first; 0 by default. */
  readonly priority?: number;
  /** Free places go to the group that has the fewest, so that one with much work does not block others. */
  readonly group?: string;
  readonly signal?: AbortSignal;
}

/** What the work may report while it runs. */
export interface WorkProgress {
  /** From 0 to 1. */
  readonly share: (done: number) => void;
}

/** Work that waits for its turn or runs. */
export interface WorkStatus {
  readonly name: string;
  readonly group: string;
  readonly state: 'waiting' | 'running';
  /** Place in the queue, from 1. Null while it runs. */
  readonly place: number | null;
  /** From 0 to 1; null if it is unknown. */
  readonly share: number | null;
  /** The time left at the pace so far; null if it is not known yet. */
  readonly secondsLeft: number | null;
}

interface Entry {
  readonly name: string;
  readonly group: string;
  readonly priority: number;
  readonly start: () => void;
  /** How often later work went first. */
  passedOver: number;
  startedAt: number | undefined;
  share: number | undefined;
}

/** After this many others went first, it is its turn whatever its priority. */
const mostPassedOver = 20;

/** Half of the cores: captures, the API and the database need the rest. */
export const defaultWorkLimit = (): number => Math.max(1, Math.floor(availableParallelism() / 2));

/**
 * Heavy work, a limited amount at a time. In order of priority; among equals the group with the least running work,
 * then the earliest.
 */
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

  /**
   * Settles as the work does. If it is aborted while it waits, it never starts and rejects with the signal's reason.
   */
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

  /** What runs, then what waits in the order in which it would start now. */
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

  /** One piece of work; undefined if it neither waits nor runs. */
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
    // Sorting is stable, so the order of arrival remains among equals.
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
