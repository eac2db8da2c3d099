import type { EntityManager } from '@mikro-orm/sql';
import type { EventStore, Position } from '@streamvault/event-store';
import type { EventRegistry } from '../event-registry.js';
import type { BackoffOptions } from '../log/backoff.js';
import type { KernelLogger, Projection, ProjectionFailure, ProjectionStatus } from './projection.js';
import { ProjectionWorker } from './projection-worker.js';

export interface ProjectionRunnerOptions {
  readonly store: EventStore;
  readonly registry: EventRegistry;
  /** Any EntityManager of the read database; forked for every batch. */
  readonly em: () => EntityManager;
  readonly projections: readonly Projection[];
  readonly logger: KernelLogger;
  /** Told of every failure, for metrics and health; logging is done already. */
  readonly onError?: ((failure: ProjectionFailure) => void) | undefined;
  /** Events per transaction at most; 500 unless told. */
  readonly batchSize?: number | undefined;
  readonly idleCheckpointMs?: number | undefined;
  readonly backoff?: BackoffOptions | undefined;
}

export interface WaitOptions {
  readonly timeoutMs: number;
  /** By name; all of them where it is not given. */
  readonly projections?: readonly string[] | undefined;
}

export interface ProjectionAdvance {
  readonly name: string;
  readonly position: Position;
}

interface Run {
  readonly worker: ProjectionWorker;
  /** Settles when the worker has stopped, by itself or because it was told to. */
  done: Promise<void> | undefined;
}

/** Keeps every read model up to date, each on its own: one that is stopped by an event does not stop the others. */
export class ProjectionRunner {
  readonly #store: EventStore;
  readonly #runs: readonly Run[];
  readonly #advances = new Set<(advance: ProjectionAdvance) => void>();
  readonly #changes = new Set<() => void>();
  #stopping = new AbortController();

  constructor(options: ProjectionRunnerOptions) {
    const { projections, onError = () => {}, batchSize = 500, idleCheckpointMs = 5000, backoff, ...parts } = options;
    const names = new Set(projections.map(({ name }) => name));
    if (names.size < projections.length) throw new TypeError('Two projections have the same name.');
    this.#store = options.store;
    const onAdvance = (name: string, position: Position) => {
      for (const tell of this.#advances) tell({ name, position });
    };
    const onChange = () => {
      for (const check of this.#changes) check();
    };
    const rest = { ...parts, onError, batchSize, idleCheckpointMs, backoff, onAdvance, onChange };
    this.#runs = projections.map((projection) => ({
      worker: new ProjectionWorker(projection, rest),
      done: undefined,
    }));
  }

  /** Starts what is not running: everything at first, later what an event had stopped. */
  start(): void {
    const { signal } = (this.#stopping = this.#stopping.signal.aborted ? new AbortController() : this.#stopping);
    for (const run of this.#runs) {
      run.done ??= run.worker.run(signal).finally(() => (run.done = undefined));
    }
  }

  /** Resolves when every batch under way is written and nothing runs any more. */
  async stop(): Promise<void> {
    this.#stopping.abort();
    await Promise.all(this.#runs.flatMap(({ done }) => done ?? []));
  }

  status(): ProjectionStatus[] {
    return this.#runs.map(({ worker }) => worker.status());
  }

  /** Called whenever the rows hold everything up to a later position. Returns how to stop that. */
  onAdvance(listener: (advance: ProjectionAdvance) => void): () => void {
    this.#advances.add(listener);
    return () => this.#advances.delete(listener);
  }

  /**
   * Until the rows hold everything up to `position`. False where they did not get there in time, or cannot: a projection is
   * poisoned or stopped before it, or its database has been away for a while. The others are waited for all the same.
   */
  async waitFor(position: Position, { timeoutMs, projections }: WaitOptions): Promise<boolean> {
    const workers = this.#runs
      .map(({ worker }) => worker)
      .filter(({ projection }) => projections?.includes(projection.name) ?? true);
    const reached = (worker: ProjectionWorker) => worker.position !== undefined && worker.position >= position;
    await this.#until(() => workers.every((worker) => reached(worker) || worker.isHopeless), timeoutMs);
    return workers.every(reached);
  }

  /** Until everything in the log by now has been applied. */
  async waitForNonStale(timeoutMs: number): Promise<boolean> {
    const head = await this.#store.headPosition();
    return head === undefined || this.waitFor(head, { timeoutMs });
  }

  async #until(holds: () => boolean, timeoutMs: number): Promise<void> {
    if (holds()) return;
    const { promise, resolve } = Promise.withResolvers<void>();
    const timer = setTimeout(resolve, timeoutMs);
    const check = () => {
      if (holds()) resolve();
    };
    this.#changes.add(check);
    try {
      await promise;
    } finally {
      clearTimeout(timer);
      this.#changes.delete(check);
    }
  }
}
