import { describe, expect, it } from '@jest/globals';
import { createActor, fromPromise, transition, type Snapshot } from 'xstate';
import { getShortestPaths } from 'xstate/graph';
import { describeLifecycle, evolve, recordingStateNames, rehydrate, dehydrate, stateName } from './lifecycle.js';
import type { RecordingEvent } from './recording-events.js';
import type { RecordingContext } from './recording-context.js';
import type { DeadlineInput, EffectInput } from './recording-effects.js';
import { recordingMachine } from './recording.machine.js';
import { sampleEvents, sampleRequest } from './recording-samples.testing.js';

const later = sampleEvents.filter((event) => event.type !== 'RecordingRequested');

/**
 * Every state with the shortest path of events to it, as xstate's graph finds it if every kind of event may come at any
 * time.
 */
const shortestPaths = getShortestPaths(recordingMachine, {
  input: sampleRequest,
  events: later,
  serializeState: (snapshot) => JSON.stringify(snapshot.value),
});

const pathTo = (name: string): RecordingEvent[] => {
  const path = shortestPaths.find(({ state }) => stateName(state) === name);
  if (!path) throw new Error(`No path leads to ${name}.`);
  const steps = path.steps.map(({ event }) => event).filter(({ type }) => !type.startsWith('xstate.'));
  return [{ type: 'RecordingRequested', data: sampleRequest }, ...(steps as RecordingEvent[])];
};

const fold = (events: readonly RecordingEvent[]) =>
  events.reduce<ReturnType<typeof evolve>>((state, event) => evolve(state, event), undefined)!;

describe('the lifecycle of a recording', () => {
  it.each(recordingStateNames)('reaches %s by a path of events, folded purely', (name) => {
    expect(stateName(fold(pathTo(name)))).toBe(name);
  });

  it('has a name and a description for every state', () => {
    const { states } = describeLifecycle();
    expect(states.map(({ name }) => name).toSorted()).toEqual([...recordingStateNames].toSorted());
    for (const state of states) expect(state.description).not.toBe('');
    for (const { description } of states.flatMap(({ transitions }) => transitions)) expect(description).not.toBe('');
  });

  it('describes as data exactly what the machine does', () => {
    for (const { name, transitions } of describeLifecycle().states) {
      const from = fold(pathTo(name));
      for (const { event, target } of transitions) {
        const samples = later.filter(({ type }) => type === event) as Parameters<typeof from.can>[0][];
        const reached = samples.map((sample) => stateName(transition(recordingMachine, from, sample)[0]));
        expect({ name, event, reached }).toEqual({ name, event, reached: expect.arrayContaining([target]) });
      }
      const known = new Set(transitions.map(({ event }) => event));
      for (const sample of later)
        if (!known.has(sample.type))
          expect({ name, event: sample.type, can: from.can(sample as never) }).toEqual({
            name,
            event: sample.type,
            can: false,
          });
    }
  });

  const waiting = describeLifecycle().states.filter((state) => state.waiting);

  it('waits only in states that have a deadline', () => {
    expect(waiting.map(({ name }) => name)).toEqual([
      'requested',
      'starting',
      'reconnecting',
      'finalizing',
      'postProcessing',
    ]);
    for (const { name } of waiting) expect(fold(pathTo(name)).context.deadline).not.toBeNull();
    expect(fold(pathTo('capturing')).context.deadline).toBeNull();
  });

  it.each(waiting.map(({ name }) => name))('starts the effects of %s again when it is restored', async (name) => {
    const started: string[] = [];
    const effect = <Input extends EffectInput | DeadlineInput = EffectInput>(effectName: string) =>
      fromPromise<void, Input>(() => {
        started.push(effectName);
        return new Promise(() => {});
      });
    const snapshot = fold(pathTo(name));
    const persisted = JSON.parse(JSON.stringify(recordingMachine.getPersistedSnapshot(snapshot))) as Snapshot<unknown>;
    const machine = recordingMachine.provide({
      actors: {
        beginCapture: effect('beginCapture'),
        capture: effect('capture'),
        finalize: effect('finalize'),
        postProcess: effect('postProcess'),
        deadline: effect<DeadlineInput>('deadline'),
      },
    });
    const actor = createActor(machine, { snapshot: persisted, input: undefined as never }).start();
    const expected: Record<string, string[]> = {
      requested: ['beginCapture', 'deadline'],
      starting: ['capture', 'deadline'],
      reconnecting: ['capture', 'deadline'],
      finalizing: ['deadline', 'finalize'],
      postProcessing: ['deadline', 'postProcess'],
    };
    expect(started.toSorted()).toEqual(expected[name]);
    expect(stateName(actor.getSnapshot())).toBe(name);
    expect(actor.getSnapshot().context).toEqual(snapshot.context);
    actor.stop();
  });

  it.each(recordingStateNames)('continues from a stored %s as from a folded one', (name) => {
    const folded = fold(pathTo(name));
    const kept = JSON.parse(JSON.stringify(dehydrate(folded))) as { state: never; context: RecordingContext };
    for (const event of later)
      expect(dehydrate(evolve(rehydrate(kept), event)!)).toEqual(dehydrate(evolve(folded, event)!));
  });

  it('has a context that is plain JSON', () => {
    const { context } = fold([{ type: 'RecordingRequested', data: sampleRequest }, ...later]);
    expect(JSON.parse(JSON.stringify(context))).toEqual(context);
  });
});
