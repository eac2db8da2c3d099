import type { CaptureFact } from '@streamvault/capture';
import type { LiveWord } from '@streamvault/platforms';
import type { Decider } from '@streamvault/kernel';
import { evolve, stateName, type RecordingSnapshot, type RecordingState } from './lifecycle.js';
import type { RecordingCommand, RecordingReport } from './recording-commands.js';
import {
  NothingToRetry,
  RecordingAlreadyActive,
  RecordingNotFound,
  RecordingOver,
  StepNotFound,
  StepNotRetryable,
} from './recording-errors.js';
import { isOfDisk, isWaitedFor } from './disk-causes.js';
import type { Cause, RecordingEvent } from './recording-events.js';
import { later, retryAt, type RecordingPolicy } from './recording-policy.js';
import { isSettled, nextStep, waitsForDisk, type StepStatus } from './steps.js';

type Known = { readonly snapshot: RecordingSnapshot; readonly policy: RecordingPolicy };
type LaterEvent = Parameters<RecordingSnapshot['can']>[0];
const nothing: readonly RecordingEvent[] = [];

/** Both ends the machine can take and those it cannot: a report that comes too late leads to nothing. */
const ifPossible = (
  snapshot: RecordingSnapshot,
  ...events: [LaterEvent, ...LaterEvent[]]
): readonly RecordingEvent[] => (snapshot.can(events[0]) ? events : nothing);

function fromFact(fact: CaptureFact, known: Known): readonly RecordingEvent[] {
  const { snapshot, policy } = known;
  const { ads, parts, gaps } = snapshot.context;
  switch (fact.kind) {
    case 'sourceOpened': {
      const { name, width, height, codecs, bandwidth } = fact.variant;
      const variant = {
        name: name ?? null,
        width: width ?? null,
        height: height ?? null,
        codecs: codecs ?? null,
        bandwidth: bandwidth ?? null,
      };
      return ifPossible(snapshot, {
        type: 'SourceOpened',
        data: {
          at: fact.at,
          variant,
          targetDurationSeconds: fact.targetDurationSeconds,
          again: fact.again ?? null,
        },
      });
    }
    case 'partOpened': {
      if (parts.some(({ number }) => number === fact.number)) return nothing;
      const { at, number, container, reason } = fact;
      const opened = { type: 'PartOpened', data: { at, number, container, reason } } as const;
      switch (stateName(snapshot)) {
        case 'starting':
          return [{ type: 'CaptureStarted', data: { at } }, opened];
        case 'reconnecting': {
          // One from before the interruption, which is only told now, ends it not.
          const since = snapshot.context.stalls.at(-1)?.from ?? at;
          const resumes = Date.parse(at) >= Date.parse(since);
          return resumes ? [opened, { type: 'CaptureResumed', data: { at } }] : [opened];
        }
        default:
          return ifPossible(snapshot, opened);
      }
    }
    case 'partClosed': {
      if (!parts.some(({ number, closedAt }) => number === fact.number && closedAt === null)) return nothing;
      const { at, number, bytes, segments, durationSeconds } = fact;
      return ifPossible(snapshot, { type: 'PartClosed', data: { at, number, bytes, segments, durationSeconds } });
    }
    case 'gap': {
      const { from, to, seconds, cause } = fact;
      if (gaps.some((gap) => gap.from === from && gap.to === to)) return nothing;
      return ifPossible(snapshot, { type: 'GapRecorded', data: { from, to, seconds, cause, at: to } });
    }
    case 'ad': {
      const { from, to, seconds, kept } = fact;
      if (ads.some((ad) => ad.from === from && ad.to === to)) return nothing;
      return ifPossible(snapshot, { type: 'AdRecorded', data: { from, to, seconds, kept, at: to } });
    }
    case 'advertising':
      return whileAdvertising(fact.at, known);
    case 'interrupted': {
      // Told again while it waits already: patience is not begun anew by that, unless it is for something else.
      const { interruption } = snapshot.context;
      const isAnother = interruption !== null && isOfDisk(interruption) !== isOfDisk(fact.cause);
      if (stateName(snapshot) === 'reconnecting' && !isAnother) return nothing;
      const deadline = later(fact.at, policy.patienceSeconds);
      return ifPossible(snapshot, { type: 'CaptureInterrupted', data: { at: fact.at, cause: fact.cause, deadline } });
    }
    case 'resumed':
      return ifPossible(snapshot, { type: 'CaptureResumed', data: { at: fact.at } });
    default:
      return fact satisfies never;
  }
}

