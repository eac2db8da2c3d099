import { Backoff, type BackoffOptions } from '@streamvault/failures';
import type { EntityManager } from '@mikro-orm/sql';
import {
  EventDamaged,
  type EventStore,
  type Position,
  type RecordedEvent,
  type SubscriptionMessage,
} from '@streamvault/event-store';
import type { EventRegistry } from '../event-registry.js';
import { inBatches } from '../log/in-batches.js';
import { CheckpointedWrites, CheckpointMoved, Poisoned } from './checkpointed-writes.js';
import type {
  KernelLogger,
  PoisonedEvent,
  Projection,
  ProjectionFailure,
  ProjectionState,
  ProjectionStatus,
} from './projection.js';

export interface ProjectionWorkerParts {
  readonly store: EventStore;
  readonly registry: EventRegistry;
  readonly em: () => EntityManager;
  readonly logger: KernelLogger;
  readonly batchSize: number;
  /** How long progress over skipped events may stay unwritten. */
  readonly idleCheckpointMs: number;
  readonly backoff: BackoffOptions | undefined;
  readonly onError: (failure: ProjectionFailure) => void;
  readonly onAdvance: (advance: { name: string; position: Position; hasWritten: boolean }) => void;
  /** Called when its position or state may have changed. */
  readonly onChange: () => void;
  /** If set, rows of another version are kept and this is called, instead of clearing them. */
  readonly onOutdated?: (() => void) | undefined;
}

/**
 * How long a database restart or a busy file usually lasts. Callers that wait for a projection wait no longer than this
 * for its environment.
 */
const passingMilliseconds = 2000;

/**
 * While catching up, it waits this long for a batch to fill: rows that several of its events change are then read and
 * written once.
 */
const fillingMilliseconds = 50;

/**
 * Runs one projection: one subscription, one batch at a time, until it is stopped or meets an event it cannot apply.
 */
export class ProjectionWorker {
  readonly projection: Projection;
  readonly #parts: ProjectionWorkerParts;
  readonly #writes: CheckpointedWrites;
  readonly #backoff: Backoff;
  #state: ProjectionState = 'stopped';
  /** May be ahead of what is written, over events that are skipped. */
  #position: Position | undefined;
  #idleSince = 0;
  /** Ends the current subscription. */
  #following: AbortController | undefined;
  #isReopening = false;
  /** When the first event not yet applied was recorded, if known. */
  #behindSince: string | undefined;
  #error: string | undefined;
  /** When the present transient failure began. */
  #interruptedAt: number | undefined;
  #poison: PoisonedEvent | undefined;

  constructor(projection: Projection, parts: ProjectionWorkerParts) {
    this.projection = projection;
    this.#parts = parts;
    this.#writes = new CheckpointedWrites(projection, parts.registry, parts.em, parts.store);
    this.#backoff = new Backoff(parts.backoff);
  }

  get position(): Position | undefined {
    return this.#position;
  }

  get state(): ProjectionState {
    return this.#state;
  }

  /** Whether it needs another {@link run} to go on. */
  get hasEnded(): boolean {
    return this.#state === 'poisoned' || this.#state === 'stopped' || this.#state === 'outdated';
  }

