import { describe, expect, it } from '@jest/globals';
import { given } from '@streamvault/kernel/testing';
import { evolve, type RecordingState } from './lifecycle.js';
import type { RecordingCommand } from './recording-commands.js';
import { recordingDecider } from './recording-decider.js';
import type { RecordingEvent } from './recording-events.js';
import { stallSecondsOf } from './recording-context.js';
import { defaultRecordingPolicy, jitterOf } from './recording-policy.js';
import { after, sampleCause, sampleOutput, samplePlan, sampleRequest, t0 } from './recording-samples.testing.js';

const decider = recordingDecider(defaultRecordingPolicy);
const { at: _at, deadline: _deadline, ...request } = sampleRequest;

const requested: RecordingEvent = { type: 'RecordingRequested', data: sampleRequest };
const starting: RecordingEvent = { type: 'CaptureStarting', data: { at: after(1), deadline: after(61) } };
const started: RecordingEvent = { type: 'CaptureStarted', data: { at: after(2) } };
const part: RecordingEvent = {
  type: 'PartOpened',
  data: { at: after(2), number: 1, container: 'ts', reason: 'start' },
};
const partFact = { kind: 'partOpened', at: after(2), number: 1, container: 'ts', reason: 'start' } as const;
const interrupted: RecordingEvent = {
  type: 'CaptureInterrupted',
  data: { at: after(20), cause: sampleCause, deadline: after(200) },
};
const stopped: RecordingEvent = {
  type: 'StopRequested',
  data: { at: after(30), by: 'api', cause: null, deadline: after(30 + 12 * 3600) },
};
const ended: RecordingEvent = {
  type: 'CaptureEnded',
  data: { at: after(31), bytes: 1000, segments: 5, durationSeconds: 10, capturedRatio: 1, adSeconds: 0, retries: 3 },
};
const finalized: RecordingEvent = {
  type: 'RecordingFinalized',
  data: { at: after(32), outputs: [sampleOutput], steps: samplePlan, deadline: after(32 + 7200) },
};
const capturing = [requested, starting, started, part];
const postProcessing = [...capturing, stopped, ended, finalized];
const stepStarted = (name: string, attempt = 1): RecordingEvent => ({
  type: 'StepStarted',
  data: { at: after(33), name, attempt },
});
const stepSucceeded = (name: string): RecordingEvent => ({
  type: 'StepSucceeded',
  data: { at: after(34), name, attempt: 1, videoId: name === 'publish' ? 9 : null },
});
/** The pause before the next attempt: 5 s, doubled each time, with jitter. */
const pause = (of: string, attempt: number): number => 5 * 2 ** (attempt - 1) * jitterOf(`7 ${of} ${attempt}`);
const when = (past: RecordingEvent[], command: RecordingCommand) =>
  given(past, decider).when({ recordingId: sampleRequest.recordingId, command });
const fold = (past: readonly RecordingEvent[]): RecordingState =>
  past.reduce<RecordingState>((state, event) => evolve(state, event), undefined);
const stop: RecordingCommand = { type: 'StopRecording', at: after(30), by: 'api' };

describe('starting', () => {
  it('begins with a request that has a deadline', () =>
    void when([], { type: 'RequestRecording', at: t0, request }).then([requested]));

  it('refuses a second request while the first is under way', () =>
    void when([requested], { type: 'RequestRecording', at: after(1), request }).thenRefused(
      'recording.already-active',
    ));

  it('is not capturing: nothing counts as running before bytes arrive', () => {
    when([requested], { type: 'BeginCapture', at: after(1) }).then([starting]);
    when([requested, starting], { type: 'ReportFact', at: after(2), fact: partFact }).then([started, part]);
  });

  it('fails with an explanation if no first bytes come in time', () =>
    void when([requested, starting], { type: 'ReportDeadline', at: after(61), deadline: after(61) }).then([
      {
        type: 'RecordingFailed',
        data: {
          at: after(61),
          cause: {
            code: 'capture.no-first-bytes',
            message: 'The source gave no video within 60 s. Check that the streamer is live, then retry.',
          },
        },
      },
    ]));

  it('ignores a deadline that has been replaced', () =>
    void when(capturing, { type: 'ReportDeadline', at: after(61), deadline: after(61) }).thenNothing());

  it('fails with the cause of a source that cannot be opened, and can be retried from the source', () => {
    const failed: RecordingEvent = { type: 'RecordingFailed', data: { at: after(3), cause: sampleCause } };
    when([requested, starting], { type: 'ReportCaptureFailure', at: after(3), cause: sampleCause }).then([failed]);
    when([requested, starting, failed], { type: 'RetryRecording', at: after(9), by: 'api' }).then([
      { type: 'RecordingRetried', data: { at: after(9), by: 'api', from: 'capture', deadline: after(69) } },
    ]);
  });
});

