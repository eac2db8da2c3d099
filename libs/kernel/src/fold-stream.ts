import type { EventStore, Position, Revision, StreamName } from '@streamvault/event-store';
import type { Decider } from './decider.js';
import type { AnyEvent } from './domain-event.js';
import type { EventRegistry, ReadEvent } from './event-registry.js';

/** A stream folded up to `revision`, which is undefined if the stream has no events. */
export interface Fold<State> {
  readonly state: State;
  readonly revision: Revision | undefined;
  readonly position: Position | undefined;
}

export interface FoldRequest<State, Event extends AnyEvent> {
  readonly store: Pick<EventStore, 'readStream'>;
  readonly registry: EventRegistry;
  readonly stream: StreamName;
  readonly decider: Pick<Decider<State, never, Event>, 'initialState' | 'evolve'>;
  /** The last revision to fold, inclusive. Default: the head. */
  readonly to?: Revision | undefined;
  /** An earlier fold to continue from: only what came after it is read. */
  readonly since?: Fold<State> | undefined;
  /** Called for each event with the state it led to. */
  readonly onEvent?: (event: ReadEvent<Event>, state: State) => void;
}

/** Holds one event in memory at a time, however long the stream is. */
export async function foldStream<State, Event extends AnyEvent>(
  request: FoldRequest<State, Event>,
): Promise<Fold<State>> {
  const { store, registry, stream, decider, to, since, onEvent } = request;
  let state = since ? since.state : decider.initialState();
  let revision = since?.revision;
  let position = since?.position;
  for await (const recorded of store.readStream(stream, { from: revision === undefined ? 0n : revision + 1n })) {
    if (to !== undefined && recorded.revision > to) break;
    const event = registry.read<Event>(recorded);
    state = decider.evolve(state, event);
    revision = recorded.revision;
    position = recorded.position;
    onEvent?.(event, state);
  }
  return { state, revision, position };
}
