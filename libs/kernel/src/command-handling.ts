import {
  type EventStore,
  type ExpectedRevision,
  type NewEvent,
  type NonEmptyArray,
  type Position,
  type Revision,
  type StreamName,
  WrongExpectedRevision,
} from '@streamvault/event-store';
import { setTimeout as delay } from 'node:timers/promises';
import type { CommandMetadata } from './command-metadata.js';
import type { Decider } from './decider.js';
import { ConcurrencyConflict } from './domain-error.js';
import type { AnyEvent } from './domain-event.js';
import { eventId, type EventRegistry, type ReadEvent } from './event-registry.js';
import { FoldCache, type FoldWithEventIds } from './fold-cache.js';
import { type Fold, foldStream } from './fold-stream.js';

export interface HandleRequest<State, Command, Event extends AnyEvent> {
  readonly stream: StreamName;
  readonly decider: Decider<State, Command, Event>;
  readonly command: Command;
  readonly metadata: CommandMetadata;
  /**
   * What the caller expects (an `If-Match`, or `no_stream` for a creation). Otherwise a {@link ConcurrencyConflict} is
   * thrown.
   */
  readonly expected?: ExpectedRevision | undefined;
  /** How often to decide again after losing a race. Default: 10. */
  readonly retries?: number | undefined;
}

export interface Handled<State, Event extends AnyEvent> {
  readonly state: State;
  readonly previousState: State;
  /** The events of this command; empty if there was nothing to do. */
  readonly events: readonly Event[];
  /** The stream's head after this command; undefined if the stream still does not exist. */
  readonly revision: Revision | undefined;
  /** Wait for this position to read what was written. */
  readonly position: Position | undefined;
  /** True if the command had been handled before, and this is the first answer again. */
  readonly repeated: boolean;
}

export interface LoadRequest<State, Event extends AnyEvent> {
  readonly stream: StreamName;
  readonly decider: Pick<Decider<State, never, Event>, 'initialState' | 'evolve'>;
  /** Inclusive. Default: the head. */
  readonly to?: Revision | undefined;
}

/**
 * Load, fold, decide, append. One command is one append, all or nothing. A command id is handled once per stream: the
 * same id gets the first answer again, so a caller that does not know how an attempt ended simply repeats it.
 *
 * Commands to one stream queue up within this object; after a race with another process, it decides again.
 */
export class CommandHandling {
  readonly #store: EventStore;
  readonly #registry: EventRegistry;
  readonly #folds = new FoldCache();
  readonly #queues = new Map<string, Promise<unknown>>();

  constructor({ store, registry }: { readonly store: EventStore; readonly registry: EventRegistry }) {
    this.#store = store;
    this.#registry = registry;
  }

  /**
   * @throws DomainError when `decide` refuses; nothing was written
   * @throws ConcurrencyConflict after losing every retry, or if `expected` does not hold
   * @throws EventStoreUnavailable if the outcome is unknown: repeat with the same command id
   */
  async handle<State, Command, Event extends AnyEvent>(
    request: HandleRequest<State, Command, Event>,
  ): Promise<Handled<State, Event>> {
    return this.#inTurn(request.stream, () => this.#handle(request));
  }

