import { describe, expect, it } from '@jest/globals';
import { given } from '@streamvault/kernel/testing';
import { evolve, type RecordingState } from '../lifecycle.js';
import type { RecordingCommand } from '../recording-commands.js';
import { recordingDecider } from '../recording-decider.js';
import type { RecordingEvent } from '../recording-events.js';
import { defaultRecordingPolicy } from '../recording-policy.js';
import { after, sampleCause, sampleOutput, sampleRequest } from '../recording-samples.testing.js';
import { isBlocked, isReady, type StepStatus } from '../steps.js';

const plan = [
  { name: 'verify', dependsOn: [] },
  { name: 'publish', dependsOn: ['verify'] },
  { name: 'thumbnail', dependsOn: ['publish'] },
  { name: 'checksum', dependsOn: ['publish'] },
  { name: 'clean-up', dependsOn: ['thumbnail', 'checksum'] },
];
const planned: RecordingEvent[] = [
  { type: 'RecordingRequested', data: sampleRequest },
  { type: 'CaptureStarting', data: { at: after(1), deadline: after(61) } },
  { type: 'CaptureStarted', data: { at: after(2) } },
  { type: 'StopRequested', data: { at: after(30), by: 'api', cause: null, deadline: after(1000) } },
  { type: 'RecordingFinalized', data: { at: after(32), outputs: [sampleOutput], steps: plan, deadline: after(1000) } },
];
const started = (name: string): RecordingEvent => ({ type: 'StepStarted', data: { at: after(33), name, attempt: 1 } });
const done = (name: string): RecordingEvent[] => [
  started(name),
  { type: 'StepSucceeded', data: { at: after(34), name, attempt: 1, videoId: null } },
];
const givenUp = (name: string): RecordingEvent[] => [
  started(name),
  { type: 'StepFailed', data: { at: after(34), name, attempt: 5, cause: sampleCause, retryAt: null } },
];
const when = (past: RecordingEvent[], command: RecordingCommand) =>
  given(past, recordingDecider(defaultRecordingPolicy)).when({ recordingId: 7, command });
const ready = (all: readonly StepStatus[]) => all.filter((step) => isReady(step, all)).map(({ name }) => name);
const steps = (past: readonly RecordingEvent[]) =>
  past.reduce<RecordingState>((state, event) => evolve(state, event), undefined)?.context.steps ?? [];
const blocked = (past: readonly RecordingEvent[]) => {
  const all = steps(past);
  return all.filter((step) => isBlocked(step, all)).map(({ name }) => name);
};
const skip = (name: string): RecordingCommand => ({ type: 'SkipStep', at: after(50), by: 'api', name });
const skipped = (name: string): RecordingEvent => ({
  type: 'StepSkipped',
  data: { at: after(50), by: 'api', name, deadline: after(50 + 7200) },
});

describe('the plan of steps', () => {
  it('comes from the event alone: there are none before it', () => {
    expect(steps(planned.slice(0, -1))).toEqual([]);
    expect(steps(planned).map(({ name }) => name)).toEqual(plan.map(({ name }) => name));
  });

  it('starts a step only when all that it depends on is done', () => {
    when(planned, { type: 'StartStep', at: after(33), name: 'publish' }).thenNothing();
    when([...planned, ...done('verify')], { type: 'StartStep', at: after(33), name: 'publish' }).then([
      started('publish'),
    ]);
    expect(ready(steps(planned))).toEqual(['verify']);
    expect(ready(steps([...planned, ...done('verify'), ...done('publish')]))).toEqual(['thumbnail', 'checksum']);
  });

  it('lets steps that do not depend on each other run at the same time', () => {
    const past = [...planned, ...done('verify'), ...done('publish'), started('thumbnail')];
    when(past, { type: 'StartStep', at: after(33), name: 'checksum' }).then([started('checksum')]);
  });

  it('blocks the dependants of a step that was given up, theirs too, and nothing else', () => {
    const past = [...planned, ...done('verify'), ...done('publish'), ...givenUp('thumbnail')];
    expect(blocked(past)).toEqual(['clean-up']);
    expect(blocked([...planned, ...givenUp('verify')])).toEqual(['publish', 'thumbnail', 'checksum', 'clean-up']);
    when(past, { type: 'StartStep', at: after(40), name: 'checksum' }).then([
      { type: 'StepStarted', data: { at: after(40), name: 'checksum', attempt: 1 } },
    ]);
  });

  it('is complete when everything that could still run has run', () =>
    void when([...planned, ...done('verify'), ...done('publish'), ...givenUp('thumbnail'), started('checksum')], {
      type: 'ReportStepSuccess',
      at: after(60),
      name: 'checksum',
      videoId: null,
    }).then([
      { type: 'StepSucceeded', data: { at: after(60), name: 'checksum', attempt: 1, videoId: null } },
      { type: 'RecordingCompleted', data: { at: after(60) } },
    ]));
});

describe('skipping a step', () => {
  const completed: RecordingEvent[] = [
    ...planned,
    ...done('verify'),
    ...done('publish'),
    ...givenUp('thumbnail'),
    ...done('checksum'),
    { type: 'RecordingCompleted', data: { at: after(40) } },
  ];

  it('lets what depends on it go on, also when the recording was complete already', () => {
    when(completed, skip('thumbnail'))
      .then([skipped('thumbnail')])
      .thenState((state) => {
        expect(state?.value).toBe('postProcessing');
        expect(ready(state?.context.steps ?? [])).toEqual(['clean-up']);
      });
    when([...completed, skipped('thumbnail')], skip('thumbnail')).thenNothing();
  });

  it('completes the recording if nothing is left to do', () =>
    void when([...completed, skipped('thumbnail')], skip('clean-up')).then([
      skipped('clean-up'),
      { type: 'RecordingCompleted', data: { at: after(50) } },
    ]));

  it('is refused for steps that protect the parts, for finished steps, and for unknown ones', () => {
    when(planned, skip('verify')).thenRefused('recording.step-not-skippable');
    when([...planned, ...done('verify')], skip('publish')).thenRefused('recording.step-not-skippable');
    when(completed, skip('checksum')).thenRefused('recording.step-not-skippable');
    when(completed, skip('nonsense')).thenRefused('recording.step-not-found');
  });
});
