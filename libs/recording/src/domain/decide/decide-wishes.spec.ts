import { describe, expect, it } from '@jest/globals';
import { given } from '@streamvault/kernel/testing';
import type { RecordingCommand } from '../recording-commands.js';
import { recordingDecider } from '../recording-decider.js';
import type { RecordingEvent } from '../recording-events.js';
import { defaultRecordingPolicy } from '../recording-policy.js';
import { after, sampleCause, sampleRequest, t0 } from '../recording-samples.testing.js';

const requested: RecordingEvent = { type: 'RecordingRequested', data: { ...sampleRequest, title: 'First' } };
const capturing: RecordingEvent[] = [
  requested,
  { type: 'CaptureStarting', data: { at: after(1), deadline: after(61) } },
  { type: 'CaptureStarted', data: { at: after(2) } },
];
const when = (past: RecordingEvent[], command: RecordingCommand) =>
  given(past, recordingDecider(defaultRecordingPolicy)).when({ recordingId: 7, command });
const change = (seconds: number, title: string | null, category: string | null = null): RecordingCommand => ({
  type: 'ChangeDetails',
  at: after(seconds + 1),
  details: { at: after(seconds), title, category },
});
const changed = (seconds: number, title: string | null, category: string | null = null): RecordingEvent => ({
  type: 'RecordingDetailsChanged',
  data: { at: after(seconds), title, category },
});

describe('title and category', () => {
  it('change while it runs, and are kept as a timeline', () =>
    void when([...capturing, changed(10, 'Second')], change(20, 'Third', 'Music'))
      .then([changed(20, 'Third', 'Music')])
      .thenState((state) => {
        expect(state?.context.titles).toEqual([
          { at: t0, title: 'First', category: null },
          { at: after(10), title: 'Second', category: null },
          { at: after(20), title: 'Third', category: 'Music' },
        ]);
        expect(state?.context).toMatchObject({ title: 'Third', category: 'Music' });
      }));

  it('are recorded once if they are reported twice', () => {
    when(capturing, change(10, 'First')).thenNothing();
    when([...capturing, changed(10, 'Second')], change(12, 'Second')).thenNothing();
  });

  it('get their place in time if they are reported late', () =>
    void when([...capturing, changed(20, 'Third')], change(10, 'Second')).thenState((state) => {
      expect(state?.context.titles.map(({ title }) => title)).toEqual(['First', 'Second', 'Third']);
      expect(state?.context.title).toBe('Third');
    }));

  it('are no longer its own once the capture is over', () => {
    const stopped: RecordingEvent = {
      type: 'StopRequested',
      data: { at: after(30), by: 'api', cause: null, deadline: after(1000) },
    };
    when([...capturing, stopped], change(40, 'Next show')).thenNothing();
  });
});

describe('the end of a recording that has no video', () => {
  it('is an instant, whether it was cancelled or failed', () => {
    when(capturing, { type: 'CancelRecording', at: after(9), by: 'api' }).thenState((state) =>
      expect(state?.context.endedAt).toBe(after(9)),
    );
    when(capturing.slice(0, 2), { type: 'ReportCaptureFailure', at: after(9), cause: sampleCause }).thenState((state) =>
      expect(state?.context.endedAt).toBe(after(9)),
    );
  });
});

it('names the recording that does not exist', () =>
  void when([], { type: 'StopRecording', at: t0, by: 'api' }).thenRefused('recording.not-found', { recordingId: 7 }));

it("has the cause of a stop that is not a person's wish", () =>
  void when(capturing, { type: 'StopRecording', at: after(9), by: 'automation', cause: sampleCause }).then([
    {
      type: 'StopRequested',
      data: { at: after(9), by: 'automation', cause: sampleCause, deadline: after(9 + 12 * 3600) },
    },
  ]));
