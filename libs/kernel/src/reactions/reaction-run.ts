import { Backoff, type BackoffOptions, messageOf } from '@streamvault/failures';
import type { EventStore, Position, RecordedEvent } from '@streamvault/event-store';
import { restoredOf } from '../restored.js';
import type { Reaction } from '../context/reaction.js';
import type { EventRegistry, ReadEvent } from '../event-registry.js';
import { followLog, type FollowVerdict } from '../log/follow-log.js';
import type { KernelLogger, PoisonedEvent } from '../projections/projection.js';
import { isUnreadable } from '../event-errors.js';
import { type EventPlace, ReactionPlace } from './reaction-place.js';

export interface ReactionRunParts {
  readonly store: EventStore;
  readonly registry: EventRegistry;
  readonly logger: KernelLogger;
  readonly backoff: BackoffOptions;
  /** How long after the first unnoted event a place is noted. After a crash, that much is handled again. */
  readonly noteAfterMs: number;
  readonly onChange: () => void;
}

/**
 * `retrying`: at an event that failed. `stopped`: at an event by its own decision, until the next start; or with the
 * process.
 */
export type ReactionState = 'catching-up' | 'live' | 'retrying' | 'stopped';

export interface ReactionStatus {
  readonly name: string;
  readonly state: ReactionState;
  /** Everything up to here has been handled or skipped; undefined before the first. */
  readonly position: Position | undefined;
  /** The age of the first event not yet handled, if known; 0 when nothing is waiting. */
  readonly lagSeconds: number;
  /** Events that were given up since the process started. */
  readonly skipped: number;
  /** The last failure, until something succeeds. */
  readonly error?: string;
  readonly failedEvent?: PoisonedEvent;
}

/** Another process runs the same reaction and has noted its place. */
class Outrun extends Error {}

/** Runs one reaction, in order and at least once per event, until it is stopped or stops by itself. */
export class ReactionRun {
  readonly reaction: Reaction;
  readonly #parts: ReactionRunParts;
  readonly #place: ReactionPlace;
  #state: ReactionState = 'stopped';
  #position: Position | undefined;
  #seen: Position | undefined;
  #behindSince: string | undefined;
  #skipped = 0;
  #error: string | undefined;
  #failed: PoisonedEvent | undefined;
  #attempt = 0;
  /** Handled, and not noted yet. */
  #unnoted: EventPlace | undefined;
  #noting: Promise<void> = Promise.resolve();
  #timer: NodeJS.Timeout | undefined;
  #isOutrun = false;

  constructor(reaction: Reaction, parts: ReactionRunParts) {
    this.reaction = reaction;
    this.#parts = parts;
    this.#place = new ReactionPlace(parts.store, reaction.name);
  }

  /** Everything up to here has been seen, including events that it does not handle. */
  get seen(): Position | undefined {
    return this.#seen;
  }

