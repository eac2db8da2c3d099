import { Injectable } from '@nestjs/common';

const firstMilliseconds = 1000;
const longestMilliseconds = 60_000;

interface Planned {
  readonly streamerId: number;
  readonly broadcastId: number;
  readonly attempts: number;
  readonly at: number;
  /** Cause of the failure. */
  readonly cause: string;
}

/**
 * When a recording that got nothing is retried: soon at first, and then less often. Lost with the process, and made
 * again.
 */
@Injectable()
export class StartRetries {
  readonly #planned = new Map<number, Planned>();

  plan(streamerId: number, broadcastId: number, cause: string, now = Date.now()): void {
    const before = this.#planned.get(streamerId);
    if (before?.cause === cause) return;
    const attempts = before?.broadcastId === broadcastId ? before.attempts + 1 : 0;
    const pause = Math.min(firstMilliseconds * 2 ** attempts, longestMilliseconds);
    this.#planned.set(streamerId, { streamerId, broadcastId, attempts, cause, at: now + pause });
  }

  /** It is being recorded now. */
  forget(streamerId: number): void {
    this.#planned.delete(streamerId);
  }

  /** What is due; each once. */
  due(now = Date.now()): Planned[] {
    const due = [...this.#planned.values()].filter(({ at }) => at <= now);
    for (const one of due) this.#planned.set(one.streamerId, { ...one, at: Infinity });
    return due;
  }

  /** Whether another try is planned. */
  has(streamerId: number): boolean {
    return Number.isFinite(this.#planned.get(streamerId)?.at ?? Infinity);
  }
}