  /** Whether waiting is pointless: stopped, or interrupted for longer than a short disturbance. */
  get isHopeless(): boolean {
    return (
      this.hasEnded || (this.#interruptedAt !== undefined && Date.now() - this.#interruptedAt > passingMilliseconds)
    );
  }

  status(): ProjectionStatus {
    const behindSince = this.#state === 'live' ? undefined : this.#behindSince;
    return {
      name: this.projection.name,
      version: this.projection.version,
      state: this.#state,
      position: this.#position,
      lagSeconds: behindSince === undefined ? 0 : Math.max(0, (Date.now() - Date.parse(behindSince)) / 1000),
      ...(this.#error !== undefined && { error: this.#error }),
      ...(this.#poison && { poisonedEvent: this.#poison }),
    };
  }

  async run(signal: AbortSignal): Promise<void> {
    this.#error = undefined;
    this.#interruptedAt = undefined;
    this.#isReopening = false;
    this.#poison = undefined;
    this.#enter('catching-up');
    while (!signal.aborted) {
      try {
        if ((await this.#open()) === 'outdated') return this.#enter('outdated');
        await this.#follow(signal);
      } catch (error) {
        if (error instanceof Poisoned) return this.#stopAt(error.event, error.cause);
        if (error instanceof EventDamaged) return this.#stopAt(whatIsLeftOf(error), error);
        if (error instanceof CheckpointMoved) {
          this.#parts.logger.info('A projection continues from where another process moved it', this.#name);
          continue;
        }
        // The store or the database is unavailable, which can only be waited out.
        if (!signal.aborted) this.#willRetry(error);
      }
      if (this.#isReopening) this.#isReopening = false;
      else await this.#backoff.wait(signal);
    }
    await this.#writeIdleProgress().catch((error: unknown) => {
      // Only progress over skipped events is lost: they will be skipped once more.
      this.#parts.logger.warn('A projection could not store how far it was', { ...this.#name, error });
    });
    this.#enter('stopped');
  }

  /** Its rows were swapped: continues from their checkpoint, after the batch at hand. */
  reopen(): void {
    this.#isReopening = true;
    this.#following?.abort();
  }

  async #open(): Promise<'open' | 'outdated'> {
    const { onOutdated } = this.#parts;
    const found = await this.#writes.open({ keepOutdated: onOutdated !== undefined });
    if (found === 'outdated') {
      onOutdated?.();
      return found;
    }
    if (found === 'cleared') this.#parts.logger.info('A projection starts from the beginning of the log', this.#name);
    if (found === 'log-went-back')
      this.#parts.logger.warn(
        'The event log is not the one that a projection was built from: it went back or was replaced. The rows are being rebuilt',
        this.#name,
      );
    this.#position = this.#writes.written;
    this.#idleSince = Date.now();
    this.#enter('catching-up');
    return 'open';
  }

  async #follow(signal: AbortSignal): Promise<void> {
    const { store, batchSize } = this.#parts;
    const { filter } = this.projection;
    const over = (this.#following = new AbortController());
    const subscription = store.subscribe({
      from: this.#position ?? 'start',
      filter,
      signal: AbortSignal.any([signal, over.signal]),
    });
    try {
      const patienceMs = () => (this.#state === 'live' ? 0 : fillingMilliseconds);
      const isLast = ({ kind }: SubscriptionMessage) => kind === 'caughtUp';
      for await (const batch of inBatches(subscription, batchSize, { patienceMs, isLast })) {
        if (signal.aborted || over.signal.aborted) return;
        await this.#take(batch);
      }
    } finally {
      over.abort();
    }
  }

  async #take(batch: readonly SubscriptionMessage[]): Promise<void> {
    const events: RecordedEvent[] = [];
    let to: Position | undefined;
    let state: ProjectionState | undefined;
    for (const message of batch) {
      switch (message.kind) {
        case 'event':
          events.push(message.event);
          to = message.event.position;
          break;
        case 'checkpoint':
          to = message.position;
          break;
        case 'caughtUp':
          state = 'live';
          break;
        case 'fellBehind':
          state = 'catching-up';
          break;
      }
    }
    this.#behindSince = events[0]?.recordedAt ?? this.#behindSince;
    if (to !== undefined) await this.#moveTo(to, events);
    this.#behindSince = events.at(-1)?.recordedAt ?? this.#behindSince;
    this.#error = undefined;
    this.#interruptedAt = undefined;
    this.#backoff.reset();
    this.#enter(state ?? this.#state);
  }

  async #moveTo(to: Position, events: readonly RecordedEvent[]): Promise<void> {
    if (events.length > 0) await this.#writes.apply(events, to);
    this.#position = to;
    this.#parts.onAdvance({ name: this.projection.name, position: to, hasWritten: events.length > 0 });
    if (events.length > 0) this.#idleSince = Date.now();
    else if (Date.now() - this.#idleSince >= this.#parts.idleCheckpointMs) await this.#writeIdleProgress();
  }

  async #writeIdleProgress(): Promise<void> {
    const position = this.#position;
    if (position === undefined || position === this.#writes.written) return;
    await this.#writes.apply([], position);
    this.#idleSince = Date.now();
  }

  #stopAt(event: PoisonedEvent & Pick<RecordedEvent, 'recordedAt'>, cause: unknown): void {
    const { id, type, stream, revision, position, recordedAt } = event;
    this.#position = this.#writes.written;
    this.#behindSince = recordedAt;
    this.#error = words(cause);
    this.#poison = { id, type, stream, revision, position };
    this.#enter('poisoned');
    this.#parts.logger.error('A projection stopped at an event that it cannot apply', {
      ...this.#name,
      event: { id, type, stream, revision: String(revision), position: String(position) },
      error: cause,
    });
    this.#parts.onError({ projection: this.projection.name, error: cause, poisonedEvent: this.#poison });
  }

  #willRetry(error: unknown): void {
    this.#error = words(error);
    this.#interruptedAt ??= Date.now();
    this.#enter('catching-up');
    this.#parts.logger.warn('A projection was interrupted; StreamVault retries', { ...this.#name, error });
    this.#parts.onError({ projection: this.projection.name, error });
  }

  #enter(state: ProjectionState): void {
    this.#state = state;
    this.#parts.onChange();
  }

  get #name() {
    return { projection: this.projection.name };
  }
}

function words(error: unknown): string {
  const says = typeof error === 'object' && error !== null && 'message' in error ? error.message : error;
  return String(says);
}

/** A projection stops at a damaged event just as at one that it cannot apply. */
function whatIsLeftOf({ place }: EventDamaged): PoisonedEvent & Pick<RecordedEvent, 'recordedAt'> {
  const { stream = 'lost-0', type = 'lost', recordedAt = new Date().toISOString(), ...rest } = place;
  return { ...rest, stream, type, recordedAt };
}
