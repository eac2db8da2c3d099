import type { AnyEvent } from './domain-event.js';

/**
 * What a stream means and which commands it takes. All three are pure: no clock, no random, no I/O, and `evolve` returns
 * a new state and leaves the given one alone (states are kept and shared between calls).
 */
export interface Decider<State, Command, Event extends AnyEvent> {
  initialState(): State;
  evolve(state: State, event: Event): State;
  /** The events the command leads to, none where there is nothing to do. Throws a {@link DomainError} to refuse. */
  decide(command: Command, state: State): readonly Event[];
}
