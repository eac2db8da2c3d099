import { describe, expect, it } from '@jest/globals';
import { given } from '@streamvault/kernel/testing';
import type { RecordingCommand } from './recording-commands.js';
import { recordingDecider } from './recording-decider.js';
import type { RecordingEvent } from './recording-events.js';
import { defaultRecordingPolicy } from './recording-policy.js';
import { after, sampleCause, sampleRequest, t0 } from './recording-samples.testing.js';

const policy = { ...defaultRecordingPolicy, patienceSeconds: 180, unansweredSeconds: 3600 };
const interrupted: RecordingEvent[] = [
  { type: 'RecordingRequested', data: sampleRequest },
  { type: 'CaptureStarting', data: { at: t0, deadline: after(60) } },
  { type: 'CaptureStarted', data: { at: after(1) } },
  { type: 'PartOpened', data: { at: after(1), number: 1, container: 'ts', reason: 'start' } },
  { type: 'CaptureInterrupted', data: { at: after(100), cause: sampleCause, deadline: after(280) } },
];
const moved = (seconds: number): RecordingEvent => ({
  type: 'DeadlineMoved',
  data: { at: after(seconds), deadline: after(seconds + 180), cause: sampleCause },
});
type Word = Extract<RecordingCommand, { type: 'ReportDeadline' }>['word'];
const patienceRunsOut = (past: RecordingEvent[], seconds: number, word?: Word) =>
  given(past, recordingDecider(policy)).when({
    recordingId: sampleRequest.recordingId,
    command: {
      type: 'ReportDeadline',
      at: after(seconds),
      deadline: after(seconds),
      ...(word !== undefined && { word }),
    },
  });

describe('when patience with a silent source runs out', () => {
  it.each([['offline' as const], [undefined]])('the broadcast is over (the platform says: %s)', (word) => {
    patienceRunsOut(interrupted, 280, word).then([
      { type: 'SourceEnded', data: { at: after(280), reason: 'gave-up', deadline: expect.any(String) } } as never,
    ]);
  });

  it('StreamVault waits for hours while the platform says that it is live', () => {
    for (const [past, seconds] of [
      [interrupted, 280],
      [[...interrupted, moved(20_000)], 20_180],
    ] as const) {
      patienceRunsOut([...past], seconds, 'live').then([
        {
          type: 'DeadlineMoved',
          data: { at: after(seconds), deadline: after(seconds + 180), cause: expect.objectContaining({}) },
        } as never,
      ]);
    }
  });

  it('a platform that does not answer does not end it for an hour', () => {
    patienceRunsOut(interrupted, 280, 'unknown').then([
      {
        type: 'DeadlineMoved',
        data: {
          at: after(280),
          deadline: after(460),
          cause: expect.objectContaining({ code: 'source.not-said-over' }),
        },
      } as never,
    ]);
    patienceRunsOut([...interrupted, moved(3600)], 3780, 'unknown').then([
      { type: 'SourceEnded', data: { at: after(3780), reason: 'gave-up', deadline: expect.any(String) } } as never,
    ]);
  });
});