/** No byte can come while advertising is left out, and yet the source is there: patience begins anew when it is half spent. */
function whileAdvertising(at: string, { snapshot, policy }: Known): readonly RecordingEvent[] {
  const state = stateName(snapshot);
  if (state !== 'starting' && state !== 'reconnecting') return nothing;
  const seconds = state === 'starting' ? policy.firstBytesSeconds : policy.patienceSeconds;
  const left = Date.parse(snapshot.context.deadline ?? at) - Date.parse(at);
  if (left > seconds * 500) return nothing;
  const cause = { code: 'source.advertising', message: 'The source shows advertising, which is left out.' };
  return ifPossible(snapshot, { type: 'DeadlineMoved', data: { at, deadline: later(at, seconds), cause } });
}

function settle(known: Known, event: LaterEvent & { type: 'StepSucceeded' | 'StepFailed' }): readonly RecordingEvent[] {
  const { snapshot } = known;
  if (!snapshot.can(event)) return nothing;
  const { steps } = evolve(snapshot, event)?.context ?? snapshot.context;
  const completed = { type: 'RecordingCompleted', data: { at: event.data.at } } as const;
  return steps.every((step) => isSettled(step, steps)) ? [event, completed] : [event];
}

const stillLive: Cause = {
  code: 'source.said-live',
  message: 'No new media arrives, but the platform says that the channel is live. It is waited for.',
};
const nobodyAnswers: Cause = {
  code: 'source.not-said-over',
  message: 'No new media arrives, and the platform cannot be asked whether the channel is live. It is waited for.',
};

/** Why silence is borne for longer than patience has it; undefined where it is not. Unknown is not offline, for a while. */
function reasonToWait(at: string, word: LiveWord | undefined, { snapshot, policy }: Known): Cause | undefined {
  const { interruption } = snapshot.context;
  if (interruption !== null && isOfDisk(interruption)) return interruption;
  if (word === 'live') return stillLive;
  const since = Date.parse(snapshot.context.stalls.at(-1)?.from ?? at);
  return word === 'unknown' && Date.parse(at) - since < policy.unansweredSeconds * 1000 ? nobodyAnswers : undefined;
}

function onDeadline(
  { at, deadline, word }: RecordingReport & { type: 'ReportDeadline' },
  known: Known,
): readonly RecordingEvent[] {
  const { snapshot, policy } = known;
  const { context } = snapshot;
  if (context.deadline !== deadline || Date.parse(at) < Date.parse(deadline)) return nothing;
  const failed = (code: string, message: string): readonly RecordingEvent[] =>
    ifPossible(snapshot, { type: 'RecordingFailed', data: { at, cause: { code, message } } });
  const moved = (cause: Cause, seconds: number): readonly RecordingEvent[] =>
    ifPossible(snapshot, { type: 'DeadlineMoved', data: { at, cause, deadline: later(at, seconds) } });
  const state = stateName(snapshot);
  switch (state) {
    case 'requested':
      return failed('recording.not-picked-up', 'No recorder took the request up in time. Check that a recorder runs.');
    case 'starting':
      return failed(
        'capture.no-first-bytes',
        `The source gave no video within ${policy.firstBytesSeconds} s. Check that the channel is live, then retry.`,
      );
    case 'reconnecting': {
      const cause = reasonToWait(at, word, known);
      return cause === undefined
        ? [{ type: 'SourceEnded', data: { at, reason: 'gave-up', deadline: later(at, policy.finalizeSeconds) } }]
        : moved(cause, policy.patienceSeconds);
    }
    case 'finalizing':
      // Waiting for a disk is no slowness.
      if (context.interruption !== null) return moved(context.interruption, policy.finalizeSeconds);
      return failed(
        'finalize.too-slow',
        'The video was not finished in time. Everything captured is kept: check the disk, then retry.',
      );
    case 'postProcessing': {
      const waiting = context.steps.find((step) => waitsForDisk(step));
      return waiting === undefined
        ? [{ type: 'RecordingCompleted', data: { at } }]
        : moved({ code: 'disk.waited-for', message: waiting.error ?? '' }, policy.postProcessSeconds);
    }
    case 'capturing':
    case 'completed':
    case 'failed':
    case 'cancelled':
      return nothing;
    default:
      return state satisfies never;
  }
}

