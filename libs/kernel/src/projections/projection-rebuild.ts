import { Backoff, messageOf } from '@streamvault/failures';
import type { Position } from '@streamvault/event-store';
import type { BuildsAhead } from './build-ahead.js';
import type { Projection, RebuildStatus } from './projection.js';
import { ProjectionWorker, type ProjectionWorkerParts } from './projection-worker.js';
import type { RebuildPlace, RebuildPlaces } from './rebuild-places.js';

export interface ProjectionRebuildParts extends Omit<ProjectionWorkerParts, 'em' | 'onAdvance' | 'onError'> {
  readonly places: RebuildPlaces;
  readonly ahead: BuildsAhead | undefined;
}

/** How long the live rows may be blocked for the last few events. */
const handOverMilliseconds = 2000;

/**
 * Rebuilds one projection beside the live one, which goes on meanwhile, and swaps the two in one transaction: readers
 * see the old rows or the new ones, and never go back in time. If this process ends before it is done, the next one
 * continues.
 */
export class ProjectionRebuild {
  readonly projection: Projection;
  readonly #parts: ProjectionRebuildParts;
  readonly #startedAt = Date.now();
  #worker: ProjectionWorker | undefined;
  /** How far it was built elsewhere. */
  #ahead: Position | undefined;
  #state: RebuildStatus['state'] = 'waiting';
  /** Where and when this process began; and the log's end as it was last seen. */
  #from: { readonly position: Position | undefined; readonly at: number } | undefined;
  #head: Position | undefined;
  #error: string | undefined;
  #changed: () => void = () => {};

  constructor(projection: Projection, parts: ProjectionRebuildParts) {
    this.projection = projection;
    this.#parts = parts;
  }

  get isOver(): boolean {
    return this.#state === 'failed';
  }

  status(): RebuildStatus {
    const worker = this.#worker?.status();
    const progress = this.#progress();
    const error = this.#error ?? worker?.error;
    return {
      state: this.#state,
      startedAt: new Date(this.#startedAt).toISOString(),
      position: this.#position,
      progress,
      remainingSeconds: this.#remainingSeconds(progress),
      ...(error !== undefined && { error }),
      ...(worker?.poisonedEvent && { poisonedEvent: worker.poisonedEvent }),
    };
  }

  /** True if the new rows are live. False if it failed, or was stopped and is left for the next process. */
  async run(signal: AbortSignal): Promise<boolean> {
    const { logger } = this.#parts;
    const details = { projection: this.projection.name };
    const backoff = new Backoff(this.#parts.backoff);
    const ends = () => signal.aborted;
    await this.#buildAhead(signal);
    while (!ends()) {
      let place: RebuildPlace | undefined;
      try {
        place = await this.#parts.places.open(this.projection);
        const outcome = await this.#buildIn(place, signal);
        if (outcome === 'stopped') break;
        if (outcome === 'live') logger.info('A projection was rebuilt and is live', details);
        await place.discard().catch((error: unknown) => {
          logger.warn('Leftovers of a rebuild could not be removed; the next start removes them', {
            ...details,
            error,
          });
        });
        if (outcome === 'failed') this.#state = 'failed';
        return outcome === 'live';
      } catch (error) {
        // The environment failed (a poisoned event does not throw): what is built so far is kept and continued.
        this.#error = messageOf(error);
        logger.warn('The rebuild of a projection was interrupted; StreamVault retries', { ...details, error });
        await place?.close().catch(() => {});
        await backoff.wait(signal);
      }
    }
    return false;
  }

  async #buildAhead(signal: AbortSignal): Promise<void> {
    const { ahead, logger, onChange, store } = this.#parts;
    if (!ahead || signal.aborted) return;
    this.#state = 'building';
    try {
      this.#head = await store.headPosition();
      await ahead.build(this.projection, {
        signal,
        onPosition: (position) => {
          this.#ahead = position;
          this.#from ??= { position, at: Date.now() };
          onChange();
        },
      });
    } catch (error) {
      // The thread could not start, or ended: everything can be done here too.
      logger.warn('A rebuild goes on in the main thread', { projection: this.projection.name, error });
    }
  }

  async #buildIn(place: RebuildPlace, signal: AbortSignal): Promise<'live' | 'failed' | 'stopped'> {
    const worker = new ProjectionWorker(this.projection, {
      ...this.#parts,
      em: place.em,
      onAdvance: () => {},
      onError: () => {},
      onChange: () => {
        this.#changed();
        this.#parts.onChange();
      },
    });
    this.#worker = worker;
    this.#error = undefined;
    for (;;) {
      this.#state = 'building';
      this.#head = await this.#parts.store.headPosition();
      const stop = new AbortController();
      const building = worker.run(AbortSignal.any([signal, stop.signal]));
      await this.#until(() => this.#caughtUp(worker), signal);
      if (worker.state === 'poisoned' || signal.aborted) {
        await building;
        if (worker.state !== 'poisoned') {
          await place.close();
          return 'stopped';
        }
        return 'failed';
      }
      this.#state = 'swapping';
      try {
        await place.moveIn(async (live) => {
          const late = AbortSignal.any([signal, AbortSignal.timeout(handOverMilliseconds)]);
          const isThere = () => live === undefined || (worker.position !== undefined && worker.position >= live);
          await this.#until(() => isThere() || worker.state === 'poisoned', late);
          stop.abort();
          await building;
          if (!isThere()) throw new Error('The rebuilt rows did not catch up with the live ones in time.');
          const { position } = worker;
          const fingerprint = position === undefined ? undefined : await this.#parts.store.fingerprint(position);
          return { position, fingerprint };
        });
        return 'live';
      } finally {
        stop.abort();
        await building;
      }
    }
  }

  #caughtUp(worker: ProjectionWorker): boolean {
    // Set at its first place: only the work of this process shows how fast it is.
    if (worker.position !== undefined) this.#from ??= { position: worker.position, at: Date.now() };
    return worker.state === 'live' || worker.state === 'poisoned';
  }

  /** Waits until it holds or the signal aborts. */
  async #until(holds: () => boolean, signal: AbortSignal): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    const check = () => {
      if (signal.aborted || holds()) resolve();
    };
    this.#changed = check;
    signal.addEventListener('abort', check, { once: true });
    check();
    await promise;
    signal.removeEventListener('abort', check);
    this.#changed = () => {};
  }

  get #position(): Position | undefined {
    return this.#worker?.position ?? this.#ahead;
  }

  /** An estimate: positions are only ordered, but on the whole they grow with the log. */
  #progress(): number | null {
    const position = this.#position;
    if (this.#state === 'waiting' || position === undefined || this.#head === undefined) return null;
    return this.#head === 0n ? 1 : Math.min(1, Number(position) / Number(this.#head));
  }

  #remainingSeconds(progress: number | null): number | null {
    if (progress === null || !this.#from || this.#head === undefined) return null;
    const begun = Number(this.#from.position ?? 0n) / Number(this.#head);
    if (progress <= begun) return null;
    return (((Date.now() - this.#from.at) / 1000) * (1 - progress)) / (progress - begun);
  }
}
