import type { BackoffOptions } from '@streamvault/failures';
import type { EntityManager } from '@mikro-orm/sql';
import type { EventStore, Position } from '@streamvault/event-store';
import type { EventRegistry } from '../event-registry.js';
import { DomainError } from '../domain-error.js';
import type { BuildsAhead } from './build-ahead.js';
import type { KernelLogger, Projection, ProjectionFailure, ProjectionStatus } from './projection.js';
import { setTimeout as delay } from 'node:timers/promises';
import { ProjectionCheckpoint } from './projection-checkpoint.entity.js';
import { ProjectionRebuild } from './projection-rebuild.js';
import { ProjectionWorker, type ProjectionWorkerParts } from './projection-worker.js';
import type { RebuildPlaces } from './rebuild-places.js';

export interface ProjectionRunnerOptions {
  readonly store: EventStore;
  readonly registry: EventRegistry;
  /** Any EntityManager of the read database; forked for every batch. */
  readonly em: () => EntityManager;
  readonly projections: readonly Projection[];
  readonly logger: KernelLogger;
  /** Called for every failure, for metrics and health. It is already logged. */
  readonly onError?: ((failure: ProjectionFailure) => void) | undefined;
  /** Events per transaction at most. Default: 2000. */
  readonly batchSize?: number | undefined;
  readonly idleCheckpointMs?: number | undefined;
  readonly backoff?: BackoffOptions | undefined;
  /**
   * Where projections are rebuilt beside the live ones. Without it they cannot be rebuilt, and rows of another version
   * are cleared.
   */
  readonly places?: RebuildPlaces | undefined;
  /** Events per transaction of a rebuild. Default: 2000. */
  readonly rebuildBatchSize?: number | undefined;
  /** Does most of a rebuild elsewhere. Default: everything happens here. */
  readonly ahead?: BuildsAhead | undefined;
}

export class ProjectionNotFound extends DomainError {
  readonly code = 'projection.not-found';
  readonly kind = 'not-found';
  constructor(name: string) {
    super(`There is no projection ${JSON.stringify(name)}.`);
  }
}

export interface WaitOptions {
  readonly timeoutMs: number;
  /** By name. Default: all of them. */
  readonly projections?: readonly string[] | undefined;
}

export interface ProjectionAdvance {
  readonly name: string;
  readonly position: Position;
  /** False if no event up to it concerned the projection. */
  readonly hasWritten: boolean;
}

/** Time between two reads of the checkpoints of another process. */
const elsewhereMilliseconds = 50;

interface Run {
  readonly worker: ProjectionWorker;
  /** Settles when the worker has stopped, by itself or on request. */
  done: Promise<void> | undefined;
  /** Running, waiting for its turn, or failed. */
  rebuild: ProjectionRebuild | undefined;
}

/** Keeps every read model up to date, each on its own: if an event stops one, the others go on. */
export class ProjectionRunner {
  readonly #store: EventStore;
  readonly #runs: readonly Run[];
  readonly #advances = new Set<(advance: ProjectionAdvance) => void>();
  readonly #changes = new Set<() => void>();
  readonly #places: RebuildPlaces | undefined;
  readonly #parts: Omit<ProjectionWorkerParts, 'em' | 'onAdvance'>;
  readonly #rebuildBatchSize: number;
  readonly #ahead: BuildsAhead | undefined;
  /** One after the other, because they would only slow each other down. */
  #rebuilding: Promise<void> = Promise.resolve();
  #stopping = new AbortController();
  #isStarted = false;
  readonly #em: () => EntityManager;