/** The recorder was away: nothing is taken for running that was not, and no time counts that nobody used. */
function onRestart(at: string, { snapshot, policy }: Known): readonly RecordingEvent[] {
  const cause = { code: 'recorder.restarted', message: 'The recorder was restarted and takes it up again.' };
  const state = stateName(snapshot);
  switch (state) {
    case 'requested':
    case 'starting':
      return [{ type: 'CaptureStarting', data: { at, deadline: later(at, policy.firstBytesSeconds) } }];
    case 'capturing':
    case 'reconnecting':
      return [{ type: 'CaptureInterrupted', data: { at, cause, deadline: later(at, policy.patienceSeconds) } }];
    case 'finalizing':
    case 'postProcessing': {
      const seconds = state === 'finalizing' ? policy.finalizeSeconds : policy.postProcessSeconds;
      const { deadline } = snapshot.context;
      if (deadline !== null && Date.parse(deadline) > Date.parse(at)) return nothing;
      return [{ type: 'DeadlineMoved', data: { at, cause, deadline: later(at, seconds) } }];
    }
    case 'completed':
    case 'failed':
    case 'cancelled':
      return nothing;
    default:
      return state satisfies never;
  }
}

function fromCaptureFailure(at: string, cause: Cause, { snapshot, policy }: Known): readonly RecordingEvent[] {
  if (snapshot.context.parts.length === 0)
    return ifPossible(snapshot, { type: 'RecordingFailed', data: { at, cause } });
  const deadline = later(at, policy.finalizeSeconds);
  return ifPossible(snapshot, { type: 'SourceEnded', data: { at, reason: 'gave-up', deadline } });
}

function fromClosedCapture(
  report: RecordingReport & { type: 'ReportCaptureClosed' },
  { snapshot }: Known,
): readonly RecordingEvent[] {
  const { at, bytes, segments, durationSeconds, gapSeconds, adSeconds, retries } = report;
  if (snapshot.context.totals !== null) return nothing;
  if (segments === 0) {
    const cause = { code: 'recording.nothing-captured', message: 'It ended before the first segment had arrived.' };
    return snapshot.context.endReason === 'stopped'
      ? ifPossible(snapshot, { type: 'RecordingCancelled', data: { at, by: 'recorder', cause } })
      : ifPossible(snapshot, { type: 'RecordingFailed', data: { at, cause } });
  }
  const wanted = durationSeconds + gapSeconds;
  const capturedRatio = wanted > 0 ? durationSeconds / wanted : 1;
  return ifPossible(snapshot, {
    type: 'CaptureEnded',
    data: { at, bytes, segments, durationSeconds, capturedRatio, adSeconds, retries },
  });
}

function fromFinalizeFailure(at: string, cause: Cause, { snapshot, policy }: Known): readonly RecordingEvent[] {
  // Room comes when it comes; what was tried in vain for want of it does not count.
  if (isOfDisk(cause)) {
    // The effect goes on by itself: said once, it is not said again at every attempt.
    if (snapshot.context.interruption?.code === cause.code) return nothing;
    const attempt = snapshot.context.finalizeAttempts;
    return ifPossible(
      snapshot,
      { type: 'FinalizeFailed', data: { at, attempt, cause, retryAt: later(at, policy.roomSeconds) } },
      { type: 'DeadlineMoved', data: { at, cause, deadline: later(at, policy.finalizeSeconds) } },
    );
  }
  const attempt = snapshot.context.finalizeAttempts + 1;
  const again = retryAt(at, attempt, policy.finalizeAttempts, policy.backoffSeconds);
  return again === null
    ? ifPossible(snapshot, { type: 'RecordingFailed', data: { at, cause } })
    : ifPossible(snapshot, { type: 'FinalizeFailed', data: { at, attempt, cause, retryAt: again } });
}

function fromStepFailure(at: string, step: StepStatus, cause: Cause, known: Known): readonly RecordingEvent[] {
  const { snapshot, policy } = known;
  const { name } = step;
  if (!isWaitedFor(cause)) {
    const again = retryAt(at, step.attempts, policy.stepAttempts, policy.backoffSeconds);
    return settle(known, { type: 'StepFailed', data: { at, name, attempt: step.attempts, cause, retryAt: again } });
  }
  const again = later(at, policy.roomSeconds);
  return ifPossible(snapshot, {
    type: 'StepFailed',
    data: { at, name, attempt: step.attempts - 1, cause, retryAt: again },
  });
}