  /** The state at `to`, and the events that led there. Uses no cache. */
  async load<State, Event extends AnyEvent>(
    request: LoadRequest<State, Event>,
  ): Promise<{ state: State; revision: Revision | undefined; events: readonly ReadEvent<Event>[] }> {
    const events: ReadEvent<Event>[] = [];
    const fold = await foldStream({ ...this.#source, ...request, onEvent: (event) => events.push(event) });
    return { state: fold.state, revision: fold.revision, events };
  }

  /** The state at the head, on which commands are decided. What was folded before is not read again. */
  async current<State, Event extends AnyEvent>({
    stream,
    decider,
  }: Omit<LoadRequest<State, Event>, 'to'>): Promise<Fold<State>> {
    const { state, revision, position } = await this.#known(stream, decider);
    return { state, revision, position };
  }

  get #source() {
    return { store: this.#store, registry: this.#registry };
  }

  async #handle<State, Command, Event extends AnyEvent>(
    request: HandleRequest<State, Command, Event>,
  ): Promise<Handled<State, Event>> {
    const { stream, decider, command, metadata, expected, retries = 10 } = request;
    const mark = eventId(metadata.commandId, stream, 0);
    for (let attempt = 0; ; attempt++) {
      const fold = await this.#known(stream, decider);
      if (fold.ids.has(mark)) return this.#repeat(request);
      assertExpected(expected, fold.revision);
      const events = decider.decide(command, fold.state);
      const [first, ...rest] = this.#registry.toNewEvents(events, metadata, stream);
      if (!first) {
        const { state, revision, position } = fold;
        return { state, previousState: state, events, revision, position, repeated: false };
      }
      const appended = await this.#append(stream, [first, ...rest], fold.revision);
      if (appended === 'outrun') {
        if (attempt >= retries) throw new ConcurrencyConflict();
        await pause(attempt);
        continue;
      }
      if (appended.alreadyAppended) return this.#repeat(request);
      const state = events.reduce((state, event) => decider.evolve(state, event), fold.state);
      const { revision, position } = appended;
      for (const event of [first, ...rest]) fold.ids.add(event.id);
      this.#folds.set(stream, decider, { state, revision, position, ids: fold.ids });
      return { state, previousState: fold.state, events, revision, position, repeated: false };
    }
  }

  async #append(stream: StreamName, events: NonEmptyArray<NewEvent>, revision: Revision | undefined) {
    try {
      return await this.#store.append(stream, events, revision ?? 'no_stream');
    } catch (error) {
      if (!(error instanceof WrongExpectedRevision)) throw error;
      return 'outrun';
    }
  }

  async #known<State, Event extends AnyEvent>(
    stream: StreamName,
    decider: LoadRequest<State, Event>['decider'],
  ): Promise<FoldWithEventIds<State>> {
    const since = this.#folds.get<State>(stream, decider);
    const ids = since?.ids ?? new Set<string>();
    // Stored again only once it is complete: a read that fails halfway must not leave ids without their state.
    this.#folds.delete(stream);
    const onEvent = (event: ReadEvent<Event>) => ids.add(event.id);
    const fold = await foldStream({ ...this.#source, stream, decider, since, onEvent });
    // Retention may have hidden everything in a stream; its next event still follows its head.
    const revision = fold.revision ?? (await this.#store.headRevision(stream));
    const known = { ...fold, revision, ids };
    this.#folds.set(stream, decider, known);
    return known;
  }

  /** The first answer again: the stream right before and right after this command's events. */
  async #repeat<State, Command, Event extends AnyEvent>(
    request: HandleRequest<State, Command, Event>,
  ): Promise<Handled<State, Event>> {
    const { stream, decider, metadata } = request;
    const events: ReadEvent<Event>[] = [];
    let previousState = decider.initialState();
    let state = previousState;
    await foldStream({
      ...this.#source,
      stream,
      decider,
      onEvent: (event, after) => {
        if (event.id === eventId(metadata.commandId, stream, events.length)) {
          events.push(event);
          state = after;
        } else if (events.length === 0) {
          previousState = after;
        }
      },
    });
    const last = events.at(-1);
    return { state, previousState, events, revision: last?.revision, position: last?.position, repeated: true };
  }

  async #inTurn<Result>(stream: string, work: () => Promise<Result>): Promise<Result> {
    const before = this.#queues.get(stream) ?? Promise.resolve();
    const turn = before.then(work, work);
    this.#queues.set(stream, turn);
    try {
      return await turn;
    } finally {
      if (this.#queues.get(stream) === turn) this.#queues.delete(stream);
    }
  }
}

function assertExpected(expected: ExpectedRevision | undefined, actual: Revision | undefined): void {
  if (expected === undefined || expected === 'any') return;
  const holds =
    expected === 'no_stream'
      ? actual === undefined
      : expected === 'stream_exists'
        ? actual !== undefined
        : actual === expected;
  if (!holds) throw new ConcurrencyConflict();
}

/** Random, so that two writers that collided do not collide again. The first retry is immediate. */
async function pause(attempt: number): Promise<void> {
  if (attempt > 0) await delay(Math.random() * Math.min(2 ** attempt, 50));
}
