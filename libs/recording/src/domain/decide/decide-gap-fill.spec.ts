import { describe, expect, it } from '@jest/globals';
import { foldRecording } from '../lifecycle.js';
import { recordingDecider } from '../recording-decider.js';
import type { RecordingCommand } from '../recording-commands.js';
import type { RecordingEvent } from '../recording-events.js';
import { defaultRecordingPolicy } from '../recording-policy.js';
import { after, sampleCause, sampleEvents, sampleOutput } from '../recording-samples.testing.js';

const of = (...types: RecordingEvent['type'][]): RecordingEvent[] =>
  types.map((type) => sampleEvents.find((event) => event.type === type)!);
const completed = [
  ...of('RecordingRequested', 'CaptureStarting', 'CaptureStarted', 'PartOpened', 'GapRecorded', 'PartClosed'),
  ...of('StopRequested', 'CaptureEnded', 'RecordingFinalized', 'StepStarted', 'StepSucceeded', 'RecordingCompleted'),
];
const source = { id: '77', url: 'https://www.twitch.tv/videos/77', startsAt: after(0) };
const from = after(4);
const ask = (at = after(800), begins = from): RecordingCommand => ({
  type: 'RequestGapFill',
  at,
  by: 'somebody',
  from: begins,
  source,
});
const output = { ...sampleOutput, durationSeconds: 12 };
const report: RecordingCommand = {
  type: 'ReportGapFilled',
  at: after(900),
  from,
  seconds: 2,
  mutedSeconds: 0,
  output,
};
const fail: RecordingCommand = { type: 'ReportGapFillFailure', at: after(900), from, cause: sampleCause };

const decider = recordingDecider(defaultRecordingPolicy);
const decide = (events: readonly RecordingEvent[], command: RecordingCommand): readonly RecordingEvent[] => {
  const state = events.reduce(decider.evolve, decider.initialState());
  return decider.decide({ recordingId: 1, command, reporter: undefined }, state);
};
const contextOf = (events: readonly RecordingEvent[]) => foldRecording(events)!.context;

describe('a gap that somebody asks to fill', () => {
  const requested = [...completed, ...decide(completed, ask())];

  it('is being filled from then on, until a deadline', () => {
    expect(requested.at(-1)).toEqual({
      type: 'GapFillRequested',
      data: { at: after(800), by: 'somebody', from, to: after(6), source, deadline: after(800 + 6 * 3600) },
    });
    expect(contextOf(requested).gapFills).toMatchObject([{ from, state: 'running' }]);
    expect(() => decide(requested, ask(after(801)))).toThrow(/being filled/);
    // Nobody could say that it was given up: its time is over.
    expect(decide(requested, ask(after(800 + 6 * 3600)))).toHaveLength(1);
  });

  it('stays in the list when it was filled, and the file is the new one', () => {
    const filled = [...requested, ...decide(requested, report)];
    const { gapFills, gaps, outputs, totals } = contextOf(filled);
    expect(gaps).toEqual(contextOf(completed).gaps);
    expect(totals).toEqual(contextOf(completed).totals);
    expect(gapFills).toMatchObject([{ state: 'filled', seconds: 2, endedAt: after(900), source }]);
    expect(outputs).toEqual([output]);
    expect(decide(filled, report)).toEqual([]);
    expect(() => decide(filled, ask(after(901)))).toThrow(/already/);
  });

  it('can be asked for again where it failed', () => {
    const failed = [...requested, ...decide(requested, fail)];
    expect(contextOf(failed)).toMatchObject({
      gapFills: [{ state: 'failed', cause: sampleCause }],
      outputs: [sampleOutput],
    });
    expect(decide(failed, report)).toEqual([]);
    expect(decide(failed, ask(after(901)))).toHaveLength(1);
  });

  it.each<[string, readonly RecordingEvent[], RecordingCommand, string]>([
    ['there is no such gap', completed, ask(after(800), after(5)), 'recording.gap-not-found'],
    ['it still runs', completed.slice(0, 6), ask(), 'recording.gap-not-fillable'],
    ['a step is being retried', [...completed, ...of('StepRetryRequested')], ask(), 'recording.gap-not-fillable'],
  ])('is refused where %s', (_, events, command, code) => {
    expect(() => decide(events, command)).toThrow(expect.objectContaining({ code }));
  });

  it('is reported also while a step is being retried', () => {
    const retried = [...requested, ...of('StepRetryRequested')];
    expect(decide(retried, report)).toHaveLength(1);
    expect(decide(retried, fail)).toHaveLength(1);
  });
});
