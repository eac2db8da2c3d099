import { assign, fromPromise, setup } from 'xstate';
import type { Cause, Container, Output, RecordingEvent, RecordingEventData } from './recording-events.js';
import { initialSteps, type StepStatus } from './steps.js';

export interface PartStatus {
  readonly number: number;
  readonly container: Container;
  readonly reason: string;
  readonly openedAt: string;
  readonly closedAt: string | null;
  readonly bytes: number;
  readonly segments: number;
  readonly durationSeconds: number;
}

export interface GapStatus {
  readonly from: string;
  readonly to: string;
  readonly seconds: number;
  readonly cause: Cause;
}

/** Advertising that the source marked as such. */
export interface AdStatus {
  readonly from: string;
  readonly to: string;
  readonly seconds: number;
  /** It is in the video; else it was left out. */
  readonly kept: boolean;
}

/** A time in which no byte arrived although some should have. Bytes that came later may cover it: it is no gap by itself. */
export interface StallStatus {
  readonly from: string;
  /** null while it lasts. */
  readonly to: string | null;
  readonly cause: Cause;
}

/** What the cause of a gap begins with where only the sound is missing. */
export const SOUND_GAP = 'sound.';

/** Seconds of the broadcast that could not be had at all. */
export const gapSecondsOf = (gaps: readonly GapStatus[]): number =>
  gaps.reduce((sum, { seconds, cause }) => sum + (cause.code.startsWith(SOUND_GAP) ? 0 : seconds), 0);

/** Without the one that lasts, of which only a clock can tell. */
export const stallSecondsOf = (stalls: readonly StallStatus[]): number =>
  stalls.reduce((sum, { from, to }) => sum + (to === null ? 0 : (Date.parse(to) - Date.parse(from)) / 1000), 0);

/** What a recording knows of itself. JSON only: it is persisted, restored and shown as it is. */
export interface RecordingContext {
  readonly recordingId: number;
  readonly streamerId: number;
  readonly streamerName: string;
  readonly source: { readonly url: string; readonly platform: string };
  readonly quality: string;
  readonly adChoice: 'skip' | 'keep';
  /** Names of proxies and `direct`; null: as the settings say for all. */
  readonly proxies: readonly string[] | null;
  readonly title: string | null;
  readonly category: string | null;
  readonly requestedAt: string;
  readonly startedAt: string | null;
  readonly endedAt: string | null;
  /** The instant at which the present waiting state gives up. */
  readonly deadline: string | null;
  readonly variant: RecordingEventData<'SourceOpened'>['variant'] | null;
  readonly parts: readonly PartStatus[];
  readonly gaps: readonly GapStatus[];
  readonly ads: readonly AdStatus[];
  readonly stalls: readonly StallStatus[];
  /** How often the source was found anew in the middle of a capture. */
  readonly reResolves: number;
  readonly interruption: Cause | null;
  /** Why the capture ended; null while it has not. */
  readonly endReason: 'stopped' | 'endlist' | 'gave-up' | null;
  readonly totals: {
    readonly bytes: number;
    readonly segments: number;
    readonly durationSeconds: number;
    readonly capturedRatio: number;
    readonly adSeconds: number;
    readonly retries: number | null;
  } | null;
  readonly finalizeAttempts: number;
  readonly finalizeRetryAt: string | null;
  readonly outputs: readonly Output[];
  readonly steps: readonly StepStatus[];
  readonly videoId: number | null;
  readonly failure: Cause | null;
  readonly completedAt: string | null;
  readonly partsDiscardedAt: string | null;
}

export type RecordingInput = RecordingEventData<'RecordingRequested'>;

/** What an effect is given: the recording as it was when the effect's state was entered. */
export interface EffectInput {
  readonly context: RecordingContext;
}
export interface DeadlineInput {
  readonly recordingId: number;
  readonly deadline: string | null;
  /** Where the platform has a say in what becomes of it then: what it is asked about. */
  readonly asked?: Pick<RecordingContext, 'source' | 'quality' | 'proxies'>;
}

// The machine alone does nothing: the recorder gives it hands with `provide()`, folding never calls them.
const withoutHands = fromPromise<void, EffectInput>(() => Promise.resolve());
const withoutClock = fromPromise<void, DeadlineInput>(() => Promise.resolve());

const effectInput = ({ context }: { context: RecordingContext }): EffectInput => ({ context });
const deadlineInput = ({ context }: { context: RecordingContext }): DeadlineInput => ({
  recordingId: context.recordingId,
  deadline: context.deadline,
});
const askedDeadlineInput = ({ context }: { context: RecordingContext }): DeadlineInput => ({
  ...deadlineInput({ context }),
  asked: { source: context.source, quality: context.quality, proxies: context.proxies },
});

