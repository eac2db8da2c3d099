import { describe, expect, it } from '@jest/globals';
import type { WorkStatus } from '@streamvault/jobs';
import { foldKept, type KeptRecording } from '../domain/fold-kept.js';
import type { RecordingEvent } from '../domain/recording-events.js';
import { after, sampleCause, sampleOutput, sampleRequest } from '../domain/recording-samples.testing.js';
import { queueItems } from './queue-items.js';

const plan = [
  { name: 'verify', dependsOn: [] },
  { name: 'publish', dependsOn: ['verify'] },
];
const finalizing: RecordingEvent[] = [
  { type: 'RecordingRequested', data: sampleRequest },
  { type: 'CaptureStarting', data: { at: after(1), deadline: after(61) } },
  { type: 'CaptureStarted', data: { at: after(2) } },
  { type: 'StopRequested', data: { at: after(30), by: 'api', cause: null, deadline: after(1000) } },
];
const planned: RecordingEvent[] = [
  ...finalizing,
  { type: 'RecordingFinalized', data: { at: after(32), outputs: [sampleOutput], steps: plan, deadline: after(1000) } },
];
const failed = (retryAt: string | null): RecordingEvent[] => [
  { type: 'StepStarted', data: { at: after(33), name: 'verify', attempt: 1 } },
  { type: 'StepFailed', data: { at: after(34), name: 'verify', attempt: 1, cause: sampleCause, retryAt } },
];
const items = (past: readonly RecordingEvent[], work: Partial<WorkStatus>[] = []) => {
  const kept = past.reduce<KeptRecording | undefined>(foldKept, undefined)!;
  const status = {
    group: 'recording-7',
    name: 'verify',
    state: 'running',
    place: null,
    share: null,
    secondsLeft: null,
  };
  return queueItems(
    kept,
    work.map((one) => ({ ...status, ...one }) as WorkStatus),
  );
};

describe('the queue', () => {
  it('shows the join before there are steps: waiting for a place, running, failed', () => {
    expect(items(finalizing, [{ name: 'join', state: 'waiting', place: 3 }])).toMatchObject([
      { name: 'join', state: 'waiting', waitingFor: 'Other work comes first: place 3 in the queue.' },
    ]);
    expect(items(finalizing, [{ name: 'join', share: 0.4, secondsLeft: 12 }])).toMatchObject([
      { name: 'join', state: 'running', waitingFor: null, progress: 0.4, secondsLeft: 12 },
    ]);
    const broken: RecordingEvent = { type: 'RecordingFailed', data: { at: after(40), cause: sampleCause } };
    expect(items([...finalizing, broken])).toMatchObject([
      { name: 'join', state: 'failed', error: sampleCause.message, progress: null },
    ]);
  });

  it('says what each step waits for', () => {
    expect(items(planned)).toMatchObject([
      { name: 'verify', state: 'waiting', waitingFor: null },
      { name: 'publish', state: 'waiting', waitingFor: 'Step verify comes first.' },
    ]);
    expect(items(planned, [{ state: 'waiting', place: 1 }])[0]?.waitingFor).toMatch(/place 1/);
  });

  it('distinguishes a step that will be retried from one that blocks the rest', () => {
    expect(items([...planned, ...failed(after(50))])).toMatchObject([
      { name: 'verify', state: 'failed', error: sampleCause.message, retryAt: after(50) },
      { name: 'publish', state: 'waiting' },
    ]);
    expect(items([...planned, ...failed(null)])).toMatchObject([
      { name: 'verify', state: 'failed' },
      { name: 'publish', state: 'blocked', waitingFor: 'Step verify comes first.' },
    ]);
  });

  it('does not mix up recordings', () =>
    expect(items(planned, [{ group: 'recording-8', share: 0.5 }])[0]?.progress).toBeNull());
});
