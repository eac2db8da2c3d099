import { describe, expect, it } from '@jest/globals';
import { given } from '@streamvault/kernel/testing';
import type { RecordingCommand, Reporter } from '../recording-commands.js';
import { recordingDecider } from '../recording-decider.js';
import type { RecordingEvent } from '../recording-events.js';
import { defaultRecordingPolicy } from '../recording-policy.js';
import { after, sampleCause, sampleRequest } from '../recording-samples.testing.js';

const requested: RecordingEvent = { type: 'RecordingRequested', data: sampleRequest };
const assigned = (recorderId: string, epoch: number, seconds = 1): RecordingEvent => ({
  type: 'RecorderAssigned',
  data: { at: after(seconds), recorderId, epoch },
});
const starting: RecordingEvent = { type: 'CaptureStarting', data: { at: after(1), deadline: after(61) } };
const capturing = [requested, assigned('a', 1), starting, { type: 'CaptureStarted', data: { at: after(2) } } as const];
const cancelled: RecordingEvent = {
  type: 'RecordingCancelled',
  data: { at: after(31), by: 'api', cause: sampleCause },
};

const when = (past: readonly RecordingEvent[], command: RecordingCommand, reporter?: Reporter) =>
  given([...past], recordingDecider(defaultRecordingPolicy)).when({ recordingId: 7, command, reporter });
const begin: RecordingCommand = { type: 'BeginCapture', at: after(1) };
const restart: RecordingCommand = { type: 'ReportRecorderRestart', at: after(30) };
const bytes: RecordingCommand = { type: 'ReportFact', at: after(40), fact: { kind: 'resumed', at: after(40) } };
const interrupted = (cause: string): RecordingCommand => ({
  type: 'ReportFact',
  at: after(40),
  fact: { kind: 'interrupted', at: after(40), cause: { code: cause, message: 'Silence.' } },
});

describe('the assignment of a recording', () => {
  it('is made by the recorder that begins it', () =>
    void when([requested], begin, { recorderId: 'a', epoch: 0 })
      .then([assigned('a', 1), starting])
      .thenState((state) => expect(state?.context).toMatchObject({ recorder: 'a', epoch: 1 })));

  it('is not made by a recorder that comes second: it begins nothing, and that is no error', () => {
    when([requested, assigned('a', 1), starting], begin, { recorderId: 'b', epoch: 0 }).thenNothing();
    when([requested, assigned('a', 1), starting], begin, { recorderId: 'b', epoch: 1 }).thenNothing();
  });

  it('passes to a recorder that takes it over, in whatever state it is', () => {
    when(capturing, restart, { recorderId: 'b', epoch: 1 }).then([
      assigned('b', 2, 30),
      {
        type: 'CaptureInterrupted',
        data: {
          at: after(30),
          cause: { code: 'recorder.restarted', message: 'The recorder was restarted and takes it up again.' },
          deadline: after(210),
        },
      },
    ]);
    when([...capturing, cancelled], restart, { recorderId: 'b', epoch: 1 }).thenNothing();
  });

  it('of two that take it over at once, goes to one', () =>
    void when([...capturing, assigned('b', 2, 29)], restart, { recorderId: 'c', epoch: 1 }).thenNothing());

  it('was none before there were assignments: such a recording is of epoch 0, and can be taken over', () => {
    const old = [requested, starting, { type: 'CaptureStarted', data: { at: after(2) } } as const];
    when(old, { type: 'ReportSourceEnd', at: after(20) }, { recorderId: 'a', epoch: 0 }).thenState((state) =>
      expect(state?.context).toMatchObject({ recorder: null, epoch: 0, endReason: 'endlist' }),
    );
    when(old, restart, { recorderId: 'a', epoch: 0 }).thenState((state) =>
      expect(state?.context).toMatchObject({ recorder: 'a', epoch: 1 }),
    );
  });
});

describe('a report', () => {
  it('counts where its recorder has the recording', () =>
    void when(capturing, interrupted('x.y'), { recorderId: 'a', epoch: 1 }).thenState((state) =>
      expect(state?.context.interruption?.code).toBe('x.y'),
    ));

  it('is refused where another recorder was assigned since, however good its news', () => {
    const takenOver = [...capturing, assigned('b', 2, 30)];
    for (const stale of [bytes, interrupted('x.y'), { type: 'ReportSourceEnd', at: after(50) } as const])
      when(takenOver, stale, { recorderId: 'a', epoch: 1 }).thenRefused('recording.stale-recorder');
  });

  it('is refused also after the recording is over', () =>
    void when([...capturing, assigned('b', 2, 30), cancelled], bytes, { recorderId: 'a', epoch: 1 }).thenRefused(
      'recording.stale-recorder',
    ));

  it('of nobody who records is not asked for an epoch', () =>
    void when(capturing, { type: 'StopRecording', at: after(9), by: 'api' }).thenState((state) =>
      expect(state?.context.endReason).toBe('stopped'),
    ));
});