describe('capturing', () => {
  it('records a fact once that is reported twice', () =>
    void when(capturing, { type: 'ReportFact', at: after(5), fact: partFact }).thenNothing());

  it('records a gap once, with its cause', () => {
    const fact = { kind: 'gap', from: after(4), to: after(6), seconds: 2, cause: sampleCause } as const;
    const gap: RecordingEvent = {
      type: 'GapRecorded',
      data: { from: after(4), to: after(6), seconds: 2, cause: sampleCause, at: after(7) },
    };
    when(capturing, { type: 'ReportFact', at: after(7), fact }).then([gap]);
    when([...capturing, gap], { type: 'ReportFact', at: after(8), fact }).thenNothing();
  });

  it('records advertising once, and whether it was kept', () => {
    const told = { from: after(4), to: after(34), seconds: 30, kept: false };
    const fact = { kind: 'ad', ...told } as const;
    const ad: RecordingEvent = { type: 'AdRecorded', data: { ...told, at: after(35) } };
    when(capturing, { type: 'ReportFact', at: after(35), fact }).then([ad]);
    when([...capturing, ad], { type: 'ReportFact', at: after(36), fact }).thenNothing();
    when(capturing, { type: 'ReportFact', at: after(35), fact }).thenState((state) =>
      expect(state?.context.ads).toEqual([told]),
    );
  });

  it('does not lose patience during advertising, neither before the first byte nor after an interruption', () => {
    const moved = (at: number, seconds: number): RecordingEvent => ({
      type: 'DeadlineMoved',
      data: {
        at: after(at),
        deadline: after(at + seconds),
        cause: { code: 'source.advertising', message: 'The source shows advertising, which is left out.' },
      },
    });
    const shown = (at: number): RecordingCommand => ({
      type: 'ReportFact',
      at: after(at),
      fact: { kind: 'advertising', at: after(at), from: after(0) },
    });
    when([requested, starting], shown(20)).thenNothing();
    when([requested, starting], shown(40)).then([moved(40, 60)]);
    when([requested, starting], shown(40)).thenState((state) => expect(state?.context.deadline).toBe(after(100)));
    when([...capturing, interrupted], shown(190)).then([moved(190, 180)]);
    when([...capturing, interrupted], shown(190)).thenState((state) => {
      expect(state?.value).toEqual({ taking: 'reconnecting' });
      expect(state?.context.interruption).toEqual(sampleCause);
    });
    when(capturing, shown(40)).thenNothing();
  });

  it('counts how long no bytes came, and how often the source was found again', () => {
    const resumed: RecordingEvent = { type: 'CaptureResumed', data: { at: after(50) } };
    const again: RecordingEvent = { ...interrupted, data: { ...interrupted.data, at: after(60) } } as RecordingEvent;
    const variant = { name: null, width: null, height: null, codecs: null, bandwidth: null };
    const opened = (found: 'refused' | null): RecordingEvent => ({
      type: 'SourceOpened',
      data: { at: after(2), variant, targetDurationSeconds: 2, again: found },
    });
    const past = [...capturing, opened(null), interrupted, opened('refused'), resumed, again];
    when(past, { ...stop, at: after(65) }).thenState((state) => {
      const { stalls = [], reResolves } = state?.context ?? {};
      expect(stalls).toEqual([
        { from: after(20), to: after(50), cause: sampleCause },
        { from: after(60), to: after(65), cause: sampleCause },
      ]);
      expect(stallSecondsOf(stalls)).toBe(35);
      expect(reResolves).toBe(1);
    });
  });

  it('reconnects with patience when bytes stop, and patience does not restart with each report', () => {
    const fact = { kind: 'interrupted', at: after(20), cause: sampleCause } as const;
    const ends = { ...fact, at: after(30), cause: { code: 'source.ended', message: 'It ended.' } } as const;
    // A source that was silent and then says that it ends is away for that reason, and as long as its broadcast is awaited.
    when([...capturing, interrupted], {
      type: 'ReportFact',
      at: after(30),
      fact: ends,
      waitsUntil: after(750),
    }).then([{ type: 'CaptureInterrupted', data: { at: after(30), cause: ends.cause, deadline: after(750) } }]);
    when(capturing, { type: 'ReportFact', at: after(20), fact }).then([interrupted]);
    when([...capturing, interrupted], {
      type: 'ReportFact',
      at: after(90),
      fact: { ...fact, at: after(90) },
    }).thenNothing();
  });

  it('finishes what it has when patience runs out', () =>
    void when([...capturing, interrupted], { type: 'ReportDeadline', at: after(200), deadline: after(200) }).then([
      { type: 'SourceEnded', data: { at: after(200), reason: 'gave-up', deadline: after(200 + 12 * 3600) } },
    ]));

  it('does not count as running after a restart until bytes arrive', () => {
    const restarted: RecordingEvent = {
      type: 'CaptureInterrupted',
      data: {
        at: after(50),
        cause: { code: 'recorder.restarted', message: 'The recorder was restarted and takes it up again.' },
        deadline: after(230),
      },
    };
    when(capturing, { type: 'ReportRecorderRestart', at: after(50) }).then([restarted]);
    when([...capturing, restarted], {
      type: 'ReportFact',
      at: after(52),
      fact: { ...partFact, number: 2, at: after(52), reason: 'restart' },
    }).then([
      { type: 'PartOpened', data: { at: after(52), number: 2, container: 'ts', reason: 'restart' } },
      { type: 'CaptureResumed', data: { at: after(52) } },
    ]);
  });

  it('restarts patience if the recorder was away while it waited', () =>
    void when([...capturing, interrupted], { type: 'ReportRecorderRestart', at: after(5000) }).thenState((state) =>
      expect(state?.context.deadline).toBe(after(5180)),
    ));
});

