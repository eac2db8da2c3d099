import { describe, expect, it } from '@jest/globals';
import { given } from '@streamvault/kernel/testing';
import type { Decider } from './decider.js';
import { DomainError } from './domain-error.js';
import type { DomainEvent } from './domain-event.js';

type LampEvent = DomainEvent<'SwitchedOn', { watts: number }> | DomainEvent<'SwitchedOff', Record<string, never>>;
type LampCommand = { kind: 'switch-on'; watts: number } | { kind: 'switch-off' };

class BulbTooStrong extends DomainError {
  readonly code = 'lamp.bulb-too-strong';
  readonly kind = 'invalid';
}

const lamp: Decider<{ on: boolean }, LampCommand, LampEvent> = {
  initialState: () => ({ on: false }),
  evolve: (_, event) => ({ on: event.type === 'SwitchedOn' }),
  decide(command, state) {
    if (command.kind === 'switch-off') return state.on ? [{ type: 'SwitchedOff', data: {} }] : [];
    if (command.watts > 100) throw new BulbTooStrong('Too strong.', { most: 100 });
    return [{ type: 'SwitchedOn', data: { watts: command.watts } }];
  },
};
const on: LampEvent = { type: 'SwitchedOn', data: { watts: 60 } };
const off: LampEvent = { type: 'SwitchedOff', data: {} };

describe('given, when, then', () => {
  it('checks what a command leads to', () => {
    given([on], lamp)
      .when({ kind: 'switch-off' })
      .then([off])
      .thenState((state) => expect(state.on).toBe(false));
    given([on, off], lamp).when({ kind: 'switch-off' }).thenNothing();
    given([], lamp).when({ kind: 'switch-on', watts: 60 }).then([on]);
  });

  it('fails if other events come out', () => {
    expect(() => given([on], lamp).when({ kind: 'switch-off' }).then([on])).toThrow('SwitchedOff');
    expect(() => given([on], lamp).when({ kind: 'switch-off' }).thenNothing()).toThrow('SwitchedOff');
  });

  it('checks what is refused, and why', () => {
    const outcome = given([], lamp).when({ kind: 'switch-on', watts: 500 });
    outcome.thenRefused('lamp.bulb-too-strong', { most: 100 });
    expect(() => outcome.thenRefused('lamp.broken')).toThrow('lamp.bulb-too-strong');
    expect(() => given([on], lamp).when({ kind: 'switch-off' }).thenRefused('lamp.broken')).toThrow('not refused');
  });

  it('does not take a defect for a refusal', () => {
    const broken = {
      ...lamp,
      decide: () => {
        throw new RangeError('defect');
      },
    };
    expect(() => given([], broken).when({ kind: 'switch-off' }).thenRefused('lamp.broken')).toThrow(RangeError);
  });

  it('catches an evolve that changes the state it was given', () => {
    const careless: typeof lamp = {
      ...lamp,
      evolve: (state, event) => Object.assign(state, lamp.evolve(state, event)),
    };
    expect(() => given([on], careless).when({ kind: 'switch-off' })).toThrow(TypeError);
  });
});