const withStep = (
  steps: readonly StepStatus[],
  name: string,
  change: (step: StepStatus) => StepStatus,
): readonly StepStatus[] => steps.map((step) => (step.name === name ? change(step) : step));

/**
 * The life of one recording, and the only description of it: folded over its events it gives the state, asked with
 * `can()` it guards commands, given hands it is the running recorder, read as data it is the picture in the console.
 * Its events are the domain events themselves.
 */
export const recordingMachine = setup({
  types: {
    context: {} as RecordingContext,
    events: {} as Exclude<RecordingEvent, { type: 'RecordingRequested' }>,
    input: {} as RecordingInput,
    tags: {} as 'active' | 'waiting' | 'ended',
  },
  actors: {
    beginCapture: withoutHands,
    capture: withoutHands,
    finalize: withoutHands,
    postProcess: withoutHands,
    deadline: withoutClock,
  },
  actions: {
    notePart: assign(({ context, event }) => {
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
      if (event.type === 'PartClosed') {
        const { number, at, bytes, segments, durationSeconds } = event.data;
        return {
          parts: context.parts.map((part) =>
            part.number === number ? { ...part, closedAt: at, bytes, segments, durationSeconds } : part,
          ),
        };
      }
      return {};
    }),
    noteGap: assign(({ context, event }) => {
      if (event.type !== 'GapRecorded') return {};
      const { from, to, seconds, cause } = event.data;
      return { gaps: [...context.gaps, { from, to, seconds, cause }] };
    }),
    noteAd: assign(({ context, event }) => {
      if (event.type !== 'AdRecorded') return {};
      const { from, to, seconds, kept } = event.data;
      return { ads: [...context.ads, { from, to, seconds, kept }] };
    }),
    noteSource: assign(({ context, event }) => {
      if (event.type !== 'SourceOpened') return {};
      const { variant, again } = event.data;
      return { variant, reResolves: context.reResolves + (again === null ? 0 : 1) };
    }),
    noteDeadline: assign(({ event }) => ('deadline' in event.data ? { deadline: event.data.deadline } : {})),
    clearDeadline: assign({ deadline: null }),
    noteInterruption: assign(({ context, event }) => {
      if (event.type !== 'CaptureInterrupted') return {};
      const { at: from, cause } = event.data;
      const goesOn = context.stalls.at(-1)?.to === null;
      return { interruption: cause, stalls: goesOn ? context.stalls : [...context.stalls, { from, to: null, cause }] };
    }),
    clearInterruption: assign(({ context, event }) => ({
      interruption: null,
      stalls: context.stalls.map((stall) => (stall.to === null ? { ...stall, to: event.data.at } : stall)),
    })),
    noteEnd: assign(({ event }) => {
      if (event.type === 'StopRequested') return { endReason: 'stopped' };
      return event.type === 'SourceEnded' ? { endReason: event.data.reason } : {};
    }),
    noteTotals: assign(({ event }) => {
      if (event.type !== 'CaptureEnded') return {};
      const { at, ...totals } = event.data;
      return { totals, endedAt: at };
    }),
    noteFinalizeFailure: assign(({ event }) =>
      event.type === 'FinalizeFailed'
        ? { finalizeAttempts: event.data.attempt, finalizeRetryAt: event.data.retryAt }
        : {},
    ),
    noteOutputs: assign(({ event }) =>
      event.type === 'RecordingFinalized' ? { outputs: event.data.outputs, finalizeRetryAt: null } : {},
    ),
    noteStep: assign(({ context, event }) => {
      switch (event.type) {
        case 'StepStarted':
          return {
            steps: withStep(context.steps, event.data.name, (step) => ({
              ...step,
              state: 'running',
              attempts: event.data.attempt,
              retryAt: null,
            })),
          };
        case 'StepSucceeded':
          return {
            steps: withStep(context.steps, event.data.name, (step) => ({
              ...step,
              state: 'succeeded',
              error: null,
              retryAt: null,
            })),
            videoId: event.data.videoId ?? context.videoId,
          };
        case 'StepFailed':
          return {
            steps: withStep(context.steps, event.data.name, (step) => ({
              ...step,
              state: 'failed',
              error: event.data.cause.message,
              retryAt: event.data.retryAt,
            })),
          };
        case 'StepRetryRequested':
          return {
            steps: withStep(context.steps, event.data.name, (step) => ({
              ...step,
              state: 'waiting',
              attempts: 0,
              retryAt: null,
            })),
          };
        default:
          return {};
      }
    }),
    noteFailure: assign(({ event }) =>
      event.type === 'RecordingFailed' || event.type === 'RecordingCancelled' ? { failure: event.data.cause } : {},
    ),
    clearFailure: assign({
      failure: null,
      interruption: null,
      endReason: null,
      totals: null,
      endedAt: null,
      finalizeAttempts: 0,
      finalizeRetryAt: null,
    }),
    noteCompletion: assign(({ event }) => (event.type === 'RecordingCompleted' ? { completedAt: event.data.at } : {})),
    noteDiscard: assign(({ event }) => (event.type === 'PartsDiscarded' ? { partsDiscardedAt: event.data.at } : {})),
  },
  guards: {
    retriesCapture: ({ event }) => event.type === 'RecordingRetried' && event.data.from === 'capture',
  },
}).createMachine({
  id: 'recording',
  context: ({ input }) => ({
    recordingId: input.recordingId,
    streamerId: input.streamerId,
    streamerName: input.streamerName,
    source: input.source,
    quality: input.quality,
    adChoice: input.ads,
    proxies: input.proxies,
    title: input.title,
    category: input.category,
    requestedAt: input.at,
    startedAt: null,
    endedAt: null,
    deadline: input.deadline,
    variant: null,
    parts: [],
    gaps: [],
    ads: [],
    stalls: [],
    reResolves: 0,
    interruption: null,
    endReason: null,
    totals: null,
    finalizeAttempts: 0,
    finalizeRetryAt: null,
    outputs: [],
    steps: initialSteps(),
    videoId: null,
    failure: null,
    completedAt: null,
    partsDiscardedAt: null,
  }),
  initial: 'requested',
  states: {
    requested: {
      description: 'Asked for; a recorder is about to take it up.',
      tags: ['active', 'waiting'],
      invoke: [
        { id: 'beginCapture', src: 'beginCapture', input: effectInput },
        { id: 'deadline', src: 'deadline', input: deadlineInput },
      ],
      on: {
        CaptureStarting: {
          target: 'taking.starting',
          actions: 'noteDeadline',
          description: 'A recorder took it up and opens the source.',
        },
        RecordingCancelled: {
          target: 'cancelled',
          actions: ['noteFailure', 'clearDeadline'],
          description: 'Called off before anything was fetched.',
        },
        RecordingFailed: {
          target: 'failed',
          actions: ['noteFailure', 'clearDeadline'],
          description: 'No recorder took it up in time.',
        },
      },
    },
    taking: {
      description: 'The broadcast is being taken from its source.',
      tags: ['active'],
      invoke: { id: 'capture', src: 'capture', input: effectInput },
      initial: 'starting',
      on: {
        SourceOpened: { actions: 'noteSource', description: 'The source answered with a playlist.' },
        PartOpened: { actions: 'notePart', description: 'A new file was begun.' },
        PartClosed: { actions: 'notePart', description: 'A file is complete.' },
        GapRecorded: { actions: 'noteGap', description: 'A span of the broadcast could not be had.' },
        AdRecorded: { actions: 'noteAd', description: 'A stretch of advertising is over.' },
        StopRequested: {
          target: 'finalizing',
          actions: ['noteEnd', 'noteDeadline', 'clearInterruption'],
          description: 'Somebody asked to stop.',
        },
        RecordingCancelled: {
          target: 'cancelled',
          actions: ['noteFailure', 'clearDeadline', 'clearInterruption'],
          description: 'Called off; what was captured stays, without a video.',
        },
      },
      states: {
        starting: {
          description: 'The source is being opened; nothing has been written yet.',
          tags: ['waiting'],
          invoke: { id: 'deadline', src: 'deadline', input: deadlineInput },
          on: {
            CaptureStarting: {
              target: 'starting',
              reenter: true,
              actions: 'noteDeadline',
              description: 'A recorder took it up again after a restart.',
            },
            CaptureStarted: {
              target: 'capturing',
              actions: 'clearDeadline',
              description: 'The first bytes are on disk.',
            },
            DeadlineMoved: {
              target: 'starting',
              reenter: true,
              actions: 'noteDeadline',
              description: 'The source begins with advertising, which is left out; the wait begins anew.',
            },
            SourceEnded: {
              target: '#recording.finalizing',
              actions: ['noteEnd', 'noteDeadline'],
              description: 'The broadcast was over before it began.',
            },
            RecordingFailed: {
              target: '#recording.failed',
              actions: ['noteFailure', 'clearDeadline'],
              description: 'The source could not be opened.',
            },
          },
        },
        capturing: {
          description: 'Bytes are arriving and written.',
          on: {
            CaptureInterrupted: {
              target: 'reconnecting',
              actions: ['noteInterruption', 'noteDeadline'],
              description: 'No bytes arrive any more.',
            },
            SourceEnded: {
              target: '#recording.finalizing',
              actions: ['noteEnd', 'noteDeadline'],
              description: 'The source said that the broadcast is over.',
            },
          },
        },
        reconnecting: {
          description: 'No bytes arrive; the source is tried again until patience runs out.',
          tags: ['waiting'],
          invoke: { id: 'deadline', src: 'deadline', input: askedDeadlineInput },
          on: {
            CaptureInterrupted: {
              target: 'reconnecting',
              reenter: true,
              actions: ['noteInterruption', 'noteDeadline'],
              description: 'The recorder itself was away; patience begins anew.',
            },
            DeadlineMoved: {
              target: 'reconnecting',
              reenter: true,
              actions: 'noteDeadline',
              description: 'The source is there (it shows advertising, or is said to be live); patience begins anew.',
            },
            CaptureResumed: {
              target: 'capturing',
              actions: ['clearInterruption', 'clearDeadline'],
              description: 'Bytes arrive again.',
            },
            SourceEnded: {
              target: '#recording.finalizing',
              actions: ['noteEnd', 'noteDeadline', 'clearInterruption'],
              description: 'The broadcast is over, or patience ran out.',
            },
          },
        },
      },
    },
    finalizing: {
      description: 'The capture is closed, and its parts become one checked video file.',
      tags: ['waiting'],
      invoke: [
        { id: 'finalize', src: 'finalize', input: effectInput },
        { id: 'deadline', src: 'deadline', input: deadlineInput },
      ],
      on: {
        PartOpened: { actions: 'notePart', description: 'A file was begun just before the end.' },
        PartClosed: { actions: 'notePart', description: 'The last file is complete.' },
        GapRecorded: { actions: 'noteGap', description: 'A span of the broadcast could not be had.' },
        AdRecorded: { actions: 'noteAd', description: 'A stretch of advertising is over.' },
        CaptureEnded: { actions: 'noteTotals', description: 'The ledger is closed and counted.' },
        DeadlineMoved: {
          target: 'finalizing',
          reenter: true,
          actions: 'noteDeadline',
          description: 'The time ran out while no recorder was there; it begins anew.',
        },
        FinalizeFailed: {
          target: 'finalizing',
          reenter: true,
          actions: 'noteFinalizeFailure',
          description: 'It did not work; it is tried again.',
        },
        RecordingFinalized: {
          target: 'postProcessing',
          actions: ['noteOutputs', 'noteDeadline'],
          description: 'The video file is complete and checked against the ledger.',
        },
        RecordingCancelled: {
          target: 'cancelled',
          actions: ['noteFailure', 'clearDeadline'],
          description: 'Called off, or nothing had been captured.',
        },
        RecordingFailed: {
          target: 'failed',
          actions: ['noteFailure', 'clearDeadline'],
          description: 'The video could not be made; the parts are kept.',
        },
      },
    },
    postProcessing: {
      description: 'The video is there; thumbnail and library entry are being made.',
      tags: ['waiting'],
      invoke: [
        { id: 'postProcess', src: 'postProcess', input: effectInput },
        { id: 'deadline', src: 'deadline', input: deadlineInput },
      ],
      on: {
        StepStarted: { actions: 'noteStep', description: 'A step began.' },
        StepSucceeded: {
          target: 'postProcessing',
          reenter: true,
          actions: 'noteStep',
          description: 'A step is done; the next one follows.',
        },
        StepFailed: {
          target: 'postProcessing',
          reenter: true,
          actions: 'noteStep',
          description: 'A step failed; others go on.',
        },
        StepRetryRequested: {
          target: 'postProcessing',
          reenter: true,
          actions: ['noteStep', 'noteDeadline'],
          description: 'Somebody asked to try a step again.',
        },
        DeadlineMoved: {
          target: 'postProcessing',
          reenter: true,
          actions: 'noteDeadline',
          description: 'The time ran out while no recorder was there; it begins anew.',
        },
        RecordingCompleted: {
          target: 'completed',
          actions: ['noteCompletion', 'clearDeadline'],
          description: 'Every step is done or given up.',
        },
      },
    },
    completed: {
      description: 'The video is in the library.',
      tags: ['ended'],
      on: {
        StepRetryRequested: {
          target: 'postProcessing',
          actions: ['noteStep', 'noteDeadline'],
          description: 'Somebody asked to try a failed step again.',
        },
        PartsDiscarded: { actions: 'noteDiscard', description: 'The raw parts were removed; the video has it all.' },
      },
    },
    failed: {
      description: 'It could not be done; everything captured is kept, and it can be tried again.',
      tags: ['ended'],
      on: {
        RecordingRetried: [
          {
            guard: 'retriesCapture',
            target: 'requested',
            actions: ['clearFailure', 'noteDeadline'],
            description: 'Tried again from the source.',
          },
          {
            target: 'finalizing',
            actions: ['clearFailure', 'noteDeadline'],
            description: 'Tried again from what was captured.',
          },
        ],
      },
    },
    cancelled: {
      description: 'Called off. What was captured stays playable, without a video.',
      tags: ['ended'],
      on: {
        PartClosed: { actions: 'notePart', description: 'The file that was being written is complete.' },
      },
    },
  },
});
