import { describe, expect, it } from '@jest/globals';
import { array, assert, nat, property } from 'fast-check';
import { foldKept, type KeptRecording } from './fold-kept.js';
import { dehydrate, describeLifecycle, evolve, recordingStateNames, type RecordingState } from './lifecycle.js';
import type { RecordingEvent } from './recording-events.js';
import { sampleEvents, sampleRequest } from './recording-samples.testing.js';

const request: RecordingEvent = { type: 'RecordingRequested', data: sampleRequest };
const later = sampleEvents.filter((event) => event.type !== 'RecordingRequested');

const known = new Map(
  describeLifecycle().states.map(({ name, transitions }) => {
    const types = new Set(transitions.map(({ event }) => event));
    return [name, later.filter(({ type }) => types.has(type))];
  }),
);

/** Mostly events that the state accepts; otherwise a walk would go nowhere. */
function walk(choices: readonly number[]): RecordingEvent[] {
  const events = [request];
  let state = evolve(undefined, request);
  for (const choice of choices) {
    const own = (choice % 5 > 0 && state && known.get(dehydrate(state).state)) || [];
    const from = own.length > 0 ? own : later;
    const event = from[choice % from.length]!;
    events.push(event);
    state = evolve(state, event);
  }
  return events;
}

/** Runs both folds side by side and compares them after every event. */
function fold(events: readonly RecordingEvent[]): Set<string> {
  let state: RecordingState;
  let kept: KeptRecording | undefined;
  const seen = new Set<string>();
  for (const event of events) {
    state = evolve(state, event);
    kept = foldKept(kept, event);
    expect(kept).toEqual(state && dehydrate(state));
    if (kept) seen.add(kept.state);
  }
  return seen;
}

describe('folding the stored state of a recording', () => {
  it('does what the machine does, whatever happens in whatever order', () => {
    const seen = new Set<string>();
    assert(
      property(array(nat(), { minLength: 10, maxLength: 60 }), (choices) => {
        for (const state of fold(walk(choices))) seen.add(state);
      }),
      { numRuns: 500 },
    );
    expect([...seen].toSorted()).toEqual([...recordingStateNames].toSorted());
  });

  it('asks the machine again if the event decides', () => {
    const failed = later.filter(({ type }) => type === 'CaptureStarting' || type === 'RecordingFailed');
    const retried = later.filter(({ type }) => type === 'RecordingRetried');
    const [first] = retried;
    if (first?.type !== 'RecordingRetried') throw new Error('There is no sample of a retry.');
    const from = (place: 'capture' | 'finalize'): RecordingEvent => ({
      ...first,
      data: { ...first.data, from: place },
    });
    for (const place of ['capture', 'finalize', 'capture'] as const) fold([request, ...failed, from(place)]);
  });

  it('does not change its input', () => {
    const kept = foldKept(undefined, request);
    const before = JSON.stringify(kept);
    for (const event of later) foldKept(kept, event);
    expect(JSON.stringify(kept)).toBe(before);
  });

  it('is nothing before the request', () => {
    for (const event of later) expect(foldKept(undefined, event)).toBeUndefined();
  });
});