describe('stopping', () => {
  it('continues with finalizing at once', () => void when(capturing, stop).then([stopped]));

  it('does so while starting too: bytes may be on their way to the disk', () =>
    void when([requested, starting], stop).then([stopped]));

  it('changes nothing the second time', () =>
    void when([...capturing, stopped], { ...stop, at: after(40) }).thenNothing());

  it('ends as cancelled if nothing had been captured', () =>
    void when([requested, starting, stopped], {
      type: 'ReportCaptureClosed',
      at: after(31),
      bytes: 0,
      segments: 0,
      durationSeconds: 0,
      gapSeconds: 0,
      adSeconds: 0,
      retries: 0,
    }).then([
      {
        type: 'RecordingCancelled',
        data: {
          at: after(31),
          by: 'recorder',
          cause: {
            code: 'recording.nothing-captured',
            message: 'It ended before the first segment had arrived.',
          },
        },
      },
    ]));

  it('counts what was captured once, taking gaps into account', () => {
    const closed: RecordingCommand = {
      type: 'ReportCaptureClosed',
      at: after(31),
      bytes: 1000,
      segments: 5,
      durationSeconds: 10,
      gapSeconds: 10,
      adSeconds: 0,
      retries: 0,
    };
    when([...capturing, stopped], closed).thenState((state) => expect(state?.context.totals?.capturedRatio).toBe(0.5));
    when([...capturing, stopped, ended], closed).thenNothing();
  });

  it('takes the last facts of a capture that has just been stopped', () =>
    void when([...capturing, stopped], {
      type: 'ReportFact',
      at: after(31),
      fact: { kind: 'partClosed', at: after(31), number: 1, bytes: 1000, segments: 5, durationSeconds: 10 },
    }).then([
      {
        type: 'PartClosed',
        data: { at: after(31), number: 1, bytes: 1000, segments: 5, durationSeconds: 10 },
      },
    ]));
});

