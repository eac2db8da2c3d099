import { describe, expect, it } from '@jest/globals';
import { dehydrate, evolve, type RecordingState } from '../domain/lifecycle.js';
import type { RecordingEvent } from '../domain/recording-events.js';
import { after, sampleCause, sampleEvents } from '../domain/recording-samples.testing.js';
import { stepList, usualParts } from './step-list.js';

const sample = (type: RecordingEvent['type']): RecordingEvent => sampleEvents.find((event) => event.type === type)!;
const begun = ['RecordingRequested', 'CaptureStarting', 'CaptureStarted', 'PartOpened'] as const;
const finalized = [...begun, 'SourceEnded', 'CaptureEnded', 'RecordingFinalized'] as const;

function listed(types: readonly (RecordingEvent['type'] | RecordingEvent)[], keeps = false): string[] {
  const state = types.reduce<RecordingState>(
    (folded, event) => evolve(folded, typeof event === 'string' ? sample(event) : event),
    undefined,
  );
  const steps = stepList(dehydrate(state!), { ...usualParts, keeps });
  return steps.map(({ name, state: of, error, retryAt }) =>
    [name, of, error, retryAt].filter((x) => x !== null).join(' '),
  );
}
const succeeded = (name: string): RecordingEvent[] => [
  { type: 'StepStarted', data: { at: after(14), name, attempt: 1 } },
  { type: 'StepSucceeded', data: { at: after(15), name, attempt: 1, videoId: null } },
];
const done = [...finalized, ...succeeded('publish'), ...succeeded('thumbnail'), 'RecordingCompleted'] as const;

describe('the steps of a recording', () => {
  it('begin with joining its parts', () => {
    expect(listed(begun)).toEqual([]);
    expect(listed([...begun, 'SourceEnded'])).toEqual(['join running']);
    expect(listed([...begun, 'SourceEnded', 'FinalizeFailed'])).toEqual([
      `join waiting ${sampleCause.message} ${after(17)}`,
    ]);
    expect(listed([...begun, 'SourceEnded', 'FinalizeFailed', 'RecordingFailed'])).toEqual([
      `join failed ${sampleCause.message}`,
    ]);
  });

  it('end with removing them: after everything else and the time of grace, unless something needs them', () => {
    const rest = ['join succeeded', 'thumbnail succeeded', 'publish succeeded'];
    expect(listed(finalized)).toEqual(['join succeeded', 'thumbnail waiting', 'publish waiting', 'clean-up waiting']);
    expect(listed(done)).toEqual([...rest, `clean-up waiting ${after(616)}`]);
    expect(listed([...done, 'PartsKept'])).toEqual([...rest, `clean-up waiting ${sampleCause.message}`]);
    expect(listed([...done, 'PartsKept', 'PartsDiscarded'])).toEqual([...rest, 'clean-up succeeded']);
    expect(listed(done, true)).toEqual([...rest, 'clean-up skipped']);
  });

  it('do not remove anything after a step that was given up', () => {
    const failed: RecordingEvent[] = [succeeded('thumbnail')[0]!, sample('StepFailed')];
    expect(listed([...finalized, ...succeeded('publish'), ...failed, 'RecordingCompleted']).at(-1)).toBe(
      'clean-up blocked',
    );
  });
});
