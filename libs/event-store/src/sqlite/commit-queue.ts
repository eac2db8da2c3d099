import { errorCode } from '@streamvault/failures';
import type { Database, Statement } from 'better-sqlite3';
import { setImmediate } from 'node:timers';

/** Limits for one commit, so that a flood blocks neither the event loop nor the first of its own appends for long. */
const MAX_JOBS = 1_000;
const MAX_WEIGHT = 4 * 1024 * 1024;

/** Runs writes that belong together: all of them, or none. What a job reads and throws before stays outside. */
export type Atomically = <T>(write: () => T) => T;

export interface CommitQueueHooks {
  /** Called after a COMMIT, before any caller is informed. */
  readonly onCommit: () => void;
  /** Called when a job's writes were undone. */
  readonly onRollback: () => void;
  /** Turns a failure into the error with which the job's promise rejects. */
  readonly asError: (failure: unknown) => unknown;
  /** The disk is full: returns whether there is more room now, so that a retry is worthwhile. */
  readonly onFull?: () => boolean;
  /** Called after all jobs of a commit, or of a failed one, were informed. */
  readonly onSettled?: () => void;
}

/**
 * Group commit: everything that was requested since the last turn of the event loop shares one transaction and
 * therefore one fsync. Each job has its own savepoint, so a failing one does not affect its neighbours, and no success
 * is reported before the COMMIT. Jobs run in the order they came.
 */
export class CommitQueue {
  readonly #db: Database;
  readonly #hooks: CommitQueueHooks;
  readonly #begin: Statement;
  readonly #commit: Statement;
  readonly #savepoint: Statement;
  readonly #release: Statement;
  readonly #rollbackTo: Statement;
  readonly #atomically: Atomically;
  #jobs: Settleable[] = [];
  #isScheduled = false;
  #whenIdle: (() => void)[] = [];
  #lastFailure: unknown;

  constructor(db: Database, hooks: CommitQueueHooks) {
    this.#db = db;
    this.#hooks = hooks;
    this.#begin = db.prepare('BEGIN IMMEDIATE');
    this.#commit = db.prepare('COMMIT');
    this.#savepoint = db.prepare('SAVEPOINT job');
    this.#release = db.prepare('RELEASE job');
    this.#rollbackTo = db.prepare('ROLLBACK TO job');
    this.#atomically = (write) => this.#inSavepoint(write);
  }

  /** Why the last commit failed; undefined as soon as one succeeds again. */
  get lastFailure(): unknown {
    return this.#lastFailure;
  }

  /** @param weight roughly the bytes it will write */
  enqueue<T>(run: (atomically: Atomically) => T, weight: number): Promise<T> {
    return new Promise<T>((resolve, reject) => this.add(run, weight, resolve, reject));
  }

  /**
   * Like `enqueue`, for callers that do not need a promise: exactly one of the two functions is called, in the order of
   * the jobs.
   */
  add<T>(
    run: (atomically: Atomically) => T,
    weight: number,
    resolve: (value: T) => void,
    reject: (error: unknown) => void,
  ): void {
    this.#jobs.push(new Job(run, weight, resolve, reject));
    this.#schedule();
  }

  idle(): Promise<void> {
    if (!this.#isScheduled) return Promise.resolve();
    return new Promise((resolve) => this.#whenIdle.push(resolve));
  }

  #schedule(): void {
    if (this.#isScheduled) return;
    this.#isScheduled = true;
    setImmediate(() => this.#flush());
  }

  #flush(): void {
    const group = this.#take();
    let failure = this.#commitTogether(group);
    while (failure !== undefined && isFull(failure.error) && this.#hooks.onFull?.() === true)
      failure = this.#commitTogether(group);
    this.#lastFailure = failure?.error;
    if (failure === undefined) this.#hooks.onCommit();
    for (const job of group) job.settle(failure, this.#hooks.asError);
    this.#hooks.onSettled?.();
    this.#isScheduled = false;
    if (this.#jobs.length > 0) this.#schedule();
    else for (const resolve of this.#whenIdle.splice(0)) resolve();
  }

  /** Returns the failure that affected the whole group, if any; then individual results do not count either. */
  #commitTogether(group: readonly Settleable[]): Failure | undefined {
    try {
      this.#begin.run();
      for (const job of group) {
        const failure = job.attempt(this.#atomically);
        // A full disk or an I/O error makes SQLite abandon the whole transaction.
        if (failure !== undefined && (!this.#db.inTransaction || isFull(failure.error))) throw failure.error;
      }
      this.#commit.run();
      return undefined;
    } catch (error) {
      this.#rollBack();
      return { error };
    }
  }

  #inSavepoint<T>(write: () => T): T {
    this.#savepoint.run();
    try {
      const result = write();
      this.#release.run();
      return result;
    } catch (error) {
      this.#hooks.onRollback();
      if (this.#db.inTransaction) {
        this.#rollbackTo.run();
        this.#release.run();
      }
      throw error;
    }
  }

  #rollBack(): void {
    this.#hooks.onRollback();
    try {
      if (this.#db.inTransaction) this.#db.exec('ROLLBACK');
    } catch {
      // The connection cannot even roll back: the group is rejected with the first error, and the next BEGIN fails too.
    }
  }

  #take(): Settleable[] {
    let weight = 0;
    let count = 0;
    for (const job of this.#jobs) {
      if (count > 0 && (count >= MAX_JOBS || weight + job.weight > MAX_WEIGHT)) break;
      weight += job.weight;
      count += 1;
    }
    return this.#jobs.splice(0, count);
  }
}

const isFull = (error: unknown): boolean => errorCode(error) === 'SQLITE_FULL';

interface Failure {
  readonly error: unknown;
}

/** A job, whatever the type of its result. */
interface Settleable {
  readonly weight: number;
  attempt(atomically: Atomically): Failure | undefined;
  settle(failureOfAll: Failure | undefined, asError: (failure: unknown) => unknown): void;
}

class Job<T> implements Settleable {
  readonly weight: number;
  readonly #run: (atomically: Atomically) => T;
  readonly #resolve: (value: T) => void;
  readonly #reject: (error: unknown) => void;
  #result: { readonly value: T } | Failure | undefined;

  constructor(
    run: (atomically: Atomically) => T,
    weight: number,
    resolve: (value: T) => void,
    reject: (error: unknown) => void,
  ) {
    this.#run = run;
    this.weight = weight;
    this.#resolve = resolve;
    this.#reject = reject;
  }

  attempt(atomically: Atomically): Failure | undefined {
    try {
      this.#result = { value: this.#run(atomically) };
      return undefined;
    } catch (error) {
      this.#result = { error };
      return this.#result;
    }
  }

  settle(failureOfAll: Failure | undefined, asError: (failure: unknown) => unknown): void {
    const result = failureOfAll ?? this.#result;
    if (result === undefined) this.#reject(new Error('A write was never attempted.'));
    else if ('error' in result) this.#reject(asError(result.error));
    else this.#resolve(result.value);
  }
}