describe('finalizing', () => {
  const failure: RecordingCommand = { type: 'ReportFinalizeFailure', at: after(40), cause: sampleCause };
  const failedBefore = (attempt: number): RecordingEvent => ({
    type: 'FinalizeFailed',
    data: { at: after(40), attempt, cause: sampleCause, retryAt: after(45) },
  });

  it('is retried with a growing pause', () => {
    when([...capturing, stopped], failure).then([
      {
        type: 'FinalizeFailed',
        data: { at: after(40), attempt: 1, cause: sampleCause, retryAt: after(40 + pause('finalize', 1)) },
      },
    ]);
    when([...capturing, stopped, failedBefore(2)], failure).then([
      {
        type: 'FinalizeFailed',
        data: { at: after(40), attempt: 3, cause: sampleCause, retryAt: after(40 + pause('finalize', 3)) },
      },
    ]);
  });

  it('is given up in the end, kept, and retried from what was captured', () => {
    const failed: RecordingEvent = { type: 'RecordingFailed', data: { at: after(40), cause: sampleCause } };
    when([...capturing, stopped, failedBefore(4)], failure).then([failed]);
    when([...capturing, stopped, ended, failed], { type: 'RetryRecording', at: after(50), by: 'api' }).then([
      {
        type: 'RecordingRetried',
        data: { at: after(50), by: 'api', from: 'finalize', deadline: after(50 + 12 * 3600) },
      },
    ]);
  });

  it('is recorded once if it is reported twice after a lost answer', () =>
    void when(postProcessing, {
      type: 'ReportFinalized',
      at: after(33),
      outputs: [sampleOutput],
      steps: [],
    }).thenNothing());
});

describe('post-processing', () => {
  it('is complete with its last step, and names its video', () =>
    void when([...postProcessing, stepStarted('publish'), stepSucceeded('publish'), stepStarted('thumbnail')], {
      type: 'ReportStepSuccess',
      at: after(34),
      name: 'thumbnail',
      videoId: null,
    })
      .then([stepSucceeded('thumbnail'), { type: 'RecordingCompleted', data: { at: after(34) } }])
      .thenState((state) => expect(state?.context.videoId).toBe(9)));

  it('restarts an interrupted step, as another attempt', () =>
    void when([...postProcessing, stepStarted('publish')], { type: 'StartStep', at: after(33), name: 'publish' }).then([
      stepStarted('publish', 2),
    ]));

  it('goes on with other steps while a failed one waits for its retry', () =>
    void when([...postProcessing, stepStarted('publish')], {
      type: 'ReportStepFailure',
      at: after(34),
      name: 'publish',
      cause: sampleCause,
    })
      .then([
        {
          type: 'StepFailed',
          data: {
            at: after(34),
            name: 'publish',
            attempt: 1,
            cause: sampleCause,
            retryAt: after(34 + pause('publish', 1)),
          },
        },
      ])
      .thenState((state) => expect(state?.value).toBe('postProcessing')));

  const givenUp: RecordingEvent = {
    type: 'StepFailed',
    data: { at: after(34), name: 'thumbnail', attempt: 5, cause: sampleCause, retryAt: null },
  };
  const completedWithout = [
    ...postProcessing,
    stepStarted('publish'),
    stepSucceeded('publish'),
    stepStarted('thumbnail', 5),
    givenUp,
    { type: 'RecordingCompleted', data: { at: after(34) } } as const,
  ];

  it('is complete although a step was given up, which can be retried by hand', () => {
    when(completedWithout, { type: 'RetryStep', at: after(99), by: 'api', name: 'thumbnail' })
      .then([
        {
          type: 'StepRetryRequested',
          data: { at: after(99), by: 'api', name: 'thumbnail', deadline: after(99 + 7200) },
        },
      ])
      .thenState((state) => expect(state?.value).toBe('postProcessing'));
  });

  it('refuses to retry a step that is missing or has not failed', () => {
    when(completedWithout, { type: 'RetryStep', at: after(99), by: 'api', name: 'publish' }).thenRefused(
      'recording.step-not-retryable',
    );
    when(completedWithout, { type: 'RetryStep', at: after(99), by: 'api', name: 'nonsense' }).thenRefused(
      'recording.step-not-found',
    );
  });
});

