import type { AnyEvent } from './domain-event.js';

/**
 * What a stream means and which commands it accepts. All three functions are pure: no clock, no randomness, no I/O.
 * `evolve` returns a new state and does not change the given one (states are kept and shared between calls).
 */
export interface Decider<State, Command, Event extends AnyEvent> {
  initialState(): State;
  evolve(state: State, event: Event): State;
  /** The events of the command; none if there is nothing to do. Throws a {@link DomainError} to refuse. */
  decide(command: Command, state: State): readonly Event[];
}
