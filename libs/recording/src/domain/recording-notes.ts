import { isWaitedFor } from './disk-causes.js';
import type { GapFillStatus, PartStatus, RecordingContext, TitleStatus } from './recording-context.js';
import type { RecordingEvent } from './recording-events.js';
import { plannedStatus, type StepStatus } from './steps.js';

/** An event, and the recording before it. */
interface EventInContext {
  readonly context: RecordingContext;
  readonly event: Exclude<RecordingEvent, { type: 'RecordingRequested' }>;
}
type ContextChange = Partial<RecordingContext>;

/*
 * How each event changes a recording's context. These are pure functions, so that folding and running give the same
 * result.
 */

export function notePart({ context, event }: EventInContext): ContextChange {
  if (event.type === 'PartOpened') {
    const { number, container, reason, at } = event.data;
    const opened: PartStatus = {
      number,
      container,
      reason,
      openedAt: at,
      closedAt: null,
      bytes: 0,
      segments: 0,
      durationSeconds: 0,
    };
    return { parts: [...context.parts, opened], startedAt: context.startedAt ?? at };
  }
  if (event.type !== 'PartClosed') return {};
  const { number, at, bytes, segments, durationSeconds } = event.data;
  return {
    parts: context.parts.map((part) =>
      part.number === number ? { ...part, closedAt: at, bytes, segments, durationSeconds } : part,
    ),
  };
}

export function noteDetails({ context, event }: EventInContext): ContextChange {
  if (event.type !== 'RecordingDetailsChanged') return {};
  const titles = [...context.titles, event.data].toSorted((left, right) => Date.parse(left.at) - Date.parse(right.at));
  return { ...latestOf(titles), titles };
}

const latestOf = (titles: readonly TitleStatus[]): Pick<TitleStatus, 'title' | 'category'> => {
  const { title = null, category = null } = titles.at(-1) ?? {};
  return { title, category };
};

export function noteFailure({ context, event }: EventInContext): ContextChange {
  if (event.type !== 'RecordingFailed' && event.type !== 'RecordingCancelled') return {};
  const { at, cause } = event.data;
  return { failure: cause, interruption: null, endedAt: context.endedAt ?? at };
}

export function noteOutputs({ event }: EventInContext): ContextChange {
  if (event.type !== 'RecordingFinalized') return {};
  const { outputs, steps } = event.data;
  return { outputs, steps: steps.map((step) => plannedStatus(step)), finalizeRetryAt: null, interruption: null };
}

export function noteGap({ context, event }: EventInContext): ContextChange {
  if (event.type !== 'GapRecorded') return {};
  const { from, to, seconds, cause } = event.data;
  return { gaps: [...context.gaps, { from, to, seconds, cause }] };
}

export function noteAd({ context, event }: EventInContext): ContextChange {
  if (event.type !== 'AdRecorded') return {};
  const { from, to, seconds, kept } = event.data;
  return { ads: [...context.ads, { from, to, seconds, kept }] };
}

export function noteSource({ context, event }: EventInContext): ContextChange {
  if (event.type !== 'SourceOpened') return {};
  const { variant, again } = event.data;
  return { variant, reResolves: context.reResolves + (again === null ? 0 : 1) };
}

export function noteInterruption({ context, event }: EventInContext): ContextChange {
  if (event.type !== 'CaptureInterrupted') return {};
  const { at: from, cause } = event.data;
  const goesOn = context.stalls.at(-1)?.to === null;
  return { interruption: cause, stalls: goesOn ? context.stalls : [...context.stalls, { from, to: null, cause }] };
}

export function clearInterruption({ context, event }: EventInContext): ContextChange {
  const { data } = event;
  if (!('at' in data)) return { interruption: null };
  return {
    interruption: null,
    stalls: context.stalls.map((stall) => (stall.to === null ? { ...stall, to: data.at } : stall)),
  };
}

export function noteDiscard({ event }: EventInContext): ContextChange {
  if (event.type === 'PartsKept') return { partsKept: event.data.cause };
  return event.type === 'PartsDiscarded' ? { partsDiscardedAt: event.data.at, partsKept: null } : {};
}

export function noteGapFill({ context, event }: EventInContext): ContextChange {
  switch (event.type) {
    case 'GapFillRequested': {
      const { at: requestedAt, ...request } = event.data;
      const begun = { endedAt: null, seconds: 0, mutedSeconds: 0, cause: null } as const;
      const others = context.gapFills.filter(({ from }) => from !== request.from);
      return { gapFills: [...others, { ...request, requestedAt, state: 'running', ...begun }] };
    }
    case 'GapFilled': {
      const { at: endedAt, from, mutedSeconds, output, seconds } = event.data;
      const filled = noteFillOf(context, from, { state: 'filled', endedAt, seconds, mutedSeconds });
      // Only a recording of one file can be filled.
      return { ...filled, outputs: [output] };
    }
    case 'GapFillFailed': {
      const { at: endedAt, cause, from } = event.data;
      return noteFillOf(context, from, { state: 'failed', endedAt, cause });
    }
    default:
      return {};
  }
}

const noteFillOf = ({ gapFills }: RecordingContext, from: string, change: Partial<GapFillStatus>): ContextChange => ({
  gapFills: gapFills.map((fill) => (fill.from === from ? { ...fill, ...change } : fill)),
});

export function noteTotals({ event }: EventInContext): ContextChange {
  if (event.type !== 'CaptureEnded') return {};
  const { at, ...totals } = event.data;
  return { totals, endedAt: at };
}

export function noteFinalizeFailure({ event }: EventInContext): ContextChange {
  if (event.type !== 'FinalizeFailed') return {};
  const { attempt, cause, retryAt } = event.data;
  return { finalizeAttempts: attempt, finalizeRetryAt: retryAt, interruption: cause };
}

export function noteStep({ context, event }: EventInContext): ContextChange {
  switch (event.type) {
    case 'StepStarted': {
      const { name, attempt } = event.data;
      return noteStepOf(context, name, { state: 'running', attempts: attempt, retryAt: null });
    }
    case 'StepSucceeded': {
      const { name, videoId } = event.data;
      const succeeded = noteStepOf(context, name, { state: 'succeeded', error: null, retryAt: null });
      return { ...succeeded, videoId: videoId ?? context.videoId };
    }
    case 'StepFailed': {
      const { attempt, cause, name, retryAt } = event.data;
      // A waiting step has not failed, and its attempts do not count.
      const state = isWaitedFor(cause) && retryAt !== null ? 'waiting' : 'failed';
      return noteStepOf(context, name, { state, attempts: attempt, error: cause.message, retryAt });
    }
    case 'StepSkipped':
      return noteStepOf(context, event.data.name, { state: 'skipped', retryAt: null });
    case 'StepRetryRequested':
      return noteStepOf(context, event.data.name, { state: 'waiting', attempts: 0, retryAt: null });
    default:
      return {};
  }
}

const noteStepOf = ({ steps }: RecordingContext, name: string, change: Partial<StepStatus>): ContextChange => ({
  steps: steps.map((step) => (step.name === name ? { ...step, ...change } : step)),
});