describe('cancelling', () => {
  const cancel: RecordingCommand = { type: 'CancelRecording', at: after(9), by: 'api' };
  it('ends a recording without a video', () =>
    void when(capturing, cancel).thenState((state) => expect(state?.value).toBe('cancelled')));
  it('is refused once the video is there', () => void when(postProcessing, cancel).thenRefused('recording.over'));
});

it('refuses to retry what has not failed', () =>
  void when(capturing, { type: 'RetryRecording', at: after(9), by: 'api' }).thenRefused('recording.nothing-to-retry'));

describe('a disk in the way', () => {
  const full = { code: 'disk.full', message: 'No room.' };
  const waits: RecordingEvent = {
    type: 'CaptureInterrupted',
    data: { at: after(20), cause: full, deadline: after(200) },
  };
  const fact = (at: number, cause: typeof full): RecordingCommand => ({
    type: 'ReportFact',
    at: after(at),
    fact: { kind: 'interrupted', at: after(at), cause },
  });

  it('makes it wait longer than any patience', () => {
    when([...capturing, waits], { type: 'ReportDeadline', at: after(200), deadline: after(200), word: 'offline' }).then(
      [{ type: 'DeadlineMoved', data: { at: after(200), cause: full, deadline: after(380) } }],
    );
    when([...capturing, interrupted], { type: 'ReportDeadline', at: after(200), deadline: after(200) }).then([
      { type: 'SourceEnded', data: { at: after(200), reason: 'gave-up', deadline: after(200 + 12 * 3600) } },
    ]);
  });

  it('is not over because an earlier part is reported only now', () => {
    const opened = (at: number): RecordingCommand => ({
      type: 'ReportFact',
      at: after(60),
      fact: { ...partFact, number: 2, at: after(at) },
    });
    const part2 = (at: number): RecordingEvent => ({
      type: 'PartOpened',
      data: { at: after(at), number: 2, container: 'ts', reason: 'start' },
    });
    when([...capturing, waits], opened(19)).then([part2(19)]);
    when([...capturing, waits], opened(50)).then([part2(50), { type: 'CaptureResumed', data: { at: after(50) } }]);
  });

  it('is reported once, and patience begins when it is the source that is silent', () => {
    when([...capturing, waits], fact(50, full)).then([]);
    when([...capturing, waits], fact(50, sampleCause)).then([
      { type: 'CaptureInterrupted', data: { at: after(50), cause: sampleCause, deadline: after(230) } },
    ]);
    when([...capturing, interrupted], fact(50, full)).then([
      { type: 'CaptureInterrupted', data: { at: after(50), cause: full, deadline: after(230) } },
    ]);
  });

  const past: RecordingEvent[] = [...capturing, stopped, ended];
  const waitsToFinalize: RecordingEvent[] = [
    { type: 'FinalizeFailed', data: { at: after(40), attempt: 0, cause: full, retryAt: after(50) } },
    { type: 'DeadlineMoved', data: { at: after(40), cause: full, deadline: after(40 + 12 * 3600) } },
  ];
  const finalizeFails = (at: number, cause: typeof full): RecordingCommand => ({
    type: 'ReportFinalizeFailure',
    at: after(at),
    cause,
  });

  it('costs a finalize no attempt, and is reported once however long it takes', () => {
    when(past, finalizeFails(40, full)).then(waitsToFinalize);
    when([...past, ...waitsToFinalize], finalizeFails(5000, full)).then([]);
    when([...past, ...waitsToFinalize], finalizeFails(60, { code: 'disk.gone', message: 'Away.' })).then([
      expect.objectContaining({ type: 'FinalizeFailed' }) as never,
      expect.objectContaining({ type: 'DeadlineMoved' }) as never,
    ]);
    const other = { code: 'finalize.failed', message: 'no' };
    when([...past, ...waitsToFinalize], finalizeFails(2000, other)).then([
      {
        type: 'FinalizeFailed',
        data: { at: after(2000), attempt: 1, cause: other, retryAt: after(2000 + pause('finalize', 1)) },
      },
    ]);
  });

  it('is what a finalize says it waits for, until it has succeeded', () => {
    expect(fold([...past, ...waitsToFinalize])?.context.interruption).toEqual(full);
    const deadline = after(40 + 12 * 3600);
    when([...past, ...waitsToFinalize], { type: 'ReportDeadline', at: deadline, deadline }).then([
      { type: 'DeadlineMoved', data: { at: deadline, cause: full, deadline: after(40 + 24 * 3600) } },
    ]);
    expect(fold([...past, ...waitsToFinalize, finalized])?.context.interruption).toBeNull();
  });

  const waitingStep = (name: string, attempt = 0): RecordingEvent => ({
    type: 'StepFailed',
    data: { at: after(34), name, attempt, cause: full, retryAt: after(44) },
  });
  const stepWaits = [...postProcessing, stepStarted('thumbnail'), waitingStep('thumbnail')];

  it('costs a step no attempt: it waits, says for what, and the others go on', () => {
    when([...postProcessing, stepStarted('thumbnail')], {
      type: 'ReportStepFailure',
      at: after(34),
      name: 'thumbnail',
      cause: full,
    }).then([waitingStep('thumbnail')]);
    expect(fold(stepWaits)?.context.steps).toEqual([
      { name: 'thumbnail', dependsOn: [], state: 'waiting', attempts: 0, error: full.message, retryAt: after(44) },
      { name: 'publish', dependsOn: [], state: 'waiting', attempts: 0, error: null, retryAt: null },
    ]);
    when(stepWaits, { type: 'StartStep', at: after(35), name: 'publish' }).then([
      { type: 'StepStarted', data: { at: after(35), name: 'publish', attempt: 1 } },
    ]);
    // The recording is not over although everything else is done.
    const done: RecordingEvent[] = [...stepWaits, stepStarted('publish'), stepSucceeded('publish')];
    expect(fold(done)?.value).toBe('postProcessing');
    const deadline = fold(done)?.context.deadline ?? '';
    when(done, { type: 'ReportDeadline', at: deadline, deadline }).then([
      expect.objectContaining({ type: 'DeadlineMoved' }) as never,
    ]);
    when(done, { type: 'RetryStep', at: after(99), by: 'api', name: 'thumbnail' }).then([
      expect.objectContaining({ type: 'StepRetryRequested' }) as never,
    ]);
  });

  it('may keep a step waiting for ever, and so may its log', () => {
    const cause = { code: 'event-store.unavailable', message: 'The disk of the event log is full.' };
    const many = Array.from({ length: 20 }).flatMap(() => [stepStarted('publish'), waitingStep('publish')]);
    when([...postProcessing, ...many, stepStarted('publish')], {
      type: 'ReportStepFailure',
      at: after(34),
      name: 'publish',
      cause,
    }).then([{ type: 'StepFailed', data: { at: after(34), name: 'publish', attempt: 0, cause, retryAt: after(44) } }]);
  });
});
