import { expect } from '@jest/globals';
import type { Decider } from './decider.js';
import { DomainError } from './domain-error.js';
import type { AnyEvent } from './domain-event.js';

/**
 * A decider's behaviour as a sentence: `given(past, decider).when(command).then(events)`, or `.thenRefused(code)`.
 *
 * Every event is frozen first, so an `evolve` that changes its input fails here.
 */
export function given<State, Command, Event extends AnyEvent>(
  past: readonly Event[],
  decider: Decider<State, Command, Event>,
): { when(command: Command): Outcome<State, Event> } {
  return {
    when: (command) => {
      const before = past.reduce(
        (state, event) => decider.evolve(deepFreeze(state), deepFreeze(event)),
        decider.initialState(),
      );
      return new Outcome(decider, before, () => decider.decide(deepFreeze(command), deepFreeze(before)));
    },
  };
}

export class Outcome<State, Event extends AnyEvent> {
  readonly #decider: Pick<Decider<State, never, Event>, 'evolve'>;
  readonly #before: State;
  readonly #decide: () => readonly Event[];

  constructor(decider: Pick<Decider<State, never, Event>, 'evolve'>, before: State, decide: () => readonly Event[]) {
    this.#decider = decider;
    this.#before = before;
    this.#decide = decide;
  }

  /** Exactly these events, in this order. */
  // oxlint-disable-next-line unicorn/no-thenable -- given, when, then; nobody awaits it
  then(events: readonly Event[]): this {
    expect(this.#decide()).toEqual(events);
    return this;
  }

  /** Accepted, with nothing to do. */
  thenNothing(): this {
    return this.then([]);
  }

  /** The state after the events it led to. */
  thenState(check: (state: State) => void): this {
    check(this.#decide().reduce((state, event) => this.#decider.evolve(state, event), this.#before));
    return this;
  }

  /** Refused with a {@link DomainError} with this code, and these details if given. */
  thenRefused(code: string, details?: DomainError['details']): this {
    let refusal: unknown;
    try {
      this.#decide();
    } catch (error) {
      refusal = error;
    }
    if (refusal !== undefined && !(refusal instanceof DomainError)) throw refusal;
    expect(refusal?.code ?? 'not refused').toBe(code);
    if (details) expect(refusal?.details).toEqual(details);
    return this;
  }
}

/** Machine snapshots hold live parts that cannot be frozen; plain data can, at every depth. */
function deepFreeze<Value>(value: Value): Value {
  if (typeof value !== 'object' || value === null || Object.isFrozen(value)) return value;
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype !== Object.prototype && !Array.isArray(value)) return value;
  if ('machine' in value) return value;
  Object.freeze(value);
  for (const inner of Object.values(value)) deepFreeze(inner);
  return value;
}