function fromReport(report: RecordingReport, known: Known): readonly RecordingEvent[] {
  const { snapshot, policy } = known;
  const { at } = report;
  const step = 'name' in report ? snapshot.context.steps.find(({ name }) => name === report.name) : undefined;
  switch (report.type) {
    case 'BeginCapture':
      return ifPossible(snapshot, {
        type: 'CaptureStarting',
        data: { at, deadline: later(at, policy.firstBytesSeconds) },
      });
    case 'ReportFact':
      return fromFact(report.fact, known);
    case 'ReportRecorderRestart':
      return onRestart(at, known);
    case 'ReportSourceEnd': {
      const deadline = later(at, policy.finalizeSeconds);
      return ifPossible(snapshot, { type: 'SourceEnded', data: { at, reason: 'endlist', deadline } });
    }
    case 'ReportCaptureFailure':
      return fromCaptureFailure(at, report.cause, known);
    case 'ReportCaptureClosed':
      return fromClosedCapture(report, known);
    case 'ReportFinalized':
      return ifPossible(snapshot, {
        type: 'RecordingFinalized',
        data: { at, outputs: [...report.outputs], deadline: later(at, policy.postProcessSeconds) },
      });
    case 'ReportFinalizeFailure':
      return fromFinalizeFailure(at, report.cause, known);
    case 'StartStep':
      return step && (nextStep(snapshot.context.steps)?.name === step.name || waitsForDisk(step))
        ? ifPossible(snapshot, { type: 'StepStarted', data: { at, name: step.name, attempt: step.attempts + 1 } })
        : nothing;
    case 'ReportStepSuccess':
      return step?.state === 'running'
        ? settle(known, {
            type: 'StepSucceeded',
            data: { at, name: step.name, attempt: step.attempts, videoId: report.videoId },
          })
        : nothing;
    case 'ReportStepFailure':
      return step?.state === 'running' ? fromStepFailure(at, step, report.cause, known) : nothing;
    case 'ReportDeadline':
      return onDeadline(report, known);
    case 'ReportPartsDiscarded':
      return snapshot.context.partsDiscardedAt === null
        ? ifPossible(snapshot, { type: 'PartsDiscarded', data: { at, bytes: report.bytes } })
        : nothing;
    default:
      return report satisfies never;
  }
}

function decideKnown(command: RecordingCommand, known: Known): readonly RecordingEvent[] {
  const { snapshot, policy } = known;
  const { recordingId, steps, parts } = snapshot.context;
  const state = stateName(snapshot);
  const { at } = command;
  switch (command.type) {
    case 'RequestRecording':
      throw new RecordingAlreadyActive(recordingId);
    case 'StopRecording': {
      const { by, cause = null } = command;
      const early = { code: 'recording.stopped-early', message: 'It was stopped before a recorder had begun.' };
      if (state === 'requested') return [{ type: 'RecordingCancelled', data: { at, by, cause: cause ?? early } }];
      return ifPossible(snapshot, {
        type: 'StopRequested',
        data: { at, by, cause, deadline: later(at, policy.finalizeSeconds) },
      });
    }
    case 'CancelRecording': {
      if (state === 'cancelled') return nothing;
      const cause = { code: 'recording.cancelled', message: 'It was called off.' };
      const cancelled = { type: 'RecordingCancelled', data: { at, by: command.by, cause } } as const;
      if (!snapshot.can(cancelled)) throw new RecordingOver(recordingId, state);
      return [cancelled];
    }
    case 'RetryRecording': {
      const from = parts.length > 0 ? 'finalize' : 'capture';
      const seconds = from === 'finalize' ? policy.finalizeSeconds : policy.pickUpSeconds;
      const retried = {
        type: 'RecordingRetried',
        data: { at, by: command.by, from, deadline: later(at, seconds) },
      } as const;
      if (!snapshot.can(retried)) throw new NothingToRetry(recordingId, state);
      return [retried];
    }
    case 'RetryStep': {
      const step = steps.find(({ name }) => name === command.name);
      if (!step) throw new StepNotFound(recordingId, command.name);
      const retried = {
        type: 'StepRetryRequested',
        data: { at, by: command.by, name: step.name, deadline: later(at, policy.postProcessSeconds) },
      } as const;
      if ((step.state !== 'failed' && !waitsForDisk(step)) || !snapshot.can(retried))
        throw new StepNotRetryable(recordingId, step.name, step.state);
      return [retried];
    }
    default:
      return fromReport(command, known);
  }
}

/** The rules of a recording. The machine says what is possible; this says what a command means. */
export const recordingDecider = (
  policy: RecordingPolicy,
): Decider<RecordingState, RecordingCommand, RecordingEvent> => ({
  initialState: () => undefined,
  evolve,
  decide(command, snapshot) {
    if (snapshot) return decideKnown(command, { snapshot, policy });
    if (command.type !== 'RequestRecording') throw new RecordingNotFound(0);
    const { request, at } = command;
    return [{ type: 'RecordingRequested', data: { ...request, at, deadline: later(at, policy.pickUpSeconds) } }];
  },
});