  constructor(options: ProjectionRunnerOptions) {
    const { projections, onError = () => {}, batchSize = 2000, idleCheckpointMs = 5000, ...parts } = options;
    const { ahead, backoff, em, logger, places, rebuildBatchSize = 2000, registry, store } = parts;
    const names = new Set(projections.map(({ name }) => name));
    if (names.size < projections.length) throw new TypeError('Two projections have the same name.');
    this.#store = store;
    this.#em = em;
    this.#places = places;
    this.#rebuildBatchSize = rebuildBatchSize;
    this.#ahead = ahead;
    const onAdvance = (advance: ProjectionAdvance) => {
      for (const tell of this.#advances) tell(advance);
    };
    const onChange = () => {
      for (const check of this.#changes) check();
    };
    this.#parts = { store, registry, logger, backoff, onError, batchSize, idleCheckpointMs, onChange };
    this.#runs = projections.map((projection) => {
      const onOutdated = places && (() => this.rebuild(projection.name));
      const worker = new ProjectionWorker(projection, { ...this.#parts, em, onAdvance, onOutdated });
      return { worker, done: undefined, rebuild: undefined };
    });
  }

  /**
   * Starts what is not running: everything at first, later what an event had stopped. If it is never called, another
   * process maintains the rows, and waiting uses its checkpoints.
   */
  start(): void {
    this.#isStarted = true;
    const { signal } = (this.#stopping = this.#stopping.signal.aborted ? new AbortController() : this.#stopping);
    for (const run of this.#runs) this.#startRun(run, signal);
    this.#goOnRebuilding(signal);
  }

  /**
   * Rebuilds a projection beside the live one, which keeps serving and advancing until the new rows take its place.
   * Does nothing if a rebuild is already running.
   * @throws ProjectionNotFound
   */
  rebuild(name: string): void {
    const run = this.#runs.find(({ worker }) => worker.projection.name === name);
    if (!run) throw new ProjectionNotFound(name);
    if (!this.#places) throw new TypeError('There is no place to rebuild projections in.');
    const { signal } = this.#stopping;
    if (signal.aborted || (run.rebuild && !run.rebuild.isOver)) return;
    const { places, parts } = { places: this.#places, parts: this.#parts };
    const rebuild = new ProjectionRebuild(run.worker.projection, {
      ...parts,
      batchSize: this.#rebuildBatchSize,
      places,
      ahead: this.#ahead,
    });
    run.rebuild = rebuild;
    this.#rebuilding = this.#rebuilding.then(async () => {
      const isLive = await rebuild.run(signal);
      if (isLive && !signal.aborted) {
        // It may have stopped at an event, or because of rows of another version; the new rows are past that.
        if (run.worker.hasEnded) await run.done;
        run.worker.reopen();
        this.#startRun(run, signal);
      }
      if (isLive || signal.aborted) run.rebuild = undefined;
    });
  }

  /** Continues what an earlier process left half-built. */
  #goOnRebuilding(signal: AbortSignal): void {
    const places = this.#places;
    if (!places) return;
    places.leftOver(this.#runs.map(({ worker }) => worker.projection)).then(
      (projections) => {
        if (!signal.aborted) for (const { name } of projections) this.rebuild(name);
      },
      (error: unknown) => {
        this.#parts.logger.warn('Projections that were being rebuilt could not be looked up', { error });
      },
    );
  }

  #startRun(run: Run, signal: AbortSignal): void {
    run.done ??= run.worker.run(signal).finally(() => (run.done = undefined));
  }

  /** Resolves when every running batch is written and nothing runs any more. */
  async stop(): Promise<void> {
    this.#stopping.abort();
    await Promise.all([this.#rebuilding, ...this.#runs.flatMap(({ done }) => done ?? [])]);
  }

  status(): ProjectionStatus[] {
    return this.#runs.map(({ worker, rebuild }) => ({
      ...worker.status(),
      ...(rebuild && { rebuild: rebuild.status() }),
    }));
  }

  /** Whether this process maintains the rows. */
  get isStarted(): boolean {
    return this.#isStarted;
  }

  /**
   * Calls the listener whenever the rows contain everything up to a later position. Returns a function that stops it.
   */
  onAdvance(listener: (advance: ProjectionAdvance) => void): () => void {
    this.#advances.add(listener);
    return () => this.#advances.delete(listener);
  }

  /**
   * Waits until the rows contain everything up to `position`. False if they do not get there in time or cannot: a
   * projection is poisoned or stopped before it, or its database has been away for a while. The others are still waited
   * for.
   */
  async waitFor(position: Position, { timeoutMs, projections }: WaitOptions): Promise<boolean> {
    if (!this.#isStarted) return this.#keptElsewhere(position, { timeoutMs, projections });
    const workers = this.#runs
      .map(({ worker }) => worker)
      .filter(({ projection }) => projections?.includes(projection.name) ?? true);
    const reached = (worker: ProjectionWorker) => worker.position !== undefined && worker.position >= position;
    await this.#until(() => workers.every((worker) => reached(worker) || worker.isHopeless), timeoutMs);
    return workers.every(reached);
  }

  /** By its checkpoints, if another process maintains the rows. */
  async #keptElsewhere(position: Position, { timeoutMs, projections }: WaitOptions): Promise<boolean> {
    const names = projections ?? this.#runs.map(({ worker }) => worker.projection.name);
    const until = Date.now() + timeoutMs;
    for (;;) {
      const rows = await this.#em()
        .fork()
        .find(ProjectionCheckpoint, { name: { $in: [...names] } });
      const isThere = rows.filter((row) => BigInt(row.position ?? -1) >= position).length === names.length;
      if (isThere || Date.now() + elsewhereMilliseconds > until) return isThere;
      await delay(elsewhereMilliseconds);
    }
  }

  /** Waits until everything now in the log has been applied. */
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