  status(): ReactionStatus {
    const behindSince = this.#state === 'live' ? undefined : this.#behindSince;
    return {
      name: this.reaction.name,
      state: this.#state,
      position: this.#position,
      lagSeconds: behindSince === undefined ? 0 : Math.max(0, (Date.now() - Date.parse(behindSince)) / 1000),
      skipped: this.#skipped,
      ...(this.#error !== undefined && { error: this.#error }),
      ...(this.#failed && { failedEvent: this.#failed }),
    };
  }

  async run(signal: AbortSignal): Promise<void> {
    const { logger } = this.#parts;
    const backoff = new Backoff(this.#parts.backoff);
    this.#error = undefined;
    this.#failed = undefined;
    this.#enter('catching-up');
    while (!signal.aborted) {
      try {
        await this.#follow(await this.#open(), signal);
        break;
      } catch (error) {
        if (signal.aborted) break;
        if (error instanceof Outrun) {
          logger.info('A reaction continues from where another process left it', { reaction: this.reaction.name });
          continue;
        }
        // The store is unavailable, which can only be waited out.
        this.#failedWith(error);
        logger.warn('A reaction could not find its place; StreamVault retries', {
          reaction: this.reaction.name,
          error,
        });
        await backoff.wait(signal);
      }
    }
    await this.#note().catch((error: unknown) =>
      logger.warn('A reaction could not note its place; some events are handled again', {
        reaction: this.reaction.name,
        error,
      }),
    );
    this.#enter('stopped');
  }

  /**
   * Where it continues. The first time, that is noted at once: a crash must not make it miss what comes from now on.
   */
  async #open(): Promise<Position | 'start'> {
    const { logger, store } = this.#parts;
    const { name, from } = this.reaction;
    const { after, isExact } = await this.#place.find();
    if (!isExact)
      logger.warn('The event that a reaction handled last is not in the log; it continues after its note', {
        reaction: name,
      });
    if (after !== 'never') return (this.#position = after);
    if (from === 'start') return 'start';
    const head = await store.headPosition();
    const event = head === undefined ? undefined : await store.eventAt(head);
    if (head === undefined || event === undefined) return 'start';
    if ((await this.#place.note(event)) === 'outrun') return this.#open();
    return (this.#position = head);
  }

  async #follow(from: Position | 'start', signal: AbortSignal): Promise<void> {
    const { backoff, registry, store } = this.#parts;
    const { filter } = this.reaction;
    const over = new AbortController();
    this.#isOutrun = false;
    const stop = AbortSignal.any([signal, over.signal]);
    await followLog({
      store,
      registry,
      filter,
      from,
      backoff,
      signal: stop,
      handle: async (event) => {
        this.#behindSince = event.recordedAt;
        this.#attempt += 1;
        // What came back from sidecars is history: what was to be done about it was done then.
        if (!restoredOf(event.metadata)) await this.reaction.handle(event, stop);
        this.#handled(event, over);
      },
      onError: (error, event) => this.#judge(error, event, over),
      onProgress: (position) => {
        this.#seen = position;
        this.#parts.onChange();
      },
      onCaughtUp: () => {
        this.#behindSince = undefined;
        this.#enter('live');
      },
    });
    await this.#noting;
    if (this.#isOutrun && !signal.aborted) throw new Outrun();
  }

  #handled(event: EventPlace, over: AbortController): void {
    this.#attempt = 0;
    this.#error = undefined;
    this.#failed = undefined;
    this.#position = event.position;
    const { id, position, revision, stream } = event;
    this.#unnoted = { id, position, revision, stream };
    this.#timer ??= setTimeout(() => {
      this.#noting = this.#note().catch((error: unknown) => {
        this.#parts.logger.warn('A reaction could not note its place and retries later', {
          reaction: this.reaction.name,
          error,
        });
      });
      void this.#noting.then(() => {
        if (this.#isOutrun) over.abort();
      });
    }, this.#parts.noteAfterMs).unref();
    this.#enter(this.#state === 'retrying' ? 'catching-up' : this.#state);
  }

  async #note(): Promise<void> {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const event = this.#unnoted;
    if (event === undefined) return;
    this.#unnoted = undefined;
    try {
      if ((await this.#place.note(event)) === 'outrun') this.#isOutrun = true;
    } catch (error) {
      this.#unnoted ??= event;
      throw error;
    }
  }

  #judge(error: unknown, event: RecordedEvent | undefined, over: AbortController): FollowVerdict {
    const { logger } = this.#parts;
    const { name } = this.reaction;
    this.#failedWith(error);
    if (event === undefined) {
      logger.warn('A reaction lost the log and connects again', { reaction: name, error });
      return 'retry';
    }
    const { id, type, stream, revision, position } = event;
    this.#failed = { id, type, stream, revision, position };
    const verdict = this.#verdict(error, event);
    const details = { reaction: name, event: { id, type, stream, position: String(position) }, error };
    switch (verdict) {
      case 'retry':
        this.#enter('retrying');
        logger.warn('A reaction failed at an event; StreamVault retries', { ...details, attempt: this.#attempt });
        break;
      case 'skip':
        logger.error('A reaction gave up an event and continues', { ...details, attempt: this.#attempt });
        this.#skipped += 1;
        this.#handled(event, over);
        this.#error = messageOf(error);
        break;
      case 'stop':
        logger.error('A reaction stopped at an event; the next start retries it', details);
        break;
      default:
        return verdict satisfies never;
    }
    return verdict;
  }

  #verdict(error: unknown, event: RecordedEvent): FollowVerdict {
    // A newer program wrote it, and only that can interpret it.
    if (isUnreadable(error)) return 'stop';
    const read: ReadEvent = this.#parts.registry.read(event);
    return this.reaction.onFailure?.(error, read, this.#attempt) ?? 'retry';
  }

  #failedWith(error: unknown): void {
    this.#error = messageOf(error);
    this.#parts.onChange();
  }

  #enter(state: ReactionState): void {
    this.#state = state;
    this.#parts.onChange();
  }
}
